"""Where the windows of a sliding layer lie, in 1 to 3 spatial axes, and the two maps that go with them.

A window is what one output cell sees: kernel[a] cells along spatial axis a, dilation[a] apart, and the next window
starts stride[a] further on. Cell t of window o lies, in the padded input, at

    o * stride + t * dilation        for each axis, o in [0, output), t in [0, kernel).

unfold copies each window's cells side by side; fold adds them back where they came from. They are adjoint,
<unfold(x), columns> = <x, fold(columns)>, and so the backward of either is the other.

Sizes follow Dumoulin and Visin, A guide to convolution arithmetic for deep learning (2016), arXiv:1603.07285,
relationship 6 and 15.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import as_strided

from reference_impl.errors import ConfigurationError
from reference_impl.types import Array, Ints, spatial


@dataclass(frozen=True)
class Windows:
    """The geometry of a layer on inputs of one size; each field holds one integer for each spatial axis.

    ``before`` and ``after`` count the cells of padding; where a last window reaches further (ceil mode), ``after``
    includes the overhang.
    """

    size: Ints
    kernel: Ints
    stride: Ints
    dilation: Ints
    before: Ints
    after: Ints
    output: Ints

    @property
    def padded(self) -> Ints:
        """The size of the padded input."""
        return tuple(map(sum, zip(self.before, self.size, self.after, strict=True)))

    @property
    def inside(self) -> tuple[slice, ...]:
        """Where x lies in the padded input."""
        return tuple(slice(b, b + n) for b, n in zip(self.before, self.size, strict=True))

    @property
    def taps(self) -> Iterator[Ints]:
        """The positions within a window, in row-major order."""
        return product(*map(range, self.kernel))


def extent(kernel: int, dilation: int) -> int:
    """Count the cells from the first to the last of a window, both included: dilation * (kernel - 1) + 1."""
    return dilation * (kernel - 1) + 1


def output_size(padded: int, kernel: int, stride: int, dilation: int, overhang: int = 0) -> int:
    """Count the windows that fit into ``padded`` cells, where the last may hang over by ``overhang`` cells.

    Raises ConfigurationError where none does.
    """
    spare = padded + overhang - extent(kernel, dilation)
    if spare < 0:
        raise ConfigurationError(
            f"kernel of {kernel} with dilation {dilation} spans {extent(kernel, dilation)} cells, "
            f"the padded input has {padded}; expected a kernel no larger than that. "
            "Use a smaller kernel or dilation, more padding or a larger input."
        )
    return spare // stride + 1


def pad(x: Array, windows: Windows, fill: float, dtype: np.dtype[np.generic]) -> Array:
    """Return a new array (N, C, *padded) of ``dtype`` with ``fill`` around x (N, C, *size)."""
    if windows.padded == windows.size:
        return x.astype(dtype, order="C")
    padded = np.empty((*x.shape[:2], *windows.padded), dtype)
    padded.fill(fill)
    padded[spatial(windows.inside)] = x
    return padded


def crop(padded: Array, windows: Windows, dtype: np.dtype[np.generic]) -> Array:
    """Return what is no padding, (N, C, *padded) -> (N, C, *size), contiguous and in ``dtype``: the adjoint of pad."""
    return padded[spatial(windows.inside)].astype(dtype, order="C", copy=False)


def cells(padded: Array, windows: Windows, tap: Ints) -> Array:
    """View the cell ``tap`` of every window: (N, C, *padded) -> (N, C, *output)."""
    return padded[spatial(map(_every, tap, windows.stride, windows.dilation, windows.output))]


def _every(tap: int, stride: int, dilation: int, output: int) -> slice:
    return slice(tap * dilation, tap * dilation + (output - 1) * stride + 1, stride)


def unfold(padded: Array, windows: Windows) -> Array:
    """View all cells of all windows: (N, C, *padded) -> (C, *kernel, N, *output)."""
    (samples, channels, *_), (sample, channel, *steps) = padded.shape, padded.strides
    taps, starts = ([b * n for b, n in zip(steps, each, strict=True)] for each in (windows.dilation, windows.stride))
    shape, along = (channels, *windows.kernel, samples, *windows.output), (channel, *taps, sample, *starts)
    if padded.flags.c_contiguous:
        return np.ndarray(shape, padded.dtype, padded, 0, along)  # what as_strided gives, in a tenth of its time
    return as_strided(padded, shape, along)


def fold_into(padded: Array, columns: Array, windows: Windows) -> None:
    """Add the windows' cells where they came from: columns (C, *kernel, N, *output) into padded (N, C, *padded).

    Windows that overlap meet in one cell, hence a sum. Within one tap no two windows share a cell, hence one addition
    for each tap.
    """
    into = unfold(padded, windows)
    for tap in windows.taps:
        of_tap: tuple[slice | int, ...] = (slice(None), *tap)  # (C, N, *output)
        cell = into[of_tap]
        np.add(cell, columns[of_tap], out=cell)


def sum_along(axis: int, x: Array, windows: Windows) -> Array:
    """Sum the cells of each window along one spatial axis, whose size goes from padded to output."""
    first, *others = _taps_along(axis, x, windows)
    total = first.copy()
    for cell in others:
        total += cell
    return total


def spread_along(axis: int, total: Array, windows: Windows) -> Array:
    """Add to each cell along one spatial axis the totals of the windows that hold it: the adjoint of sum_along."""
    shape = list(total.shape)
    shape[axis + 2] = windows.padded[axis]
    x = np.zeros(shape, total.dtype)
    for cell in _taps_along(axis, x, windows):
        np.add(cell, total, out=cell)
    return x


def _taps_along(axis: int, x: Array, windows: Windows) -> list[Array]:
    # View, for each tap along one axis, the cell that every window has there.
    every = partial(_every, stride=windows.stride[axis], dilation=windows.dilation[axis], output=windows.output[axis])
    return [x[(slice(None),) * (axis + 2) + (every(tap),)] for tap in range(windows.kernel[axis])]
