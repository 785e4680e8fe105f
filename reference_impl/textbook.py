"""The layers spelled out by definition, as a tutorial does: slow, and written to be obviously right.

Nothing here is shared with the fast forms, so that a mistake in one shows against the other. Arguments are those of the fast forms and are
taken to be valid; shapes are x (N, C, *spatial), y and dy (N, O or C, *output), weight (O, C/groups, *kernel). Half precision is summed
in float32, and every result has the dtype of x.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from reference_impl.types import Array, ConvGradients, Ints, Padding, PerAxis, spatial


def relu_forward(x: Array, at_zero: float = 0.0) -> Array:  # noqa: ARG001 -- the forward does not depend on it
    """Return y: x where x > 0, and 0 where it is not (NaN and -0.0 stay)."""
    y = x.copy()
    y[x < 0] = 0
    return y


def relu_backward(dy: Array, x: Array, at_zero: float = 0.0) -> Array:
    """Return dx: dy where x > 0, at_zero * dy where x = 0, 0 where x < 0."""
    dx = dy.copy()
    dx[x < 0] = 0
    dx[x == 0] = dy[x == 0] * at_zero if at_zero else 0
    return dx


def conv_forward(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> Array:
    """Return y[n, o, p] = bias[o] + sum over c, t of weight[o, c, t] * xp[n, c, p * stride + t * dilation], xp = x with zeros around it."""
    axes = x.ndim - 2
    steps, gaps = _each(stride, axes), _each(dilation, axes)
    xp = np.pad(_wide(x), [(0, 0), (0, 0), *_borders(padding, weight.shape[2:], gaps)])
    y = _correlate(xp, _wide(weight), steps, gaps, groups)
    if bias is not None:
        y = y + _wide(bias).reshape(-1, *(1,) * axes)
    return y.astype(x.dtype)


def conv_backward(
    dy: Array,
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> ConvGradients:
    """Return dx, dweight, dbias (None without a bias), each in the shape of its argument.

    dx      the full correlation of dy, spread out with stride - 1 zeros between its entries, with the kernel rotated by 180 degrees;
            input cells that no window reaches get zeros; the border that padding added is cropped
    dweight the correlation of x with dy: each entry is the sum of the products of dy with the cells of x that met this weight
    dbias   the sum of dy over batch and space

    For complex layers weight and x are conjugated, PyTorch's convention.
    """
    axes = x.ndim - 2
    steps, gaps = _each(stride, axes), _each(dilation, axes)
    borders = _borders(padding, weight.shape[2:], gaps)
    dx = _full_correlation(_wide(dy), _wide(weight).conj(), steps, gaps, groups)
    padded = [before + size + after for (before, after), size in zip(borders, x.shape[2:], strict=True)]
    dx = np.pad(dx, [(0, 0), (0, 0), *((0, want - have) for want, have in zip(padded, dx.shape[2:], strict=True))])
    dx = dx[spatial(slice(before, before + size) for (before, _), size in zip(borders, x.shape[2:], strict=True))]
    xp = np.pad(_wide(x), [(0, 0), (0, 0), *borders])
    dweight = _correlate_with_upstream(xp.conj(), _wide(dy), weight.shape, steps, gaps)
    dbias = None if bias is None else _wide(dy).sum(axis=(0, *range(2, 2 + axes))).astype(x.dtype)
    return ConvGradients(dx.astype(x.dtype), dweight.astype(x.dtype), dbias)


def _correlate(x: Array, weight: Array, stride: Ints, dilation: Ints, groups: int) -> Array:
    """Slide ``weight`` over x: one tap of the kernel at a time, for each group of channels on its own."""
    output = [
        (n - d * (k - 1) - 1) // s + 1
        for n, k, s, d in zip(x.shape[2:], weight.shape[2:], stride, dilation, strict=True)
    ]
    y = np.zeros((x.shape[0], groups, weight.shape[0] // groups, prod(output)), x.dtype)
    for tap in product(*map(range, weight.shape[2:])):
        met = x[spatial(_met(tap, stride, dilation, output))]  # the cell of x under this tap, for every output position
        met = met.reshape(x.shape[0], groups, weight.shape[1], prod(output))
        y += weight[spatial(tap)].reshape(groups, -1, weight.shape[1]) @ met
    return y.reshape(x.shape[0], weight.shape[0], *output)


def _full_correlation(dy: Array, weight: Array, stride: Ints, dilation: Ints, groups: int) -> Array:
    """Correlate dy (spread by stride, with a border of the kernel's reach) with the rotated kernel."""
    axes = len(stride)
    spread = np.zeros((*dy.shape[:2], *((n - 1) * s + 1 for n, s in zip(dy.shape[2:], stride, strict=True))), dy.dtype)
    spread[spatial(slice(None, None, s) for s in stride)] = dy
    reach = [d * (k - 1) for k, d in zip(weight.shape[2:], dilation, strict=True)]
    spread = np.pad(spread, [(0, 0), (0, 0), *((r, r) for r in reach)])
    rotated = np.flip(weight, axis=tuple(range(2, 2 + axes)))
    per_group = rotated.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)  # outputs and inputs change places
    return _correlate(spread, per_group.reshape(-1, *per_group.shape[2:]), (1,) * axes, dilation, groups)


