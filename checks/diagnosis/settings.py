"""Settings of a layer that may be what a mistake takes: which cases have one, and the nearest that has not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from checks.diagnosis.counts import Of, counts
from checks.families.geometric import GeometricFamily
from checks.strategies.geometry import PADDING_WORDS, Axis, Geometry
from checks.types import Shape


@dataclass(frozen=True)
class Setup:
    """A geometry and the format of its numbers."""

    geometry: Geometry
    dtype: str


@dataclass(frozen=True)
class Setting:
    """What some cases have, in words; ``without`` gives the same but for that."""

    words: str
    has: Callable[[Setup], bool]
    without: Callable[[Setup], Setup]


def settings(family: GeometricFamily, dtype: str) -> Iterator[Setting]:
    """The format of a case, and every setting of its family."""
    other = "float32" if dtype == "float64" else "float64"
    yield Setting(dtype, lambda setup: setup.dtype == dtype, lambda setup: replace(setup, dtype=other))
    for name, plain in family.plain_modes.items():
        yield from _modes(name, plain)
    yield from (_of_geometry(*each) for each in (*counts(), *OF_LAYERS))
    yield from (_of_axes(*each) for each in OF_AXES)
    yield from (_unequal(*each) for each in UNEQUAL)


def joined(words: Sequence[str]) -> list[str]:
    """Settings as they are told: two that no one axis has both are those of different axes."""
    found = list(words)
    for pair, both in APART.items():
        if set(pair) <= set(found):
            found = [both if each == pair[0] else each for each in found if each != pair[1]]
    return found


def _of_geometry(words: str, has: Callable[[Geometry], bool], without: Callable[[Geometry], Geometry]) -> Setting:
    return Setting(
        words, lambda setup: has(setup.geometry), lambda setup: replace(setup, geometry=without(setup.geometry))
    )


def _modes(name: str, plain: Any) -> Iterator[Setting]:
    """A mode that is not plain; one that is on or off, either way."""
    if isinstance(plain, bool):
        yield from (_held(name, plain, value) for value in (plain, not plain))
    else:
        yield _of_geometry(
            f"{name} other than {plain}",
            lambda geometry: geometry.modes.get(name, plain) != plain,
            lambda geometry: _with_mode(geometry, name, plain),
        )


def _held(name: str, plain: Any, value: Any) -> Setting:
    return _of_geometry(
        f"{name}={value}",
        lambda geometry: geometry.modes.get(name, plain) == value,
        lambda geometry: _with_mode(geometry, name, not value),
    )


def _with_mode(geometry: Geometry, name: str, value: Any) -> Geometry:
    return replace(geometry, modes={**geometry.modes, name: value})


def _of_axes(words: str, holds: Callable[[Axis], bool], change: Callable[[Axis], Axis]) -> Setting:
    """That of any axis, changed along all that have it; a word says how much padding there is.

    Along all axes where one number served all of them and would not any more: a layer may take one alone.
    """

    def without(geometry: Geometry) -> Geometry:
        axes = tuple(change(axis) if holds(axis) else axis for axis in geometry.axes)
        axes = tuple(map(change, geometry.axes)) if _alike(geometry.axes) - _alike(axes) else axes
        other = replace(geometry, axes=axes)
        kept = geometry.modes.get("padding") not in PADDING_WORDS or _padded(other) == _padded(geometry)
        return other if kept else geometry

    return _of_geometry(words, lambda geometry: any(map(holds, geometry.axes)), without)


def _alike(axes: Sequence[Axis]) -> frozenset[str]:
    """What is the same number along all axes."""
    numbers = {
        "kernel": len({axis.kernel for axis in axes}),
        "stride": len({axis.stride for axis in axes}),
        "dilation": len({axis.dilation for axis in axes}),
        "padding": len({axis.padded for axis in axes}),
    }
    return frozenset(name for name, many in numbers.items() if many == 1)


def _padded(geometry: Geometry) -> list[Shape]:
    return [axis.padded for axis in geometry.axes]


def _unequal(words: str, of: Callable[[Axis], int], change: Callable[[Axis, int], Axis]) -> Setting:
    """Axes of which each has a number of its own; then all have the largest."""

    def without(geometry: Geometry) -> Geometry:
        most = max(map(of, geometry.axes))
        return replace(geometry, axes=tuple(change(axis, most) for axis in geometry.axes))

    return _of_geometry(words, lambda geometry: len(set(map(of, geometry.axes))) > 1, without)


def _striding(axis: Axis, stride: int) -> Axis:
    """As many windows, and what they leave over as far as that is less than a stride."""
    left = min(axis.remainder, stride - 1) - axis.remainder
    return replace(axis, stride=stride, size=max(axis.size + (axis.output - 1) * (stride - axis.stride) + left, 1))


def _reaching(axis: Axis, kernel: int, dilation: int) -> Axis:
    other = replace(axis, kernel=kernel, dilation=dilation)
    return replace(other, size=axis.size + other.extent - axis.extent)


def _padded_by(axis: Axis, most: int) -> Axis:
    """No more padding than that on either side, cells in place of the rest."""
    before, after = min(axis.before, most), min(axis.after, most)
    return replace(axis, size=axis.size + sum(axis.padded) - before - after, before=before, after=after)


def _without_an_axis(geometry: Geometry) -> Geometry:
    """Without the one that has least to it."""
    least = min(range(len(geometry.axes)), key=lambda place: _weight(geometry.axes[place]))
    return replace(geometry, axes=geometry.axes[:least] + geometry.axes[least + 1 :])


def _weight(axis: Axis) -> tuple[int, ...]:
    return axis.stride + axis.dilation + sum(axis.padded), axis.kernel, axis.size


OF_LAYERS: tuple[Of, ...] = (
    ("three axes", lambda g: len(g.axes) > 2, _without_an_axis),  # noqa: PLR2004 - as it says
    ("several axes", lambda g: len(g.axes) > 1, lambda g: replace(g, axes=(max(g.axes, key=_weight),))),
    ("one axis", lambda g: len(g.axes) == 1, lambda g: replace(g, axes=(*g.axes, *g.axes))),
)

#: The same of an axis: windows stay as many as they can.
OfAxis: TypeAlias = tuple[str, Callable[[Axis], bool], Callable[[Axis], Axis]]
OF_AXES: tuple[OfAxis, ...] = (
    ("dilation above 1", lambda a: a.dilation > 1, lambda a: _reaching(a, a.kernel, 1)),
    ("dilation above 2", lambda a: a.dilation > 2, lambda a: _reaching(a, a.kernel, 2)),  # noqa: PLR2004 - as it says
    ("padding of more than one cell", lambda a: max(a.padded) > 1, lambda a: _padded_by(a, 1)),
    ("padding", lambda a: a.before + a.after > 0, lambda a: _padded_by(a, 0)),
    ("no padding", lambda a: a.before + a.after == 0, lambda a: replace(a, before=1, after=1)),
    (
        "more padding on one side",
        lambda a: a.before != a.after,
        lambda a: replace(a, before=max(a.padded), after=max(a.padded)),
    ),
    ("stride above 1", lambda a: a.stride > 1, lambda a: _striding(a, 1)),
    ("stride above 2", lambda a: a.stride > 2, lambda a: _striding(a, 2)),  # noqa: PLR2004 - as it says
    ("stride 1", lambda a: a.stride == 1, lambda a: _striding(a, 2)),
    ("overlapping windows", lambda a: a.output > 1 and a.stride < a.extent, lambda a: _striding(a, a.extent)),
    ("gaps between windows", lambda a: a.output > 1 and a.stride > a.extent, lambda a: _striding(a, a.extent)),
    (
        "a remainder that no window reaches",
        lambda a: a.remainder > 0,
        lambda a: replace(a, size=a.size + a.stride - a.remainder),
    ),
    ("a kernel of several cells along an axis", lambda a: a.kernel > 1, lambda a: _reaching(a, 1, a.dilation)),
    ("an even kernel", lambda a: a.kernel % 2 == 0, lambda a: _reaching(a, a.kernel + 1, a.dilation)),
    ("a kernel of one cell along an axis", lambda a: a.kernel == 1, lambda a: _reaching(a, 2, a.dilation)),
    ("one window along an axis", lambda a: a.output == 1, lambda a: replace(a, size=a.size + a.stride)),
)

#: What is told of two of these, each along an axis of its own.
APART = {
    ("padding", "no padding"): "padding on one axis and none on another",
    ("stride above 1", "stride 1"): "stride 1 on one axis and a longer one on another",
    ("overlapping windows", "gaps between windows"): "windows that overlap on one axis and have gaps on another",
}

#: What axes have each of its own, which number it is, and an axis with another one.
Own: TypeAlias = tuple[str, Callable[[Axis], int], Callable[[Axis, int], Axis]]
UNEQUAL: tuple[Own, ...] = (
    ("unequal strides", lambda a: a.stride, _striding),
    ("unequal dilations", lambda a: a.dilation, lambda a, most: _reaching(a, a.kernel, most)),
    ("unequal lengths of x", lambda a: a.size, lambda a, most: replace(a, size=most)),
    ("an oblong kernel", lambda a: a.kernel, lambda a, most: _reaching(a, most, a.dilation)),
)
