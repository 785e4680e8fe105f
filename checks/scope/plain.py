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


@dataclass(frozen=True)
class Sizes:
    """How many samples and channels a plain case has, and cells along each axis; and what it moves over them.

    ``window`` is the kernel, its stride and the padding. Windows of two and of three both divide the plane, for layers
    that leave no rows over.
    """

    batch: int = 2
    channels: int = 2
    cells: int = 6
    window: tuple[int, int, int] = (3, 1, 0)


PLAIN = Sizes()

#: For layers that turn the usual window down: side by side, as large a y as x, half of it, one cell more than the
#: stride, a single cell.
WINDOWS = ((3, 3, 0), (3, 1, 1), (3, 2, 1), (3, 2, 0), (2, 2, 0), (1, 1, 0), (5, 1, 2), (4, 2, 1))

#: For layers that turn the usual ones down: of one sample, of a whole batch, of three channels, of larger planes; of
#: other windows.
OTHER_SIZES = (
    *(Sizes(batch=1), Sizes(batch=8), Sizes(channels=3), Sizes(cells=12), Sizes(batch=8, channels=3, cells=12)),
    *(Sizes(window=window) for window in WINDOWS),
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
    kernel, stride, padding = sizes.window
    axis = Axis(sizes.cells, kernel, stride, padding, padding)
    return Geometry(sizes.batch, 1, sizes.channels, sizes.channels, (axis,) * axes)


def _changes(family: GeometricFamily, plain: Geometry) -> Iterator[tuple[str, dict[str, Any], *tuple[Geometry, ...]]]:
    yield "no samples", {"batch": range(1, maxsize)}, replace(plain, batch=0)
    own = [*family.config(plain), *(["kernel_size"] if "weight" in family.arguments else [])]
    for word, name in PER_AXIS.items() if len(plain.axes) > 1 else ():
        if word in own:
            each = [_one_axis(plain, name, place) for place in (0, -1)]
            each += [other for place in (0, -1) for other in _tied(plain, name, place)]
            yield f"{word} per axis", {"square": {word}}, *each
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
    """One number of one axis made different from the others, at no cost to validity."""
    axis, other = geometry.axes[place], OTHER.get(name, 2)
    changed = replace(axis, **{name: other + int(getattr(axis, name) == other)})
    return _with_axis(geometry, place, replace(changed, after=changed.before))


def _tied(geometry: Geometry, name: str, place: int) -> Iterator[Geometry]:
    """The same with another number that some layers tie to it, where they turn the usual window down.

    A stride that is the kernel, or a cell less; a padding that keeps the size.
    """
    axis = geometry.axes[place]
    if (axis.kernel, axis.stride, axis.before) == PLAIN.window:
        return
    if name in {"kernel", "stride"}:
        step = 1 if axis.kernel == 2 or axis.stride == 1 else -1  # noqa: PLR2004 - windows of two and of three
        yield _with_axis(geometry, place, replace(axis, kernel=axis.kernel + step, stride=axis.stride + step))
    if name in {"kernel", "before"}:
        around = replace(axis, kernel=axis.kernel + 2, before=axis.before + 1, after=axis.after + 1)
        yield _with_axis(geometry, place, around)


def _with_axis(geometry: Geometry, place: int, axis: Axis) -> Geometry:
    axes = list(geometry.axes)
    axes[place] = axis
    return replace(geometry, axes=tuple(axes))
