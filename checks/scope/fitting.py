"""Bring a geometry inside of what a subject takes, number by number, each to the nearest that is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from checks.adapters.words import Fixed
from checks.scope.accepted import LISTED, accepts, squared
from checks.scope.groupings import Grouping, nearest_grouping
from checks.strategies.geometry import NUMBERS, PADDING_WORDS, Axis, Geometry

#: The largest number that is tried.
LARGEST = 256
MOST_AXES = 3
#: Cells of an axis that is not repeated as it is, and of a window that is not.
LONG, LONG_WINDOW = 12, 32
#: Cells of the longest side of a square.
LONG_SIDE = 72

#: What is repeated in the place of such a window: a kernel of 250x250 is nobody's, one of 250x2 holds as many taps as
#: a byte counts, too.
_BESIDE = Axis(size=3, kernel=2)

_IN, _OUT = ("in_channels", "channels"), ("out_channels", "channels")

_FIELDS = {"kernel_size": "kernel", "stride": "stride", "dilation": "dilation"}


def fit(geometry: Geometry, allowed: Mapping[str, Any], pooling: bool) -> Geometry:  # noqa: FBT001 - a fact, no mode
    """The nearest geometry that keeps the limits as far as numbers go; the cells of the rest are kept.

    The input grows where no window would fit any more; ``pooling`` keeps padding at half a window or less.
    """
    axes = _count(geometry.axes, allowed)
    axes = tuple(_fit_axis(axis, place, allowed) for place, axis in enumerate(axes))
    axes = tuple(_alike(axis, axes[0], allowed) for axis in axes)
    word = _word(geometry.modes.get("padding", NUMBERS), allowed, axes)
    axes = tuple(_padded(axis, word) for axis in axes)
    axes = _squared(tuple(_room(_halved(axis) if pooling else axis, allowed) for axis in axes), allowed)
    grouping = nearest_grouping(allowed.get("groups"), geometry)
    geometry = grouping.regrouped(geometry)
    groups = nearest(_divides(allowed, grouping), geometry.groups, 1)
    inputs = _per_group(allowed, _IN, grouping.inputs, geometry.inputs, groups)
    outputs = inputs if pooling else _per_group(allowed, _OUT, grouping.outputs, geometry.outputs, groups)
    batch = nearest(allowed.get("batch"), geometry.batch, 0)
    return Geometry(batch, groups, inputs, outputs, axes, _modes(geometry.modes, allowed, word))


def nearest(limit: Any, value: int, low: int) -> int:
    """The accepted integer from ``low`` on that is nearest to a value, the smaller of two; the value if none is."""
    accept, most = _accept(limit), max(value, LARGEST)
    if low <= value and accept(value):
        return value
    by_distance = chain.from_iterable((value - off, value + off) for off in range(most))
    return next((number for number in by_distance if low <= number <= most and accept(number)), value)


def _accept(limit: Any) -> Callable[[int], bool]:
    if limit is None:
        return lambda _: True
    return partial(accepts, limit)


def _divides(allowed: Mapping[str, Any], grouping: Grouping) -> Callable[[int], bool]:
    """Numbers of groups that are allowed, and by which some allowed number of channels can be divided."""
    each_side = ((_IN, grouping.inputs), (_OUT, grouping.outputs))
    sides = [(each, [_accept(allowed.get(name)) for name in names]) for names, each in each_side]

    def divides(groups: int) -> bool:
        return accepts(grouping.groups, groups) and all(
            any(
                accepts(number, each) and all(side(groups * each) for side in limits)
                for each in range(1, max(LARGEST // groups, 1) + 1)
            )
            for number, limits in sides
        )

    return divides


def _count(axes: tuple[Axis, ...], allowed: Mapping[str, Any]) -> tuple[Axis, ...]:
    number = min(nearest(allowed.get("axes"), len(axes), 1), MOST_AXES)
    return (*axes, *((_short(axes[-1]),) * max(0, number - len(axes))))[:number]


def _short(axis: Axis) -> Axis:
    """The axis again, with two windows where it is long, and short ones: one long axis is enough for a case."""
    if axis.kernel > LONG_WINDOW:
        return _BESIDE
    return axis if axis.size <= LONG else replace(axis, size=axis.size - axis.stride * max(0, axis.output - 2))


def _fit_axis(axis: Axis, place: int, allowed: Mapping[str, Any]) -> Axis:
    kernel = _number(allowed.get("kernel_size"), axis.kernel, place, 1, axis.kernel)
    stride = _number(allowed.get("stride"), axis.stride, place, 1, kernel)
    dilation = _number(allowed.get("dilation"), axis.dilation, place, 1, kernel)
    before, after = (_number(allowed.get("padding"), side, place, 0, kernel) for side in (axis.before, axis.after))
    if not allowed.get("asymmetric", True) or "padding" in squared(allowed):
        before = after = max(before, after)
    return Axis(axis.size, kernel, stride, before, after, dilation)


def _number(limit: Any, value: int, place: int, low: int, kernel: int) -> int:
    if isinstance(limit, Fixed):
        if limit.value == "kernel":
            return kernel
        fixed = limit.value[place % len(limit.value)] if isinstance(limit.value, (tuple, list)) else limit.value
        return fixed if isinstance(fixed, int) else value
    if isinstance(limit, (tuple, list)) and (several := next((each for each in limit if isinstance(each, tuple)), ())):
        return nearest(several[place % len(several)], value, low)
    return nearest(limit, value, low)


def _alike(axis: Axis, first: Axis, allowed: Mapping[str, Any]) -> Axis:
    words = squared(allowed)
    same = {_FIELDS[word]: getattr(first, _FIELDS[word]) for word in words & set(_FIELDS)}
    border = {"before": first.before, "after": first.after} if "padding" in words else {}
    return replace(axis, **same, **border)


def _word(mode: str, allowed: Mapping[str, Any], axes: tuple[Axis, ...]) -> str:
    """How padding is given: as the geometry has it where the layer takes that, in a word where it takes no number.

    The word ``same`` is defined for stride 1 alone, and stands for no number beside another stride, or for none.
    """
    limit, free = allowed.get("padding"), not (mode == "same" and any(axis.stride > 1 for axis in axes))
    if limit is None or callable(limit):
        return mode if limit is None and free and allowed.get(mode, True) else NUMBERS
    alike = all(axis.stride == 1 for axis in axes) and any(any(axis.padded) for axis in axes)
    order = PADDING_WORDS if alike else reversed(PADDING_WORDS)
    words = [word for word in (mode, *order) if word != NUMBERS and accepts(limit, word)]
    numbers = not words or any(accepts(limit, number) for number in range(LARGEST))
    return words[0] if words and ((words[0] == mode and free) or not numbers) else NUMBERS


def _padded(axis: Axis, word: str) -> Axis:
    """The axis with the padding, and the stride, that a word stands for."""
    match word:
        case "same":
            return replace(axis, stride=1, before=(axis.extent - 1) // 2, after=axis.extent // 2)
        case "valid":
            return replace(axis, before=0, after=0)
        case _:
            return axis


def _halved(axis: Axis) -> Axis:
    half = axis.kernel // 2
    return replace(axis, before=min(axis.before, half), after=min(axis.before, half))


def _room(axis: Axis, allowed: Mapping[str, Any]) -> Axis:
    """At least one window; a remainder that is not allowed is cut off."""
    axis = replace(axis, size=max(1, axis.size, axis.size - axis.slack))
    if "remainder" not in allowed:
        return axis
    wanted = nearest(allowed["remainder"], axis.remainder, 0)
    return replace(axis, size=axis.size + (wanted - axis.remainder) % axis.stride)


def _squared(axes: tuple[Axis, ...], allowed: Mapping[str, Any]) -> tuple[Axis, ...]:
    """Axes of one length where x must have such: the longest that is no long one, else the shortest with room."""
    if not allowed.get("square_input", False):
        return axes
    enough = max(axis.size - axis.slack for axis in axes)
    size = max((axis.size for axis in axes if axis.size <= LONG_SIDE), default=enough)
    alike = tuple(replace(axis, size=max(size, enough, 1)) for axis in axes)
    limit = allowed.get("remainder")
    return alike if limit is None or all(accepts(limit, axis.remainder) for axis in alike) else axes[:1] * len(axes)


def _per_group(allowed: Mapping[str, Any], names: tuple[str, ...], own: Any, value: int, groups: int) -> int:
    limits = [_accept(allowed.get(name)) for name in names]
    return nearest(lambda each: accepts(own, each) and all(accept(groups * each) for accept in limits), value, 1)


def _modes(modes: Mapping[str, Any], allowed: Mapping[str, Any], word: str) -> dict[str, Any]:
    """Modes within the limits; the mode ``padding`` says whether padding is a word or numbers."""
    fitted = {name: _mode(allowed[name], value) if name in allowed else value for name, value in modes.items()}
    return {**fitted, "padding": word} if "padding" in modes else fitted


def _mode(limit: Any, value: Any) -> Any:
    if isinstance(limit, Fixed):
        return limit.value
    if isinstance(limit, LISTED):
        return value if value in limit else next(iter(limit))
    return value if callable(limit) else limit
