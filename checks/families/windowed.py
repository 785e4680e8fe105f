"""What both poolings share: one argument, windows, a sum that is conserved."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from itertools import product
from math import prod
from typing import Any, ClassVar

import numpy as np

from checks.case import Case
from checks.families.geometric import GeometricFamily
from checks.strategies import cells
from checks.strategies.geometry import Axis, Geometry
from checks.strategies.large import many_cells, shared_cells
from checks.sum_law import SumLaw
from checks.types import Array, Config, Shape, Shapes

POOL_SPACE: cells.Space = {
    "pool": ("yes",),
    "axes": cells.AXES,
    "batch": cells.BATCH,
    "channels": cells.CHANNELS,
    "kernel": cells.KERNEL,
    "stride": cells.STRIDE,
    "remainder": cells.REMAINDER,
    "padding": ("none", "symmetric"),
    "output": cells.OUTPUT,
    "ceil": ("no", "yes"),
    "block": cells.BLOCK,
    "dtype": ("float64", "float32", "float16"),
}


#: The cell of ceil_mode, which both poolings have.
CEIL: tuple[str, Mapping[str, Any]] = ("ceil_mode", {"no": False, "yes": True})


class Pooling(GeometricFamily):
    """What both poolings share: one argument, windows, a sum that is conserved."""

    arguments = ("x",)
    homogeneous = ("x",)
    channelwise = True
    implied: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {
        "stride": ("stride", ("kernel",)),
        "padding": ("padding", ("none",)),
        "dilation": ("dilation", ("one",)),
        "ceil_mode": ("ceil", ("no",)),
        "count_include_pad": ("count_pad", ("yes",)),
        "divisor_override": ("divisor", ("none",)),
    }

    defaults: ClassVar[Config] = {
        "padding": 0,
        "dilation": 1,
        "ceil_mode": False,
        "count_include_pad": True,
        "divisor_override": None,
    }

    #: Modes in each of which a layer may count the cells of a window in another way.
    counting: ClassVar[tuple[Config, ...]] = ({},)

    def long_sums(self, axes: Iterable[int]) -> Iterator[Case]:
        """Windows of many cells, which share as many."""
        for count in axes:
            yield self.case(replace(shared_cells(count), modes=self.usual_modes), "float16", self.kinds[0], count)

    def long_windows(self, axes: Iterable[int]) -> Iterator[Case]:
        """Of several planes, so that many cells win, in a wide format and in a narrow one."""
        for dtype, modes, count in product(("float64", "float16"), self.counting, axes):
            geometry = replace(many_cells(count), batch=1, inputs=16, modes={**self.usual_modes, **modes})
            yield self.case(geometry, dtype, self.kinds[0], 1)  # of an odd seed: in bfloat16, too

    def following(self, case: Case) -> bool:
        """A stride that is left out is the window: a forward and a backward may each find that out by themselves."""
        return "stride" in case.config and "stride" not in self.left_out(case)

    def at_default(self, word: str, config: Config) -> bool:
        """A window moves by its own size unless it is said."""
        return super().at_default(word, config) or (word == "stride" and config[word] == config["kernel_size"])

    @abstractmethod
    def share(self, axes: tuple[Axis, ...], out: Shape, config: Config) -> Array:
        """What part of each upstream value reaches dx, broadcastable to the spatial axes of dy."""

    def peak(self, largest: Mapping[str, float]) -> float:
        """The largest operand: nothing is multiplied."""
        return max(largest.values())

    def sum_laws(self, shapes: Shapes, config: Config) -> tuple[SumLaw, ...]:
        """For each sample and channel: sum of dx = sum over windows of dy * share."""
        space = tuple(range(2, len(shapes["x"])))
        share = self.share(axes_of(shapes, config), shapes["dy"][2:], config)
        return (SumLaw("dx", space, space, share, f"each upstream value reaches dx {self.share_in_words}"),)

    #: How ``share`` is reasoned, for messages.
    share_in_words: ClassVar[str]

    def shapes(self, geometry: Geometry) -> Shapes:
        """X (N, C, *size)."""
        return {"x": (geometry.batch, geometry.groups * geometry.inputs, *geometry.along("size"))}

    def keywords(self, geometry: Geometry) -> Config:
        """kernel_size, stride and padding as PyTorch names them, and the modes."""
        names = {"kernel_size": "kernel", "stride": "stride", "padding": "before"}
        return {word: geometry.keyword(number) for word, number in names.items()} | dict(geometry.modes)

    def geometry_of(self, shapes: Shapes, config: Config) -> Geometry:
        """The numbers behind shapes and keywords."""
        n, c, *_ = shapes["x"]
        modes = {name: config.get(name, plain) for name, plain in self.plain_modes.items()}
        return Geometry(n, 1, c, 1, axes_of(shapes, config), modes)

    def fault(self, geometry: Geometry) -> str:
        """With PyTorch's rule that padding is at most half the kernel, and a cell of the input in every window."""
        wide = (axis for axis in geometry.axes if axis.before * 2 > axis.kernel)
        empty = (axis for axis in geometry.axes if axis.before and axis.size < axis.dilation)
        faults = [f"{axis}; expected padding of at most half the kernel" for axis in wide]
        faults += [f"{axis}; expected a cell of the input in every window" for axis in empty]
        return super().fault(geometry) or "".join(faults)

    def windows_of(self, geometry: Geometry) -> Callable[[Axis], int]:
        """With ceil_mode a last window may hang over the far border, as long as it starts before the padding there."""
        return _windows_begun if geometry.modes.get("ceil_mode") else super().windows_of(geometry)


def _windows_begun(axis: Axis) -> int:
    count = -(-axis.slack // axis.stride) + 1
    return count - ((count - 1) * axis.stride >= axis.size + axis.before)


def axes_of(shapes: Shapes, config: Config) -> tuple[Axis, ...]:
    """The spatial axes of a pooling layer; stride defaults to the kernel."""
    size = shapes["x"][2:]
    kernel = each_axis(config["kernel_size"], len(size))
    stride = kernel if config.get("stride") is None else each_axis(config["stride"], len(size))
    padding, dilation = each_axis(config.get("padding", 0), len(size)), each_axis(config.get("dilation", 1), len(size))
    return tuple(map(Axis, size, kernel, stride, padding, padding, dilation))


def each_axis(value: Any, axes: int) -> Shape:
    """A keyword per axis."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes


def covered(shapes: Shapes, config: Config) -> Array:
    """Whether any window of a pooling layer reaches a cell, for each cell of the spatial axes of x."""
    along = (_met(axis, out) for axis, out in zip(axes_of(shapes, config), shapes["dy"][2:], strict=True))
    return reduce(np.logical_and.outer, along)


def _met(axis: Axis, windows: int) -> Array:
    """Whether any of so many windows reaches a cell, along one axis."""
    starts = np.arange(windows) * axis.stride - axis.before
    return np.isin(np.arange(axis.size), starts[:, None] + np.arange(axis.kernel) * axis.dilation)


def overlaps(axes: tuple[Axis, ...], dy: Shape) -> int:
    """How many windows share a cell at most."""
    return prod(
        min(axis.kernel, out) if axis.stride < axis.extent else 1 for axis, out in zip(axes, dy[2:], strict=True)
    )
