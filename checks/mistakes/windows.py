"""The windows of a pooling layer as a table of cells, every setting of which can be got wrong on purpose."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from checks.mistakes.combine import keyword
from checks.mistakes.mistake import Evidence
from checks.types import Array, Shape


@dataclass(frozen=True)
class Windows:
    """Windows over an input x (N, C, *size), in row-major order, as are their taps.

    ``planes`` is x as (N, C, cells). All tables are (windows, taps).
    """

    x: Array
    dy: Array
    kernel: Shape
    stride: Shape
    before: Shape
    dilation: Shape

    @property
    def size(self) -> Shape:
        """The spatial axes of x."""
        return self.x.shape[2:]

    @property
    def planes(self) -> Array:
        """X as (N, C, cells)."""
        return self.x.reshape(*self.x.shape[:2], math.prod(self.size))

    @property
    def upstream(self) -> Array:
        """Dy as (N, C, windows)."""
        return self.dy.reshape(*self.dy.shape[:2], math.prod(self.dy.shape[2:]))

    @cached_property
    def positions(self) -> tuple[Array, ...]:
        """Position in x of every tap of every window along each axis; outside x in the padding."""
        numbers = zip(self.dy.shape[2:], self.kernel, self.stride, self.before, self.dilation, strict=True)
        along = [np.arange(o)[:, None] * s + np.arange(k) * d - b for o, k, s, b, d in numbers]
        return tuple(self._spread(one, axis) for axis, one in enumerate(along))

    def _spread(self, along: Array, axis: int) -> Array:
        """A table (out, kernel) of one axis as a table of all windows and taps."""
        axes = len(self.size)
        shape = [1] * (2 * axes)
        shape[axis], shape[axes + axis] = along.shape
        full = np.broadcast_to(along.reshape(shape), (*self.dy.shape[2:], *self.kernel))
        return full.reshape(math.prod(self.dy.shape[2:]), math.prod(self.kernel))

    @cached_property
    def inside(self) -> Array:
        """Whether a tap lies in x."""
        parts = [(p >= 0) & (p < n) for p, n in zip(self.positions, self.size, strict=True)]
        return np.asarray(reduce(np.logical_and, parts))

    def within(self, margin: Shape) -> Array:
        """Whether a tap lies in x or at most ``margin`` cells beside it, for each axis."""
        parts = [(p >= -m) & (p < n + m) for p, n, m in zip(self.positions, self.size, margin, strict=True)]
        return np.asarray(reduce(np.logical_and, parts))

    def flat(self, row_lengths: Shape | None = None) -> Array:
        """Row-major number of each tap's cell; other row lengths number the cells of another array."""
        sizes = row_lengths or self.size
        clipped = [np.clip(p, 0, n - 1) for p, n in zip(self.positions, self.size, strict=True)]
        total = np.zeros_like(clipped[0])
        for position, size in zip(clipped, sizes, strict=True):
            total = total * size + position
        return np.asarray(total)

    def values(self, outside: float) -> Array:
        """X under each tap (N, C, windows, taps), ``outside`` in the padding."""
        return np.where(self.inside, self.planes[:, :, self.flat()], outside)

    @cached_property
    def winner(self) -> Array:
        """Tap that holds the largest value of each window (N, C, windows), the first of equal ones."""
        return np.asarray(np.argmax(self.values(-np.inf), axis=-1))

    def of_tap(self, table: Array, tap: Array) -> Array:
        """A table's entry at one tap of each window: (N, C, windows)."""
        return np.take_along_axis(np.broadcast_to(table, (*tap.shape, table.shape[-1])), tap[..., None], -1)[..., 0]

    def spread(self, share: Array) -> Array:
        """Dx where each tap of each window adds its share (N, C, windows, taps); what falls on padding is lost."""
        dx = np.zeros(self.planes.shape)
        n, c, _, _ = np.ogrid[tuple(slice(0, length) for length in share.shape)]
        np.add.at(dx, (n, c, self.flat()), np.where(self.inside, share, 0))
        return dx.reshape(self.x.shape)

    def routed(self, cells: Array) -> Array:
        """Dx where each window adds dy to one cell (N, C, windows); a cell that does not exist gets nothing."""
        real = (cells >= 0) & (cells < self.planes.shape[-1])
        dx = np.zeros(self.planes.shape)
        n, c, _ = np.ogrid[tuple(slice(0, length) for length in self.upstream.shape)]
        np.add.at(dx, (n, c, np.where(real, cells, 0)), np.where(real, self.upstream, 0))
        return dx.reshape(self.x.shape)


def windows(evidence: Evidence) -> Windows:
    """The right windows of a pooling case."""
    kernel = keyword(evidence, "kernel_size", 1)
    stride = kernel if evidence.config.get("stride") is None else keyword(evidence, "stride", 1)
    padding, dilation = keyword(evidence, "padding", 0), keyword(evidence, "dilation", 1)
    return Windows(evidence.x, evidence.dy, kernel, stride, padding, dilation)
