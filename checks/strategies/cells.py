"""Configuration cells: the kinds of setting in which wrong backward passes hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from checks.errors import UsageError
from checks.strategies.geometry import Axis

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
