"""Plain cases by which it is tried what a subject takes: each shows one convention on which right layers differ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from sys import maxsize
from typing import Any

from checks.case import Case
from checks.errors import CaseError
from checks.families.geometric import GeometricFamily
from checks.scope.allowed import NO_SQUARE
from checks.strategies.geometry import PADDING_WORDS, Axis, Geometry

#: Keywords that may be one number for all axes, and the number of an axis behind each.
PER_AXIS = {"kernel_size": "kernel", "stride": "stride", "padding": "before", "dilation": "dilation"}

#: Another number for one axis than that of the plain geometry, 2 unless it stands here; a longer axis leaves no rows.
OTHER = {"before": 1, "size": 12}

#: The window along each axis of a plain case.
KERNEL = 3


@dataclass(frozen=True)
class Sizes:
    """How many samples and channels a plain case has, cells along each axis, and by how many of them windows move on.

    Windows of two and of three both divide the plane, for layers that leave no rows over.
    """

    batch: int = 2
    channels: int = 2
    cells: int = 6
    stride: int = 1


PLAIN = Sizes()

#: For layers that turn the usual ones down: of one sample, of a whole batch, of three channels, of larger planes, of
#: windows that lie side by side.
OTHER_SIZES = (
    *(Sizes(batch=1), Sizes(batch=8), Sizes(channels=3), Sizes(cells=12), Sizes(batch=8, channels=3, cells=12)),
    Sizes(stride=KERNEL),
)


@dataclass(frozen=True)
class Feature:
    """What a layer may not take: its name, the limit that leaves it out, and the plain cases that show it.

    One that takes any of them has answered: what it raises on the others is a finding.
    """

    name: str
    limit: dict[str, Any]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Plain:
    """The plain cases of a family, of these sizes."""

    family: GeometricFamily
    sizes: Sizes = PLAIN

    def case(self, axes: int, dtype: str = "float64") -> Case:
        """The plainest that still tells."""
        geometry = full(self.family, plain_geometry(axes, self.sizes))
        return self.family.case(geometry, dtype, self.family.kinds[0], 0)

    def features(self, axes: int) -> Iterator[Feature]:
        """What layers differ on, in cases of so many axes; what makes no layer of the family is left out."""
        for name, limit, *geometries in _changes(self.family, plain_geometry(axes, self.sizes)):
            with suppress(CaseError):
                every = (full(self.family, each) for each in geometries)
                yield Feature(
                    name, limit, tuple(self.family.case(one, "float64", self.family.kinds[0], 0) for one in every)
                )


def plain_case(family: GeometricFamily, axes: int, dtype: str = "float64") -> Case:
    """The plainest case of the usual sizes."""
    return Plain(family).case(axes, dtype)


def plain_geometry(axes: int, sizes: Sizes = PLAIN) -> Geometry:
    """Of these sizes."""
    return Geometry(sizes.batch, 1, sizes.channels, sizes.channels, (Axis(sizes.cells, KERNEL, sizes.stride),) * axes)


def _changes(family: GeometricFamily, plain: Geometry) -> Iterator[tuple[str, dict[str, Any], *tuple[Geometry, ...]]]:
    yield "no samples", {"batch": range(1, maxsize)}, replace(plain, batch=0)
    own = [*family.config(plain), *(["kernel_size"] if "weight" in family.arguments else [])]
    for word, name in PER_AXIS.items() if len(plain.axes) > 1 else ():
        if word in own:
            yield f"{word} per axis", {"square": {word}}, *(_one_axis(plain, name, place) for place in (0, -1))
    if len(plain.axes) > 1 and "kernel_size" in own:
        yield NO_SQUARE, {"square_input": True}, *(_one_axis(plain, "size", place) for place in (0, -1))
    if "bias" in family.arguments:
        modes = {"bias": False, "padding": "numbers"}
        lopsided = tuple(replace(axis, after=1) for axis in plain.axes)
        yield "no bias", {"bias": True}, replace(plain, modes=modes)
        yield "asymmetric padding", {"asymmetric": False}, replace(plain, axes=lopsided)
        for word in PADDING_WORDS:
            yield f"padding={word!r}", {word: False}, replace(plain, modes={**modes, "padding": word})


def full(family: GeometricFamily, geometry: Geometry) -> Geometry:
    """With the family's own modes at their plainest, a bias where there can be one."""
    modes = {**family.plain_modes, **({"bias": True} if "bias" in family.arguments else {}), **geometry.modes}
    return replace(geometry, modes=modes)


def _one_axis(geometry: Geometry, name: str, place: int) -> Geometry:
    """One number of one axis made different from the others, at no cost to validity.

    Where windows lie side by side they still do: a kernel and its stride are one number then.
    """
    axes, other = list(geometry.axes), OTHER.get(name, 2)
    side_by_side = axes[place].kernel == axes[place].stride and name in {"kernel", "stride"}
    changed = replace(axes[place], **(dict.fromkeys(("kernel", "stride"), other) if side_by_side else {name: other}))
    axes[place] = replace(changed, after=changed.before)
    return replace(geometry, axes=tuple(axes))
