"""The numbers of a convolution along its spatial axes, read from a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from checks.mistakes.combine import each, keyword
from checks.mistakes.mistake import Evidence
from checks.types import Shape


@dataclass(frozen=True)
class Axes:
    """One number for each spatial axis.

    ``extent`` counts the cells from a window's first tap to its last, ``reached`` the padded cells that some window
    sees, counted from the first.
    """

    size: Shape
    kernel: Shape
    stride: Shape
    dilation: Shape
    before: Shape
    after: Shape
    out: Shape

    @property
    def extent(self) -> Shape:
        """Dilation * (kernel - 1) + 1."""
        return tuple(d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel, strict=True))

    @property
    def reached(self) -> Shape:
        """(out - 1) * stride + extent."""
        return tuple((o - 1) * s + e for o, s, e in zip(self.out, self.stride, self.extent, strict=True))

    @property
    def remainder(self) -> Shape:
        """Padded cells at the end that no window sees."""
        parts = zip(self.before, self.size, self.after, self.reached, strict=True)
        return tuple(before + size + after - reached for before, size, after, reached in parts)


def conv_axes(evidence: Evidence) -> Axes:
    """The axes of a convolution."""
    kernel = evidence.arrays["weight"].shape[2:]
    stride, dilation = keyword(evidence, "stride", 1), keyword(evidence, "dilation", 1)
    borders = _borders(evidence.config.get("padding", 0), kernel, dilation)
    before, after = zip(*borders, strict=True)
    return Axes(evidence.x.shape[2:], kernel, stride, dilation, before, after, evidence.dy.shape[2:])


def conv_groups(evidence: Evidence) -> int:
    """Channels of x by those that one kernel sees; a layer need not be told."""
    return int(evidence.x.shape[1] // evidence.arrays["weight"].shape[1])


def _borders(padding: Any, kernel: Shape, dilation: Shape) -> list[tuple[int, int]]:
    """(before, after) for each axis; 'same' puts the odd cell after."""
    if padding == "same":
        totals = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
        return [(total // 2, total - total // 2) for total in totals]
    amounts = each(0 if padding == "valid" else padding, len(kernel))
    return [tuple(amount) if isinstance(amount, (tuple, list)) else (amount, amount) for amount in amounts]
