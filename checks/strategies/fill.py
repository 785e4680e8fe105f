"""From cells to numbers: a geometry that is valid by construction, whatever is chosen.

The sizes of the input are the last thing computed: output cells, stride, window, remainder and padding are chosen
freely and the input is what is left, so that no draw has to be thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import prod
from typing import Any

from checks.strategies.cells import DILATION, EDGES, KERNEL, OUTPUT, REMAINDER, STRIDE, Row, complete
from checks.strategies.geometry import PADDING_WORDS, Axis, Geometry

#: Chooses an integer between two bounds, both included; shrinking goes towards the first.
Choose = Callable[[int, int], int]

#: Entries of x above which a long axis is long in its input, not in its output.
MOST_CELLS = 100_000


def fill(row: Row, choose: Choose, modes: Mapping[str, Any]) -> Geometry:
    """Numbers for a row of cells (``axes``, ``batch``, ``groups``, ``kernel``, ``stride``, ...)."""
    first = fill_axis(row, choose)
    axes = (first, *_further(first, row, choose))
    few = row.get("channels", "few") == "few"
    groups = _groups(row.get("groups", "one"), few, choose)
    inputs = choose(2, 3) if few and row.get("groups") not in {"all", "depthwise", "own"} else 1
    geometry = Geometry(_batch(row, choose), groups, inputs, _outputs(row, choose), axes, modes)
    return _at_block_edge(row.get("block", "none"), geometry, choose)


def _groups(cell: str, few: bool, choose: Choose) -> int:  # noqa: FBT001 - a fact, no mode
    if cell == "own":
        return choose(1, 4) if few else 1
    return {"one": 1, "some": 2}.get(cell) or choose(2, 4)


def fill_axis(row: Row, choose: Choose) -> Axis:
    """Numbers for one axis."""
    kernel = {"one": 1, "odd": 3, "even": 2}[row.get("kernel", "one")]
    if row.get("stride") == "inside" and kernel == 2:  # noqa: PLR2004 - between 1 and 2 there is no stride
        kernel = 4
    kernel += 2 * choose(0, 1) if kernel > 1 else 0
    stride = _stride(row.get("stride", "one"), kernel, choose)
    dilation = choose(2, 3) if row.get("dilation") == "more" else 1
    axis = _pad(Axis(1, kernel, stride, dilation=dilation), row, choose)
    remainder = choose(1, stride - 1) if row.get("remainder") == "some" else 0
    return _sized(axis, row, remainder, choose)


def _sized(axis: Axis, row: Row, remainder: int, choose: Choose) -> Axis:
    """The axis with an input that fits its windows; one window more where it would have no cells."""
    windows = 1 if row["output"] == "one" else choose(2, 4)
    size = (windows - 1) * axis.stride + axis.extent + remainder - axis.before - axis.after
    least = axis.dilation if row.get("pool") == "yes" else 1
    return replace(axis, size=size + axis.stride * max(0, -((size - least) // axis.stride)))


def _further(first: Axis, row: Row, choose: Choose) -> tuple[Axis, ...]:
    match row.get("axes", "1"):
        case "2 equal":
            return (first,)
        case "2 different":
            return (_unlike(first, row, choose),)
        case count:
            return tuple(fill_axis(_other(row, choose), choose) for _ in range(int(count) - 1))


def _unlike(first: Axis, row: Row, choose: Choose) -> Axis:
    """An axis that shares no setting with the first, but for the word by which there is no padding."""
    if "kernel" not in row:
        return Axis(first.size + choose(1, 3))
    kernel, stride = first.kernel + choose(1, 2), first.stride + choose(1, 2)
    before, after = (0, 0) if row.get("padding") == "valid" else (int(not first.before), int(not first.after))
    axis = Axis(1, kernel, stride, before, after, first.dilation + 1 if "dilation" in row else 1)
    sized = _sized(axis, row, choose(0, stride - 1), choose)
    return sized if sized.size != first.size else replace(sized, size=sized.size + stride)


def _stride(cell: str, kernel: int, choose: Choose) -> int:
    if cell == "inside":
        return choose(2, kernel - 1)
    return {"one": 1, "kernel": kernel}.get(cell) or choose(kernel + 1, kernel + 2)


def _pad(axis: Axis, row: Row, choose: Choose) -> Axis:
    half = axis.kernel // 2 if row.get("pool") == "yes" else axis.extent // 2
    match row.get("padding"):
        case "symmetric":
            before = after = choose(min(1, half), half)
        case "asymmetric":
            less, turned = divmod(choose(0, 2 * max(half, 1) - 1), 2)
            before, after = (max(half, 1), less) if turned else (less, max(half, 1))
        case "beyond half":
            before = choose(half + 1, max(half + 1, axis.extent - 1))
            after = 0 if row["output"] == "one" else choose(0, axis.extent + 1)
        case "same":
            before, after = (axis.extent - 1) // 2, axis.extent // 2
        case _:
            before = after = 0
    return replace(axis, before=before, after=after)


def _outputs(row: Row, choose: Choose) -> int:
    """Channels of y in each group: several where every channel of x is a group and the layer is not depthwise."""
    if row.get("channels") == "one" or row.get("groups") == "depthwise":
        return 1
    return choose(2, 3) if row.get("groups") == "all" else choose(1, 3)


def _batch(row: Row, choose: Choose) -> int:
    match row.get("batch", "one"):
        case "none":
            return 0
        case "more":
            return choose(2, 4)
        case _:
            return 1


def _other(row: Row, choose: Choose) -> Row:
    """Cells for a further axis: its own, but with the padding word and the pooling rule of the layer."""
    paddings = ("none", "symmetric") if row.get("pool") == "yes" else ("none", "symmetric", "asymmetric", "beyond half")
    shared = {"pool": row.get("pool", "no")}
    if (word := row.get("padding")) in PADDING_WORDS:
        shared |= {"padding": word, **({"stride": "one"} if word == "same" else {})}
    space = {"kernel": KERNEL, "stride": STRIDE, "remainder": REMAINDER, "padding": paddings, "output": OUTPUT}
    if "dilation" in row:
        space["dilation"] = DILATION
    return complete(space, lambda options: options[choose(0, len(options) - 1)], shared)


def _at_block_edge(block: str, geometry: Geometry, choose: Choose) -> Geometry:
    """Bring one number next to a multiple of 8, 16, 32 or 64, where blocked kernels have their tails."""
    if block == "none":
        return geometry
    number = EDGES[choose(0, len(EDGES) - 1)]
    if block == "batch":
        return replace(geometry, batch=number)
    if block == "channels" and geometry.inputs == 1:
        return replace(geometry, groups=number)
    if block == "channels":
        return replace(geometry, inputs=max(1, number // geometry.groups), outputs=max(1, number // geometry.groups))
    place, in_output = choose(0, len(geometry.axes) - 1), choose(0, 1)
    by_output, by_size = (_grown(geometry, place, number, each) for each in ("output", "size"))
    return by_output if in_output and _cells(by_output) <= MOST_CELLS else by_size


def _grown(geometry: Geometry, place: int, number: int, of: str) -> Geometry:
    """One axis with this many windows, or cells; two equal axes stay equal."""
    axis = geometry.axes[place]
    steps = number - axis.output if of == "output" else (number - axis.size) // axis.stride
    grown = replace(axis, size=axis.size + axis.stride * max(0, steps))
    alike = len(geometry.axes) == 2 and geometry.axes[0] == geometry.axes[1]  # noqa: PLR2004 - the cell "2 equal"
    return replace(
        geometry, axes=tuple(grown if alike or i == place else other for i, other in enumerate(geometry.axes))
    )


def _cells(geometry: Geometry) -> int:
    """Entries of x."""
    return prod(axis.size for axis in geometry.axes) * geometry.batch * geometry.groups * geometry.inputs
