"""Configuration cells: the kinds of setting in which wrong backward passes hide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from checks.strategies.geometry import Axis, Geometry

#: One choice for each cell, such as {"stride": "inside", "padding": "none"}.
Row = Mapping[str, str]
Space = Mapping[str, Sequence[str]]

#: Cells of one spatial axis, the plainest option first.
KERNEL = ("one", "odd", "even")
STRIDE = ("one", "inside", "kernel", "beyond")
REMAINDER = ("none", "some")
DILATION = ("one", "more")
OUTPUT = ("one", "few")
#: Cells of a whole layer.
AXES = ("1", "2", "3", "2 equal")
BATCH = ("one", "more", "none")
GROUPS = ("one", "some", "all")
CHANNELS = ("one", "few")
BLOCK = ("none", "batch", "channels", "size")


def allowed(row: Row) -> bool:
    """Whether the choices made so far can stand together; a choice not yet made forbids nothing."""
    kernel, stride = row.get("kernel"), row.get("stride")
    return not (
        (kernel == "one" and stride in {"inside", "kernel"})
        or (kernel == "one" and row.get("dilation") == "more")
        or (row.get("remainder") == "some" and stride == "one")
        or (row.get("padding") == "same" and stride not in {None, "one"})
        or (row.get("padding") == "beyond half" and row.get("pool") == "yes")
        or (kernel == "one" and row.get("pool") == "yes" and row.get("padding") not in {None, "none"})
    )


def complete(space: Space, pick: Callable[[Sequence[str]], str], fixed: Row | None = None) -> dict[str, str]:
    """Choose every cell that ``fixed`` leaves open, each among the options that the earlier choices allow."""
    row = dict(fixed or {})
    for name, options in space.items():
        if name not in row:
            row[name] = pick([option for option in options if allowed({**row, name: option})])
    return row


def visited(geometry: Geometry) -> set[str]:
    """Names of the cells that a geometry visits, read from its numbers alone."""
    cells = set().union(*(_axis_cells(axis) for axis in geometry.axes))
    cells |= {f"axes: {len(geometry.axes)}", f"batch: {_count(geometry.batch)}", f"groups: {_groups(geometry)}"}
    cells |= {f"{name}: {value}" for name, value in geometry.modes.items()}
    if len(set(geometry.axes)) > 1:
        cells.add("axes: different")
    if len({axis.size for axis in geometry.axes}) > 1:
        cells.add("size: H != W")
    if len({geometry.batch, geometry.groups * geometry.inputs, geometry.groups * geometry.outputs}) == 3:  # noqa: PLR2004 - N, C, O
        cells.add("channels: C != O != N")
    return cells


def _axis_cells(axis: Axis) -> set[str]:
    return {
        f"kernel: {'one' if axis.kernel == 1 else 'odd' if axis.kernel % 2 else 'even'}",
        f"stride: {_stride(axis)}",
        f"remainder: {'some' if axis.remainder else 'none'}",
        f"padding: {_padding(axis)}",
        f"dilation: {'one' if axis.dilation == 1 else 'more'}",
        f"output: {'one' if axis.output == 1 else 'few'}",
    } | ({"kernel: whole input"} if axis.extent == axis.size > 1 else set())


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


def _count(number: int) -> str:
    return {0: "none", 1: "one"}.get(number, "more")


def _groups(geometry: Geometry) -> str:
    if geometry.groups == 1:
        return "one"
    return "all" if geometry.inputs == 1 else "some"
