"""What both poolings share: one argument, windows, a sum that is conserved."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

from checks.case import Case
from checks.families.geometric import GeometricFamily
from checks.family import SumLaw
from checks.strategies import cells
from checks.strategies.geometry import Axis, Geometry
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

    def config(self, geometry: Geometry) -> Config:
        """kernel_size, stride and padding as PyTorch names them, and the modes."""
        names = {"kernel_size": "kernel", "stride": "stride", "padding": "before"}
        return {word: geometry.keyword(number) for word, number in names.items()} | dict(geometry.modes)

    def geometry(self, case: Case) -> Geometry:
        """The numbers of a case."""
        n, c, *_ = case.shapes["x"]
        modes = {name: case.config.get(name, plain) for name, plain in self.plain_modes.items()}
        return Geometry(n, 1, c, 1, axes_of(case.shapes, case.config), modes)


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


def overlaps(axes: tuple[Axis, ...], dy: Shape) -> int:
    """How many windows share a cell at most."""
    return prod(
        min(axis.kernel, out) if axis.stride < axis.extent else 1 for axis, out in zip(axes, dy[2:], strict=True)
    )
