"""The geometry of a layer as independent numbers, so that every change of one number can be tried on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, product
from typing import Any

from checks.types import Shape

#: Padding as PyTorch's convolutions take it in words; and what is said of any other.
PADDING_WORDS, NUMBERS = ("same", "valid"), "numbers"


def padding_mode(padding: Any) -> str:
    """The word by which padding is given, ``numbers`` where it is none."""
    return padding if padding in PADDING_WORDS else NUMBERS


@dataclass(frozen=True)
class Axis:
    """One spatial axis. The defaults are the plainest: one cell, seen by a window of one cell."""

    size: int = 1
    kernel: int = 1
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1

    @property
    def extent(self) -> int:
        """Cells from the first tap of a window to its last: dilation * (kernel - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def slack(self) -> int:
        """Padded cells beyond the first window; negative where no window fits."""
        return self.size + self.before + self.after - self.extent

    @property
    def padded(self) -> tuple[int, int]:
        """Padding before and after."""
        return self.before, self.after

    @property
    def output(self) -> int:
        """Windows along the axis, without ceil_mode."""
        return self.slack // self.stride + 1

    @property
    def remainder(self) -> int:
        """Padded cells that no window reaches (without ceil_mode)."""
        return self.slack % self.stride


@dataclass(frozen=True)
class Geometry:
    """A whole layer: batch, channels per group, groups, spatial axes and the family's own modes."""

    batch: int = 1
    groups: int = 1
    inputs: int = 1
    outputs: int = 1
    axes: tuple[Axis, ...] = (Axis(),)
    modes: Mapping[str, Any] = field(default_factory=dict)

    def along(self, name: str) -> Shape:
        """One number for each axis: ``along("stride")``."""
        return tuple(int(getattr(axis, name)) for axis in self.axes)

    def keyword(self, name: str) -> int | Shape:
        """The same as a layer's keyword: one int where all axes agree."""
        values = self.along(name)
        return values[0] if len(set(values)) == 1 else values


#: What a number is made smaller towards.
PLAINEST_AXIS = {"size": 1, "kernel": 1, "stride": 1, "before": 0, "after": 0, "dilation": 1}
PLAINEST = {"batch": 1, "groups": 1, "inputs": 1, "outputs": 1, **PLAINEST_AXIS}


def plainer(geometry: Geometry, plain_modes: Mapping[str, Any]) -> Iterator[Geometry]:
    """Every geometry that is one step plainer, the largest steps first; not all of them are valid layers."""
    for place in range(len(geometry.axes) if len(geometry.axes) > 1 else 0):
        yield replace(geometry, axes=geometry.axes[:place] + geometry.axes[place + 1 :])
    yield from _plainer_modes(geometry, plain_modes)
    for name in ("batch", "groups", "inputs", "outputs"):
        for value in _towards(getattr(geometry, name), PLAINEST[name]):
            changed: dict[str, Any] = {name: value}
            yield replace(geometry, **changed)
    yield from _axis_by_axis(geometry, _plainer_axes)


def plainer_settings(geometry: Geometry, plain_modes: Mapping[str, Any]) -> Iterator[Geometry]:
    """Those of them whose windows, batch and channels are the same: one mode or one setting of an axis is plainer.

    Those that most layers take come first: few take padding on one side alone.
    """
    yield from _plainer_modes(geometry, plain_modes)
    yield from _axis_by_axis(geometry, _plainer_windows)


def _plainer_modes(geometry: Geometry, plain_modes: Mapping[str, Any]) -> Iterator[Geometry]:
    for name, plain in plain_modes.items():
        if geometry.modes.get(name, plain) != plain:
            yield replace(geometry, modes={**geometry.modes, name: plain})


def _axis_by_axis(geometry: Geometry, steps: Callable[[Axis], Iterable[Axis]]) -> Iterator[Geometry]:
    for place, axis in enumerate(geometry.axes):
        for simpler in steps(axis):
            if geometry.modes.get("padding") == "same" and simpler.padded != axis.padded:
                continue  # the word says how much padding there is
            yield replace(geometry, axes=(*geometry.axes[:place], simpler, *geometry.axes[place + 1 :]))


def resettled(geometry: Geometry) -> Iterator[Geometry]:
    """Every geometry of these sizes and windows with another small stride, padding and dilation, the same on all axes.

    Before them the one with the ends of its padding exchanged, where they differ: not even the padded size tells it
    apart. Not all of them are valid layers, and not all have as many windows.
    """
    if geometry.modes.get("padding") in PADDING_WORDS:
        return
    if any(axis.before != axis.after for axis in geometry.axes):
        yield replace(geometry, axes=tuple(map(_turned_round, geometry.axes)))
    for stride, padding, dilation in product(range(1, 5), range(3), range(1, 4)):
        numbers = {"stride": stride, "before": padding, "after": padding, "dilation": dilation}
        yield replace(geometry, axes=tuple(replace(axis, **numbers) for axis in geometry.axes))


def _turned_round(axis: Axis) -> Axis:
    return replace(axis, before=axis.after, after=axis.before)


def _plainer_axes(axis: Axis) -> Iterator[Axis]:
    return chain(_with_cells(axis), _towards_plainest(axis, PLAINEST_AXIS), _on_both_sides(axis))


def _plainer_windows(axis: Axis) -> Iterator[Axis]:
    """Those with the same kernel, and with as many cells unless these take the place of padding."""
    moves, sides = (_towards_plainest(axis, names) for names in (("stride", "dilation"), ("before", "after")))
    return chain(_with_cells(axis), moves, _on_both_sides(axis), sides)


def _with_cells(axis: Axis) -> Iterator[Axis]:
    """Cells in place of padding: as many windows as before."""
    if axis.before or axis.after:
        yield replace(axis, size=axis.size + axis.before + axis.after, before=0, after=0)


def _towards_plainest(axis: Axis, names: Iterable[str]) -> Iterator[Axis]:
    for name in names:
        for value in _towards(getattr(axis, name), PLAINEST[name]):
            yield replace(axis, **{name: value})


def _on_both_sides(axis: Axis) -> Iterator[Axis]:
    """One cell of padding less on each side."""
    if axis.before and axis.after:
        yield replace(axis, before=axis.before - 1, after=axis.after - 1)


def _towards(value: int, plain: int) -> list[int]:
    """Plain itself, halfway, one step: without repetition, nearest to plain first."""
    if value == plain:
        return []
    step = 1 if plain > value else -1
    return list(dict.fromkeys([plain, plain + (value - plain) // 2, value + step]))
