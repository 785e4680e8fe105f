"""Max pooling and average pooling, in 1 to 3 spatial axes, with PyTorch's settings and PyTorch's rules for them.

Shapes: x (N, C, *spatial), y (N, C, *output). Every channel is pooled on its own.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from reference_impl.errors import ConfigurationError
from reference_impl.pool_windows import cells_counted, first_real_cells, flat_index, pool_windows, starts
from reference_impl.types import Array, Ints, PerAxis, working_dtype
from reference_impl.validation import LARGEST, feature_map, integer, native, saved_by, switch, upstream
from reference_impl.windows import Windows, cells, crop, pad, spread_along, sum_along


@dataclass(frozen=True)
class MaxPoolSaved:
    """What max_pool_forward leaves for max_pool_backward.

    ``indices`` (N, C, *output) says for each window which cell won, as a flat index into the spatial axes of x (as in
    PyTorch).
    """

    indices: Array
    shape: Ints
    dtype: np.dtype[np.generic]


@dataclass(frozen=True)
class AvgPoolSaved:
    """What avg_pool_forward leaves for avg_pool_backward: the geometry and each window's divisor (*output)."""

    windows: Windows
    divisor: Array
    shape: Ints
    dtype: np.dtype[np.generic]


@np.errstate(all="ignore")
def max_pool_forward(
    x: Array,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> tuple[Array, MaxPoolSaved]:
    """Return the largest cell of each window, and what the backward needs: x (N, C, *spatial) -> y (N, C, *output).

    ``stride`` defaults to ``kernel_size``. Padding counts as minus infinity. Of equal cells the first in row-major
    order wins, and NaN wins over numbers (of several NaN the last), as in PyTorch. ``saved.indices`` are the winners.

    Raises DtypeError, ShapeError, and ConfigurationError: also where a window would hold no cell of x.
    """
    x = feature_map("x", x)
    windows = pool_windows(x.shape[2:], kernel_size, stride, padding, dilation, ceil_mode)
    padded, dtype = pad(x, windows, -np.inf, working_dtype(x.dtype)), native(x.dtype)
    met = [cells(padded, windows, tap) for tap in windows.taps]
    y = _maxima(met)
    indices = _indices(_winners(met, y), y, windows)
    return y.astype(dtype, copy=False), MaxPoolSaved(indices, x.shape, dtype)


def _maxima(met: list[Array]) -> Array:
    """Return the largest cell of each window (N, C, *output), given each tap's cells; NaN beats all numbers."""
    y = met[0].copy()
    for cell in met[1:]:
        np.maximum(y, cell, out=y)
    return y


def _winners(met: list[Array], y: Array) -> Array:
    """Return the number of the tap that won each window: the first that equals y, or the last NaN.

    Without masks, which cost ten times the arithmetic where they are random: the first of K taps that match is the one
    with the largest K - number.
    """
    rank = np.min_scalar_type(len(met))
    best = np.zeros(y.shape, rank)
    for number, cell in enumerate(met):
        np.maximum(best, np.multiply(cell == y, len(met) - number, dtype=rank), out=best)
    winners = len(met) - best.astype(np.intp)
    if np.isnan(y).any():
        for number, cell in enumerate(met):
            winners[np.isnan(cell)] = number
    return winners


def _indices(winners: Array, y: Array, windows: Windows) -> Array:
    """Turn the numbers of the winning taps into flat indices in x."""
    taps = [np.arange(kernel) * gap for kernel, gap in zip(windows.kernel, windows.dilation, strict=True)]
    offsets = flat_index(taps, windows.size).reshape(-1)
    indices = flat_index(starts(windows), windows.size) + offsets[winners]
    lowest = y == -np.inf  # padding ties with the cells of x here, and must not win
    return np.where(lowest, first_real_cells(windows), indices)


@np.errstate(all="ignore")
def max_pool_backward(dy: Array, saved: MaxPoolSaved) -> Array:
    """Return dx, in the shape and dtype of x.

    With m(o) the cell that won window o (recorded by the forward), y[o] = x[m(o)] as long as x moves too little to
    change the winner. So dy[o]/dx[i] is 1 for i = m(o) and 0 elsewhere, and for a loss L with dy = dL/dy

        dx[i] = sum over the windows o with m(o) = i of dy[o].

    The whole upstream value goes to the one winner; tied losers get nothing. Windows overlap where stride < kernel, and
    one cell may win several: hence the sum. Cells that no window sees (stride > kernel, remainder rows) get 0. No
    window is won by padding, so every dy arrives: sum dx = sum dy. (Caffe records m as ``max_idx_``; Jia et al. 2014,
    arXiv:1408.5093.)

    Raises SavedError, DtypeError, ShapeError.
    """
    saved = saved_by("max_pool_forward", MaxPoolSaved, saved)
    dy = upstream(dy, saved.indices.shape, saved.dtype)
    dx = np.zeros(saved.shape, working_dtype(saved.dtype))
    planes, size = dy.shape[0] * dy.shape[1], prod(saved.shape[2:])
    targets = (
        saved.indices.reshape(planes, prod(dy.shape[2:])) + size * np.arange(planes)[:, None]
    )  # m(o), counted through all of dx
    np.add.at(dx.reshape(-1), targets.reshape(-1), dy.astype(dx.dtype).reshape(-1))  # dx[m(o)] += dy[o]
    return dx.astype(saved.dtype, copy=False)


@np.errstate(all="ignore")
def avg_pool_forward(
    x: Array,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> tuple[Array, AvgPoolSaved]:
    """Return the mean of each window, and what the backward needs: x (N, C, *spatial) -> y (N, C, *output).

    ``stride`` defaults to ``kernel_size``. Padding counts as 0. A window's sum is divided by ``divisor_override`` if
    given, else by the number of its cells within the padded input (``count_include_pad``) or within x: PyTorch's rule,
    also for the partial windows of ``ceil_mode``, whose overhang beyond the padding counts in neither.

    Raises DtypeError, ShapeError, ConfigurationError.
    """
    x = feature_map("x", x)
    windows = pool_windows(x.shape[2:], kernel_size, stride, padding, 1, ceil_mode)
    counts = cells_counted(windows, within_padding=switch("count_include_pad", count_include_pad))
    dtype = working_dtype(x.dtype)
    divisor = _divisor(counts, divisor_override).astype(dtype)
    total = pad(x, windows, 0.0, dtype)
    for axis in range(len(windows.size)):  # the sum over a box is a sum along each axis in turn
        total = sum_along(axis, total, windows)
    y = (total / divisor).astype(native(x.dtype), copy=False)
    return y, AvgPoolSaved(windows, divisor, x.shape, y.dtype)


def _divisor(counts: Array, override: int | None) -> Array:
    if override is None:
        return counts
    divisor = integer("divisor_override", override, minimum=-LARGEST)
    if divisor == 0:
        raise ConfigurationError(
            "divisor_override=0; expected a non-zero integer. Pass one, or None to divide by the number of cells."
        )
    return np.full_like(counts, divisor)


@np.errstate(all="ignore")
def avg_pool_backward(dy: Array, saved: AvgPoolSaved) -> Array:
    """Return dx, in the shape and dtype of x.

    y[o] = (sum over the cells i of window o of xp[i]) / divisor[o], xp being x with zeros around it. So dy[o]/dxp[i] is
    1 / divisor[o] for the cells of window o and 0 elsewhere, and for a loss L with dy = dL/dy

        dxp[i] = sum over the windows o that hold cell i of dy[o] / divisor[o],      dx = dxp without the border.

    Each upstream value is shared equally: copying it to the n cells undivided would make the gradient n times too
    large. Where all cells of all windows lie in x and divisor is their number, sum dx = sum dy. Shares that fall on
    padding are lost with the border. (Divisor: PyTorch's documentation of AvgPool2d. The sum over a box is a sum along
    each axis in turn, so its adjoint is the adjoint of each, in the opposite order.)

    Raises SavedError, DtypeError, ShapeError.
    """
    saved = saved_by("avg_pool_forward", AvgPoolSaved, saved)
    windows = saved.windows
    dy = upstream(dy, (*saved.shape[:2], *windows.output), saved.dtype)
    share = dy / saved.divisor  # (N, C, *output): dy[o] / divisor[o]
    for axis in reversed(range(len(windows.size))):
        share = spread_along(axis, share, windows)  # (N, C, *padded) at the end: the sum over o
    return crop(share, windows, saved.dtype)  # dx = dxp without the border
