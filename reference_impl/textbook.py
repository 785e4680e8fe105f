"""The layers spelled out by definition, as a tutorial does: slow, and written to be obviously right.

Nothing is shared with the fast forms, so that a mistake in one shows against the other. Arguments are theirs, taken to
be valid. Shapes: x (N, C, *spatial), y and dy (N, O or C, *output), weight (O, C/groups, *kernel). Half precision is
summed in float32, and every result has the dtype of x.
"""

from itertools import product
from math import prod

import numpy as np

from reference_impl.textbook_windows import (
    borders,
    cells_under,
    count,
    each,
    flat_planes,
    over_output,
    surrounded,
    wide,
    windows,
    winner,
)
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
    """Return y[n, o, p] = bias[o] + sum over c, t of weight[o, c, t] * xp[n, c, p * stride + t * dilation].

    xp is x with zeros around it; c runs over the channels of o's group.
    """
    axes = x.ndim - 2
    steps, gaps = each(stride, axes), each(dilation, axes)
    xp = surrounded(wide(x), borders(padding, weight.shape[2:], gaps))
    y = _correlate(xp, wide(weight), steps, gaps, groups)
    shift = 0 if bias is None else wide(bias).reshape(-1, *(1,) * axes)
    return np.asarray(y + shift).astype(x.dtype)


def conv_backward(  # noqa: PLR0913, PLR0917 -- dy and the forward's seven
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

    dx is the full correlation of dy, spread out with stride - 1 zeros between its entries, with the kernel rotated by
    180 degrees; cells that no window reaches get zeros, and the border that padding added is cropped.

    dweight is the correlation of x with dy: for each weight, the sum of the products of dy with the cells of x that it
    met. dbias is the sum of dy over batch and space. Complex: weight and x are conjugated, PyTorch's convention.
    """
    axes = x.ndim - 2
    steps, gaps = each(stride, axes), each(dilation, axes)
    border = borders(padding, weight.shape[2:], gaps)
    dxp = _full_correlation(wide(dy), wide(weight).conj(), steps, gaps, groups)
    xp = surrounded(wide(x), border)
    dweight = _correlation_with_upstream(xp.conj(), wide(dy), weight.shape, steps, gaps)
    dbias = None if bias is None else wide(dy).sum(axis=(0, *range(2, 2 + axes))).astype(x.dtype)
    return ConvGradients(_crop(dxp, x.shape[2:], border).astype(x.dtype), dweight.astype(x.dtype), dbias)


def _crop(dxp: Array, size: Ints, border: list[tuple[int, int]]) -> Array:
    """Append zeros for the cells that no window reached, then cut off the border."""
    axes = list(zip(border, size, dxp.shape[2:], strict=True))
    missing = [(0, before + wanted + after - reached) for (before, after), wanted, reached in axes]
    whole = surrounded(dxp, missing)
    return whole[spatial(slice(before, before + wanted) for (before, _), wanted, _ in axes)]


def _correlate(x: Array, weight: Array, stride: Ints, dilation: Ints, groups: int) -> Array:
    """Slide ``weight`` over x, one tap of the kernel at a time, in each group: (N, C, *size) -> (N, O, *output)."""
    axes = zip(x.shape[2:], weight.shape[2:], stride, dilation, strict=True)
    output = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in axes]
    y = np.zeros((x.shape[0], groups, weight.shape[0] // groups, prod(output)), x.dtype)
    for tap in product(*map(range, weight.shape[2:])):
        met = x[spatial(cells_under(tap, stride, dilation, output))]
        met = met.reshape(x.shape[0], groups, weight.shape[1], prod(output))
        y += weight[spatial(tap)].reshape(groups, -1, weight.shape[1]) @ met
    return y.reshape(x.shape[0], weight.shape[0], *output)


def _full_correlation(dy: Array, weight: Array, stride: Ints, dilation: Ints, groups: int) -> Array:
    """Correlate dy (spread by stride, with a border of the kernel's reach) with the rotated kernel."""
    axes = len(stride)
    spread = np.zeros((*dy.shape[:2], *((n - 1) * s + 1 for n, s in zip(dy.shape[2:], stride, strict=True))), dy.dtype)
    spread[spatial(slice(None, None, s) for s in stride)] = dy
    reach = [d * (k - 1) for k, d in zip(weight.shape[2:], dilation, strict=True)]
    spread = surrounded(spread, [(r, r) for r in reach])
    rotated = np.flip(weight, axis=tuple(range(2, 2 + axes)))
    per_group = rotated.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)  # outputs and inputs change places
    return _correlate(spread, per_group.reshape(-1, *per_group.shape[2:]), (1,) * axes, dilation, groups)


def _correlation_with_upstream(x: Array, dy: Array, shape: Ints, stride: Ints, dilation: Ints) -> Array:
    """Sum, for each weight[o, c, t], dy[n, o, p] * x[n, c, p * stride + t * dilation] over n and p."""
    groups, positions = x.shape[1] // shape[1], prod(dy.shape[2:])
    up = dy.reshape(dy.shape[0], groups, shape[0] // groups, positions)
    dweight = np.zeros(shape, x.dtype)
    for tap in product(*map(range, shape[2:])):
        met = x[spatial(cells_under(tap, stride, dilation, dy.shape[2:]))]
        products = up @ met.reshape(dy.shape[0], groups, shape[1], positions).swapaxes(2, 3)
        dweight[spatial(tap)] = products.sum(axis=0).reshape(shape[:2])
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
    all_windows = list(windows(x.shape[2:], kernel_size, stride, padding, dilation, ceil_mode))
    flat = flat_planes(x)
    n, c = np.ogrid[: x.shape[0], : x.shape[1]]
    return over_output(all_windows, [flat[n, c, winner(flat, window)] for window in all_windows])


def max_pool_backward(
    dy: Array,
    x: Array,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return dx: each upstream value goes to the cell that won its window; one that won several gets their sum."""
    flat = flat_planes(x)
    dx = np.zeros_like(wide(flat))
    n, c = np.ogrid[: x.shape[0], : x.shape[1]]
    for window in windows(x.shape[2:], kernel_size, stride, padding, dilation, ceil_mode):
        dx[n, c, winner(flat, window)] += dy[spatial(window.position)]
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
    all_windows = list(windows(x.shape[2:], kernel_size, stride, padding, 1, ceil_mode))
    flat = flat_planes(wide(x))
    divisors = [divisor_override or count(window, count_include_pad) for window in all_windows]
    means = [flat[:, :, w.cells].sum(axis=2) / divisor for w, divisor in zip(all_windows, divisors, strict=True)]
    return over_output(all_windows, means).astype(x.dtype)


def avg_pool_backward(  # noqa: PLR0913, PLR0917 -- dy and the forward's seven
    dy: Array,
    x: Array,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """Return dx: every cell of a window gets an equal share of its upstream value, dy / divisor."""
    dx = np.zeros_like(flat_planes(wide(x)))
    for window in windows(x.shape[2:], kernel_size, stride, padding, 1, ceil_mode):
        divisor = divisor_override or count(window, count_include_pad)
        dx[:, :, window.cells] += wide(dy[spatial(window.position)])[..., None] / divisor
    return dx.reshape(x.shape).astype(x.dtype)
