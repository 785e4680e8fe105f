"""Configuration cells: the kinds of setting in which wrong backward passes hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from checks.errors import UsageError
from checks.strategies.geometry import PLAINEST_AXIS, Axis, Geometry

#: One choice for each cell, such as {"stride": "inside", "padding": "none"}.
Row = Mapping[str, str]
Space = Mapping[str, Sequence[str]]
#: Options of some cells that cannot stand together.
Rule = Mapping[str, Sequence[str]]

#: Cells of one spatial axis, the plainest option first.
KERNEL = ("one", "odd", "even")
STRIDE = ("one", "inside", "kernel", "beyond")
REMAINDER = ("none", "some")
DILATION = ("one", "more")
OUTPUT = ("one", "few")
#: Cells of a whole layer.
AXES = ("1", "2", "3", "2 equal", "2 different")
BATCH = ("one", "more", "none")
GROUPS = ("one", "some", "all", "depthwise")
CHANNELS = ("one", "few")
BLOCK = ("none", "batch", "channels", "size")
#: Sizes around those at which blocked kernels have their tails.
EDGES = tuple(block + off for block in (8, 16, 32, 64) for off in (-1, 0, 1))


#: Choices that cannot stand together, each with the reason.
_IMPOSSIBLE: tuple[tuple[Rule, str], ...] = (
    ({"kernel": ("one",), "stride": ("inside", "kernel")}, "between 1 and 1 there is no stride"),
    ({"kernel": ("one",), "padding": ("symmetric", "asymmetric")}, "half of one cell is no padding"),
    ({"kernel": ("one",), "padding": ("beyond half",), "output": ("one",)}, "padding alone would be the input"),
    ({"remainder": ("some",), "stride": ("one",)}, "stride 1 leaves no remainder"),
    ({"padding": ("same",), "stride": ("inside", "kernel", "beyond")}, "'same' is defined for stride 1"),
    ({"padding": ("same",), "remainder": ("some",)}, "'same' is defined for stride 1"),
    ({"padding": ("same",), "axes": ("2 different",)}, "'same' is defined for stride 1, which all axes share"),
    ({"channels": ("one",), "groups": ("some", "all", "depthwise")}, "groups need channels"),
    ({"channels": ("one",), "block": ("channels",)}, "8 channels are not one"),
    ({"batch": ("one", "none"), "block": ("batch",)}, "8 samples are not one"),
    ({"output": ("one",), "block": ("size",)}, "a long axis has many windows"),
    ({"output": ("one",), "padding": ("beyond half",), "kernel": ("even",)}, "no window of one holds so much padding"),
)


#: The same by the cells that they speak of.
_SPEAKING: Mapping[str, Sequence[tuple[Rule, str]]] = {
    name: [each for each in _IMPOSSIBLE if name in each[0]] for name in {key for rule, _ in _IMPOSSIBLE for key in rule}
}


def impossible(row: Row) -> str:
    """Why the choices made so far cannot stand together; empty where they can."""
    return next((why for rule, why in _IMPOSSIBLE if broken(rule, row)), "")


def broken(rule: Rule, row: Row) -> bool:
    """Whether a row holds what a rule says cannot stand together; a choice not yet made breaks none."""
    return all(row.get(name) in options for name, options in rule.items())


def rules(space: Space) -> list[Rule]:
    """The rules that speak of a space's cells alone."""
    return [rule for rule, _ in _IMPOSSIBLE if rule.keys() <= space.keys()]


def allowed(row: Row) -> bool:
    """Whether the choices made so far can stand together; a choice not yet made forbids nothing."""
    return not impossible(row)


def settled(space: Space) -> dict[str, str]:
    """The cells of a space that have one option."""
    return {name: options[0] for name, options in space.items() if len(options) == 1}


def confined(space: Space, narrower: Space, cells: Row) -> dict[str, tuple[str, ...]]:
    """The space with one option left for each cell named, and for the others the options that can stand with these.

    ``narrower`` has options that only a confined cell can have. Raises UsageError where there is no such option.
    """
    options = {cell: (*each, *narrower.get(cell, ())) for cell, each in space.items()}
    for cell, option in cells.items():
        if option not in options.get(cell, ()):
            listed = "; ".join(f"{name}: {', '.join(each)}" for name, each in options.items())
            raise UsageError(f"no space can be confined to {cell}={option!r}; expected one of {listed}")
    left = {name: tuple(each for each in space[name] if allowed({**cells, name: each})) for name in space}
    return {**left, **{cell: (option,) for cell, option in cells.items()}}


def settle(axis: Axis, cells: Row) -> Axis:
    """The axis with the cells that a space settles for all of them; what was padding becomes cells of x.

    So windows fit as before.
    """
    for cell in cells.items():
        axis = _SETTLE[cell](axis) if cell in _SETTLE else axis
    return axis


