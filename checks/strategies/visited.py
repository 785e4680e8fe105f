"""Which configuration cells a geometry visits, read from its numbers alone."""

from __future__ import annotations

from collections.abc import Mapping

from checks.strategies.cells import EDGES
from checks.strategies.geometry import PLAINEST_AXIS, Axis, Geometry


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
