"""The average pooling sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from math import lcm, prod, sqrt
from typing import Any, ClassVar

import numpy as np

import reference_impl
from checks.case import Case
from checks.families.built import Layer
from checks.families.windowed import CEIL, POOL_SPACE, Pooling, axes_of, each_axis, overlaps
from checks.rounding import exact_limit
from checks.strategies import cells
from checks.strategies.geometry import Axis
from checks.strategies.lean import STRIDED
from checks.subject import Pull
from checks.types import Array, Arrays, Config, Shape, Shapes
from reference_impl import textbook

#: A divisor that turns signs, and others than those of the sweep, of which the seed says which one is asked.
NEGATIVE, FURTHER_DIVISORS = -3, (5, 3, 9, 4, 6, 8)


class AveragePooling(Pooling):
    """y = the sum of each window by its divisor; each cell gets an equal share back."""

    name = "avg_pool"
    aliases = ("avgpooling", "averagepool", "averagepooling", "meanpool", "meanpooling")
    layer: ClassVar[Layer] = (reference_impl.avg_pool_forward, reference_impl.avg_pool_backward)
    transforms = True
    share_in_words = "divided by the divisor, once for each cell of its window that lies inside the input"
    space: ClassVar[cells.Space] = (
        {"data": ("integers", "normal")}
        | dict(POOL_SPACE)
        | {"divisor": ("none", "one", "two", "seven"), "count_pad": ("yes", "no")}
    )
    mode_cells: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
        "ceil": CEIL,
        "count_pad": ("count_include_pad", {"yes": True, "no": False}),
        "divisor": ("divisor_override", {"none": None, "one": 1, "two": 2, "seven": 7}),
    }
    triples = ("kernel", "stride", "remainder", "padding", "ceil", "count_pad", "divisor")
    counting: ClassVar[tuple[Config, ...]] = ({}, {"count_include_pad": False})

    def textbook(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Average pooling as an equal share for each cell, window by window."""
        x = arrays["x"]
        return Pull(textbook.avg_pool_forward(x, **config), {"dx": textbook.avg_pool_backward(dy, x, **config)})

    def torch_twin(self, torch: Any, tensors: dict[str, Any], config: Config) -> Any:
        """avg_pool2d or avg_pool3d; one axis runs as two, because avg_pool1d takes no divisor_override."""
        x, functional = tensors["x"], torch.nn.functional
        if x.ndim > 3:  # noqa: PLR2004 - N, C and one axis
            return getattr(functional, f"avg_pool{x.ndim - 2}d")(x, **config)
        plain = {"kernel_size": 1, "stride": 1, "padding": 0}
        stride = config.get("stride") or config["kernel_size"]
        flat = {name: (plain[name], each_axis({**config, "stride": stride}.get(name, 0), 1)[0]) for name in plain}
        return functional.avg_pool2d(x.unsqueeze(2), **{**config, **flat}).squeeze(2)

    def roundings(self, shapes: Shapes, config: Config) -> dict[str, int]:
        """The additions, and two for a division (a layer may multiply by a rounded reciprocal)."""
        axes = axes_of(shapes, config)
        return {"y": prod(axis.kernel for axis in axes) + 1, "dx": overlaps(axes, shapes["dy"]) + 1}

    def divides(self, shapes: Shapes, config: Config) -> bool:
        """Whether a divisor is not a power of two, so that its reciprocal is rounded."""
        return any(number & (number - 1) for number in self._divisors(shapes, config))

    def largest_divisor(self, shapes: Shapes, config: Config) -> float:
        """Cells of the largest window, or the divisor that is given."""
        return float(max(self._divisors(shapes, config), default=1))

    def unit(self, shapes: Shapes, config: Config, dtype: str, data: str) -> int:
        """Least common multiple of all divisors, so that quotients are integers; 1 where that is too large."""
        step = reduce(lcm, self._divisors(shapes, config), 1)
        return step if data in {"integers", "patterns"} and step * 64 <= exact_limit(dtype) else 1

    def exact_twin(self, case: Case) -> Case:
        """Windows of a power of two, which divide without rounding; the case itself where its divisors are such."""
        if not self.divides(case.shapes, case.config):
            return case
        geometry = self.geometry(case)
        axes = tuple(_halvable(axis) for axis in geometry.axes)
        return self.case(replace(geometry, axes=axes, modes=self.usual_modes), case.dtype, self.kinds[0], case.seed)

    def unusual(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """With a negative divisor, and with another than the sweep has."""
        yield from super().unusual(seed, axes)
        for number in (NEGATIVE, FURTHER_DIVISORS[seed % len(FURTHER_DIVISORS)]):
            modes = {**self.usual_modes, "divisor_override": number}
            yield self.case(replace(STRIDED, modes=modes), "float64", self.kinds[0], seed)

    def share(self, axes: tuple[Axis, ...], out: Shape, config: Config) -> Array:
        """Cells inside / divisor: a border window spreads less than it received where the divisor counts padding."""
        return _cells_inside(axes, out) / divisor(axes, out, config)

    def spectral_mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """2-norms of whole planes, of x and of the shares of dy, times that of a window of ones."""
        axes = axes_of({"x": arrays["x"].shape}, config)
        shares = 1.0 / np.abs(divisor(axes, dy.shape[2:], config))
        space, ones = tuple(range(2, dy.ndim)), sqrt(prod(axis.kernel for axis in axes))
        y = np.sqrt((arrays["x"] ** 2).sum(space, keepdims=True)) * ones * np.max(shares, initial=0.0)
        return Pull(y, {"dx": np.sqrt(((dy * shares) ** 2).sum(space, keepdims=True)) * ones})

    def running_mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """The whole plane of x times the largest share for y, the whole plane of shares of dy for dx."""
        shares = 1.0 / np.abs(divisor(axes_of({"x": arrays["x"].shape}, config), dy.shape[2:], config))
        space = tuple(range(2, dy.ndim))
        y = np.abs(arrays["x"]).sum(space, keepdims=True) * np.max(shares, initial=0.0)
        return Pull(y, {"dx": (np.abs(dy) * shares).sum(space, keepdims=True)})

    def _divisors(self, shapes: Shapes, config: Config) -> set[int]:
        found = divisor(axes_of(shapes, config), shapes["dy"][2:], config)
        return {abs(int(number)) for number in np.unique(found)}


def divisor(axes: tuple[Axis, ...], out: Shape, config: Config) -> Array:
    """What each window is divided by, in the spatial shape of dy.

    PyTorch's rule: divisor_override if given; else the cells of the window that lie inside the input, or, with
    count_include_pad, inside the padded input (a window that hangs over the far border in ceil_mode counts less).
    """
    if config.get("divisor_override") is not None:
        return np.full(out, config["divisor_override"])
    if not config.get("count_include_pad", True):
        return _cells_inside(axes, out)
    return _outer(
        [_count(axis, windows, -axis.before, axis.size + axis.after) for axis, windows in zip(axes, out, strict=True)]
    )


def _halvable(axis: Axis) -> Axis:
    kernel = 2 ** (axis.kernel.bit_length() - 1)
    return replace(axis, kernel=kernel, before=min(axis.before, kernel // 2), after=min(axis.after, kernel // 2))


def _cells_inside(axes: tuple[Axis, ...], out: Shape) -> Array:
    return _outer([_count(axis, windows, 0, axis.size) for axis, windows in zip(axes, out, strict=True)])


def _count(axis: Axis, windows: int, low: int, high: int) -> Array:
    """Cells of each window along one axis that lie in [low, high)."""
    starts = np.arange(windows) * axis.stride - axis.before
    return np.minimum(starts + axis.kernel, high) - np.maximum(starts, low)


def _outer(counts: list[Array]) -> Array:
    return np.asarray(reduce(np.multiply.outer, counts))


FAMILY = AveragePooling()