_SETTLE: Mapping[tuple[str, str], Callable[[Axis], Axis]] = {
    ("kernel", "one"): lambda axis: replace(axis, kernel=1),
    ("stride", "one"): lambda axis: replace(axis, stride=1),
    ("stride", "kernel"): lambda axis: replace(axis, stride=axis.kernel),
    ("padding", "none"): lambda axis: replace(axis, size=axis.size + sum(axis.padded), before=0, after=0),
    ("dilation", "one"): lambda axis: replace(axis, dilation=1),
}


def complete(space: Space, pick: Callable[[Sequence[str]], str], fixed: Row | None = None) -> dict[str, str]:
    """Choose every cell that ``fixed`` leaves open, each among the options that the earlier choices allow."""
    row, only = dict(fixed or {}), settled(space)
    for name, options in space.items():
        if name not in row:
            so_far = {**only, **row}
            row[name] = pick([option for option in options if _joins(name, option, so_far)])
    return row


def _joins(name: str, option: str, so_far: Row) -> bool:
    """Whether a further choice can stand together with those made; only rules that speak of its cell can be broken."""
    speaking = (rule for rule, _ in _SPEAKING.get(name, ()) if option in rule[name])
    return not any(broken(rule, {**so_far, name: option}) for rule in speaking)


def by_axis(geometry: Geometry, modes: Mapping[str, str]) -> list[set[str]]:
    """For each axis the cells that stand together there: its own and those of the whole layer.

    ``modes`` names the family's own cells, such as {"ceil": "yes"}; one called padding stands for every axis.
    """
    shape = {"axes": _axes(geometry), "batch": _count(geometry.batch), "groups": _groups(geometry)}
    shape |= {"channels": _channels(geometry), "block": _block(geometry)}
    return [
        {f"{name}: {option}" for name, option in {**_axis(axis), **shape, **modes}.items()} for axis in geometry.axes
    ]


def visited(geometry: Geometry, modes: Mapping[str, str]) -> set[str]:
    """Names of the cells that a geometry visits, and what only the whole shows; read from its numbers alone."""
    cells = set().union(*by_axis(geometry, modes))
    cells |= {"kernel: whole input" for axis in geometry.axes if axis.extent == axis.size > 1}
    if len({axis.size for axis in geometry.axes}) > 1:
        cells.add("size: H != W")
    if len({geometry.batch, geometry.groups * geometry.inputs, geometry.groups * geometry.outputs}) == len("NCO"):
        cells.add("channels: C != O != N")
    return cells


def _axis(axis: Axis) -> dict[str, str]:
    return {
        "kernel": "one" if axis.kernel == 1 else "odd" if axis.kernel % 2 else "even",
        "stride": _stride(axis),
        "remainder": "some" if axis.remainder else "none",
        "padding": _padding(axis),
        "dilation": "one" if axis.dilation == 1 else "more",
        "output": "one" if axis.output == 1 else "few",
    }


def _stride(axis: Axis) -> str:
    if axis.stride == 1:
        return "one"
    if axis.stride == axis.kernel:
        return "kernel"
    return "inside" if axis.stride < axis.kernel else "beyond"


def _padding(axis: Axis) -> str:
    if axis.before == axis.after == 0:
        return "none"
    if max(axis.before, axis.after) > axis.extent // 2:
        return "beyond half"
    return "symmetric" if axis.before == axis.after else "asymmetric"


def _axes(geometry: Geometry) -> str:
    count = len(geometry.axes)
    if count != len("HW"):
        return str(count)
    first, second = geometry.axes
    return "2 equal" if first == second else "2 different" if differ(first, second) else "2"


def differ(first: Axis, second: Axis) -> bool:
    """Whether two axes share nothing but settings that neither uses."""
    shared = (name for name in PLAINEST_AXIS if getattr(first, name) == getattr(second, name))
    return all(name != "size" and getattr(first, name) == PLAINEST_AXIS[name] for name in shared)


def _count(number: int) -> str:
    return {0: "none", 1: "one"}.get(number, "more")


def _groups(geometry: Geometry) -> str:
    if geometry.groups == 1:
        return "one"
    if geometry.inputs > 1:
        return "some"
    return "depthwise" if geometry.outputs == 1 else "all"


def _channels(geometry: Geometry) -> str:
    return "one" if geometry.groups * max(geometry.inputs, geometry.outputs) == 1 else "few"


def _block(geometry: Geometry) -> str:
    """Which number stands at the edge of a block; the largest one where several do."""
    channels = geometry.groups * max(geometry.inputs, geometry.outputs)
    sizes = [number for axis in geometry.axes for number in (axis.size, axis.output)]
    numbers = {"batch": [geometry.batch], "channels": [channels], "size": sizes}
    at_edge = {name: max(set(each) & set(EDGES)) for name, each in numbers.items() if set(each) & set(EDGES)}
    return max(at_edge, key=lambda name: at_edge[name]) if at_edge else "none"
