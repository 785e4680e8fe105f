"""Random configurations of every layer with integer data, on which every way of summing gives the same bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Pairs: TypeAlias = list[tuple[int, int]]


@dataclass(frozen=True)
class Draw:
    """The arguments of one call, by name; ``border`` spells a convolution's padding out."""

    arrays: dict[str, Array]
    config: dict[str, Any]
    border: Pairs

    @property
    def arguments(self) -> dict[str, Any]:
        """All of it, by name."""
        return {**self.arrays, **self.config}


def integers(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Array:
    """Draw small integers, also in the imaginary part of a complex dtype."""
    values = rng.integers(-4, 5, shape)
    return (values + 1j * rng.integers(-4, 5, shape) if dtype.startswith("complex") else values).astype(dtype)


def convolution(seed: int, dtype: str) -> Draw:
    """Draw a convolution: 1 to 3 axes, every setting per axis, any spelling of the padding, batches from 0 to 3."""
    rng = np.random.default_rng(seed)
    axes, groups = seed % 3 + 1, _upto(rng, 1, 3)
    kernel, stride, dilation = _each(rng, axes, 1, 4), _each(rng, axes, 1, 4), _each(rng, axes, 1, 3)
    padding, border = _padding(rng, kernel, dilation)
    stride = (1,) * axes if padding == "same" else stride
    spans = [d * (k - 1) + 1 - sum(pair) for k, d, pair in zip(kernel, dilation, border, strict=True)]
    channels, outputs = groups * _upto(rng, 1, 3), groups * _upto(rng, 1, 3)
    x, weight = (_upto(rng, 0, 3), channels, *_at_least(rng, spans)), (outputs, channels // groups, *kernel)
    shapes = {"x": x, "weight": weight} | ({"bias": (outputs,)} if rng.random() < 0.5 else {})
    arrays = {name: integers(rng, shape, dtype) for name, shape in shapes.items()}
    return Draw(arrays, {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}, border)


def max_pool(seed: int, dtype: str) -> Draw:
    """Draw a max pooling with ties, and in some NaN and minus infinity; all its windows hold a cell of x."""
    rng = np.random.default_rng(seed)
    axes = seed % 3 + 1
    kernel, stride, dilation = _each(rng, axes, 1, 5), _each(rng, axes, 1, 5), _each(rng, axes, 1, 3)
    padding = _half(rng, kernel)
    spans = [d * (k - 1) + 1 - p for k, d, p in zip(kernel, dilation, padding, strict=True)]
    x = integers(rng, (_upto(rng, 1, 3), _upto(rng, 1, 3), *_at_least(rng, spans)), dtype)
    for value in (np.nan, -np.inf):
        x[rng.random(x.shape) < rng.choice([0, 0.2, 0.7])] = value
    settings = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    return Draw({"x": x}, {**settings, "ceil_mode": bool(rng.integers(2))}, [])


def avg_pool(seed: int, dtype: str) -> Draw:
    """Draw an average pooling; x and, by whole_shares, dy are such that no division rounds."""
    rng = np.random.default_rng(seed)
    axes = seed % 3 + 1
    kernel, stride = _each(rng, axes, 1, 4), _each(rng, axes, 1, 5)
    padding = _half(rng, kernel)
    x = integers(rng, (_upto(rng, 1, 3), _upto(rng, 1, 3), *_at_least(rng, list(kernel))), dtype)
    settings = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": bool(rng.integers(2))}
    override = None if axes == 1 else (None, 3, -2)[rng.integers(3)]  # PyTorch's 1-D form has no divisor_override
    return Draw({"x": x}, {**settings, "count_include_pad": bool(rng.integers(2)), "divisor_override": override}, [])


def whole_shares(seed: int, y: Array, divisor: Array) -> Array:
    """Draw an upstream gradient of multiples of each window's divisor."""
    return np.asarray(integers(np.random.default_rng(seed), y.shape, "int64") * divisor).astype(y.dtype)


def _padding(rng: np.random.Generator, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[Any, Pairs]:
    axes = len(kernel)
    match rng.integers(4):
        case 0:
            cells = _upto(rng, 0, 3)
            return cells, [(cells, cells)] * axes
        case 1:
            each = _each(rng, axes, 0, 3)
            return each, [(cells, cells) for cells in each]
        case 2:
            pairs = list(zip(_each(rng, axes, 0, 3), _each(rng, axes, 0, 3), strict=True))
            return tuple(pairs), pairs
        case _:
            total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
            return "same", [(cells // 2, cells - cells // 2) for cells in total]


def _half(rng: np.random.Generator, kernel: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(_upto(rng, 0, k // 2) for k in kernel)


def _each(rng: np.random.Generator, axes: int, low: int, high: int) -> tuple[int, ...]:
    return tuple(_upto(rng, low, high) for _ in range(axes))


def _at_least(rng: np.random.Generator, spans: list[int]) -> tuple[int, ...]:
    return tuple(max(1, span) + _upto(rng, 0, 5) for span in spans)


def _upto(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))