def _correlate_with_upstream(x: Array, dy: Array, shape: Ints, stride: Ints, dilation: Ints) -> Array:
    """Sum, for each weight[o, c, t], dy[n, o, p] * x[n, c, p * stride + t * dilation] over n and p."""
    groups = x.shape[1] // shape[1]
    up = dy.reshape(dy.shape[0], groups, shape[0] // groups, prod(dy.shape[2:]))
    dweight = np.zeros(shape, x.dtype)
    for tap in product(*map(range, shape[2:])):
        met = x[spatial(_met(tap, stride, dilation, dy.shape[2:]))].reshape(dy.shape[0], groups, shape[1], up.shape[-1])
        dweight[spatial(tap)] = (up @ met.swapaxes(2, 3)).sum(axis=0).reshape(shape[:2])
    return dweight


def max_pool_forward(
    x: Array,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return the largest cell of each window; padding never wins."""
    windows = list(_windows(x.shape[2:], kernel_size, stride, padding, dilation, ceil_mode))
    flat = x.reshape(*x.shape[:2], prod(x.shape[2:]))
    return _over_output(
        windows, [np.take_along_axis(flat, _winner(flat, window), axis=2)[..., 0] for window in windows]
    )


def max_pool_backward(
    dy: Array,
    x: Array,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return dx: each upstream value goes to the cell that won its window, and a cell that won several gets their sum."""
    flat = x.reshape(*x.shape[:2], prod(x.shape[2:]))
    dx = np.zeros_like(_wide(flat))
    n, c = np.ogrid[: x.shape[0], : x.shape[1]]
    for window in _windows(x.shape[2:], kernel_size, stride, padding, dilation, ceil_mode):
        dx[n, c, _winner(flat, window)[..., 0]] += dy[spatial(window.position)]
    return dx.reshape(x.shape).astype(x.dtype)


def avg_pool_forward(
    x: Array,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """Return the sum of each window's cells in x, divided by its divisor."""
    windows = list(_windows(x.shape[2:], kernel_size, stride, padding, 1, ceil_mode))
    flat = _wide(x).reshape(*x.shape[:2], prod(x.shape[2:]))
    sums = [flat[:, :, window.cells].sum(axis=2) for window in windows]
    divisors = [divisor_override or _count(window, count_include_pad) for window in windows]
    return _over_output(windows, [total / divisor for total, divisor in zip(sums, divisors, strict=True)]).astype(
        x.dtype
    )


def avg_pool_backward(
    dy: Array,
    x: Array,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """Return dx: each upstream value, divided by the divisor of its window, goes to every cell of the window in equal shares."""
    dx = np.zeros_like(_wide(x)).reshape(*x.shape[:2], prod(x.shape[2:]))
    for window in _windows(x.shape[2:], kernel_size, stride, padding, 1, ceil_mode):
        divisor = divisor_override or _count(window, count_include_pad)
        dx[:, :, window.cells] += _wide(dy[spatial(window.position)])[..., None] / divisor
    return dx.reshape(x.shape).astype(x.dtype)


class _Window(NamedTuple):
    position: Ints  # in y
    cells: Array  # flat indices, in the spatial axes of x, of its cells that lie in x, in row-major order
    padded: int  # its cells that lie in x or in its padding


def _windows(
    size: Ints, kernel_size: PerAxis, stride: PerAxis | None, padding: PerAxis, dilation: PerAxis, ceil_mode: bool
) -> Iterator[_Window]:
    axes = len(size)
    kernel = _each(kernel_size, axes)
    steps, pads, gaps = _each(stride or kernel, axes), _each(padding, axes), _each(dilation, axes)
    counts = [_count_windows(*axis, ceil_mode) for axis in zip(size, kernel, steps, pads, gaps, strict=True)]
    for position in product(*map(range, counts)):
        starts = [o * s - p for o, s, p in zip(position, steps, pads, strict=True)]
        met = [[start + t * d for t in range(k)] for start, k, d in zip(starts, kernel, gaps, strict=True)]
        inside = [[i for i in axis if 0 <= i < n] for axis, n in zip(met, size, strict=True)]
        padded = [[i for i in axis if -p <= i < n + p] for axis, n, p in zip(met, size, pads, strict=True)]
        yield _Window(position, np.ravel_multi_index(np.ix_(*inside), size).reshape(-1), prod(map(len, padded)))


def _count_windows(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    last = size + 2 * padding - dilation * (kernel - 1) - 1  # the last start at which a whole window fits
    if not ceil_mode:
        return last // stride + 1
    return len([start for start in range(0, last + stride, stride) if start < size + padding])


def _winner(flat: Array, window: _Window) -> Array:
    """Find the first largest cell of the window, or its last NaN: flat indices (N, C, 1)."""
    cells = flat[:, :, window.cells]
    nan = np.isnan(cells)
    last_nan = cells.shape[2] - 1 - nan[:, :, ::-1].argmax(axis=2)
    return np.asarray(window.cells[np.where(nan.any(axis=2), last_nan, cells.argmax(axis=2))][..., None])


def _count(window: _Window, include_pad: bool) -> int:
    return window.padded if include_pad else window.cells.size


def _over_output(windows: list[_Window], values: list[Array]) -> Array:
    """Lay one (N, C) array for each window out as (N, C, *output)."""
    output = (last + 1 for last in windows[-1].position)
    return np.stack(values, axis=-1).reshape(*values[0].shape, *output)


def _each(value: PerAxis, axes: int) -> Ints:
    return (value,) * axes if isinstance(value, int | np.integer) else tuple(value)


def _borders(padding: Padding, kernel: Ints, dilation: Ints) -> list[tuple[int, int]]:
    """Give the cells of padding before and after x, for each axis."""
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if isinstance(padding, str):  # 'same': as many outputs as inputs at stride 1, an odd cell goes after
        total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return [(t // 2, t - t // 2) for t in total]
    entries = (padding,) * len(kernel) if isinstance(padding, int | np.integer) else padding
    return [(entry, entry) if isinstance(entry, int | np.integer) else (entry[0], entry[1]) for entry in entries]


def _met(tap: Ints, stride: Ints, dilation: Ints, output: Iterable[int]) -> list[slice]:
    """Say which cells lie under one tap of the kernel: tap * dilation, and on from there by whole strides, one for each output."""
    axes = zip(tap, stride, dilation, output, strict=True)
    return [slice(t * d, t * d + (n - 1) * s + 1, s) for t, s, d, n in axes]


def _wide(array: Array) -> Array:
    return array.astype(np.promote_types(array.dtype, np.float32))
