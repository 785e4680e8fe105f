"""The axes of a convolution from its shapes and keywords: padding in numbers, in pairs, or as a word."""

from __future__ import annotations

from typing import Any

from checks.families.windowed import each_axis
from checks.strategies.geometry import Axis
from checks.types import Config, Shape, Shapes


def axes_of(shapes: Shapes, config: Config) -> tuple[Axis, ...]:
    """Size, kernel, stride, borders and dilation along each axis of space."""
    kernel = shapes["weight"][2:]
    strides, dilations = (each_axis(config.get(name, 1), len(kernel)) for name in ("stride", "dilation"))
    borders = _borders(config.get("padding", 0), kernel, dilations)
    return tuple(map(Axis, shapes["x"][2:], kernel, strides, *zip(*borders, strict=True), dilations))


def _borders(padding: Any, kernel: Shape, dilations: Shape) -> list[tuple[int, int]]:
    if padding == "same":
        extents = [(k - 1) * d for k, d in zip(kernel, dilations, strict=True)]
        return [(total // 2, total - total // 2) for total in extents]
    amounts: tuple[Any, ...] = (0,) * len(kernel) if padding == "valid" else each_axis(padding, len(kernel))
    return [tuple(amount) if isinstance(amount, (tuple, list)) else (amount, amount) for amount in amounts]
