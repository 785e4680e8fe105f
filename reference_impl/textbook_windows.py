"""Where the textbook's windows lie and what they hold, in plain arithmetic that shares nothing with the fast forms."""

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from reference_impl.types import Array, Ints, Padding, PerAxis, spatial


class Window(NamedTuple):
    """One window of a pooling layer."""

    position: Ints  # in y
    cells: Array  # flat indices, in the spatial axes of x, of its cells that lie in x, in row-major order
    padded: int  # its cells that lie in x or in its padding


def windows(
    size: Ints, kernel_size: PerAxis, stride: PerAxis | None, padding: PerAxis, dilation: PerAxis, ceil_mode: bool
) -> Iterator[Window]:
    """Walk over the windows of a pooling layer on an input of spatial ``size``, in row-major order."""
    axes = len(size)
    kernel = each(kernel_size, axes)
    steps, pads, gaps = each(stride or kernel, axes), each(padding, axes), each(dilation, axes)
    along = [list(_along(*axis, ceil_mode)) for axis in zip(size, kernel, steps, pads, gaps, strict=True)]
    for position in product(*map(range, map(len, along))):
        inside, padded = zip(*(axis[o] for axis, o in zip(along, position, strict=True)), strict=True)
        yield Window(position, _flat_indices(inside, size), prod(padded))


def _along(
    size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool
) -> Iterator[tuple[Array, int]]:
    """Give for each window along one axis its cells that lie in x, and how many lie in x or in its padding."""
    for o in range(_count_windows(size, kernel, stride, padding, dilation, ceil_mode)):
        met = [o * stride - padding + t * dilation for t in range(kernel)]
        padded = [i for i in met if -padding <= i < size + padding]
        yield np.array([i for i in padded if 0 <= i < size], np.intp), len(padded)


def _flat_indices(along: Iterable[Array], size: Ints) -> Array:
    """Number the cells at every combination of these positions along the axes, row by row."""
    first, *others = along
    for positions, length in zip(others, size[1:], strict=True):
        first = np.add.outer(first * length, positions).reshape(-1)
    return first


def _count_windows(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    last = size + 2 * padding - dilation * (kernel - 1) - 1  # the last start at which a whole window fits
    whole = range(0, last + 1, stride)
    partial = range(
        0, last + stride, stride
    )  # ceil_mode: one more, unless it starts beyond x and the padding before it
    return len([start for start in partial if start < size + padding]) if ceil_mode else len(whole)


def each(value: PerAxis, axes: int) -> Ints:
    """Give one integer for each axis."""
    return (value,) * axes if isinstance(value, int | np.integer) else tuple(value)


def borders(padding: Padding, kernel: Ints, dilation: Ints) -> list[tuple[int, int]]:
    """Give the cells of padding before and after x, for each axis."""
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if isinstance(padding, str):  # 'same': as many outputs as inputs at stride 1, an odd cell goes after
        total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return [(t // 2, t - t // 2) for t in total]
    entries = (padding,) * len(kernel) if isinstance(padding, int | np.integer) else padding
    return [(entry, entry) if isinstance(entry, int | np.integer) else (entry[0], entry[1]) for entry in entries]


def surrounded(x: Array, border: list[tuple[int, int]]) -> Array:
    """Put zeros around x (N, C, *size): so many before and after it along each spatial axis."""
    axes = list(zip(border, x.shape[2:], strict=True))
    whole = np.zeros((*x.shape[:2], *(before + length + after for (before, after), length in axes)), x.dtype)
    whole[spatial(slice(before, before + length) for (before, _), length in axes)] = x
    return whole


def cells_under(tap: Ints, stride: Ints, dilation: Ints, output: Iterable[int]) -> list[slice]:
    """Say which cells one tap meets: tap * dilation, and on from there by whole strides, one for each output."""
    axes = zip(tap, stride, dilation, output, strict=True)
    return [slice(t * d, t * d + (n - 1) * s + 1, s) for t, s, d, n in axes]


def winner(flat: Array, window: Window) -> Array:
    """Find the first largest cell of the window, or its last NaN: flat indices (N, C)."""
    cells = flat[:, :, window.cells]
    nan = np.isnan(cells)
    last_nan = cells.shape[2] - 1 - nan[:, :, ::-1].argmax(axis=2)
    return np.asarray(window.cells[np.where(nan.any(axis=2), last_nan, cells.argmax(axis=2))])


def count(window: Window, include_pad: bool) -> int:
    """Count the cells of a window that lie in x, or in x and its padding."""
    return window.padded if include_pad else window.cells.size


def over_output(windows: list[Window], values: list[Array]) -> Array:
    """Lay one (N, C) array for each window out as (N, C, *output)."""
    output = (last + 1 for last in windows[-1].position)
    return np.stack(values, axis=-1).reshape(*values[0].shape, *output)


def flat_planes(x: Array) -> Array:
    """Lay the spatial axes out as one: (N, C, *size) -> (N, C, cells)."""
    return x.reshape(*x.shape[:2], prod(x.shape[2:]))


def wide(array: Array) -> Array:
    """Copy into the format that is summed in: float32 for float16, otherwise the same."""
    return array.astype(np.promote_types(array.dtype, np.float32))
