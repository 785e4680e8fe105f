"""Convolution (a cross-correlation, as in all frameworks) in 1 to 3 spatial axes.

Shapes: x (N, C, *spatial), weight (O, C/groups, *kernel), bias (O,), y (N, O, *output).

Both directions are matrix products over columns: unfold lays the cells that each window sees side by side (im2col;
Chellapilla, Puri and Simard, High performance convolutional neural networks for document processing, 2006). The columns
of all windows would be prod(kernel) times as large as x, so they are made for one block of windows at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from reference_impl.conv_windows import Block, blocks, conv_windows
from reference_impl.errors import ConfigurationError, ShapeError
from reference_impl.types import Array, ConvGradients, Padding, PerAxis, working_dtype
from reference_impl.validation import (
    REAL_OR_COMPLEX,
    array,
    feature_map,
    integer,
    native,
    same_dtype,
    saved_by,
    upstream,
)
from reference_impl.windows import Windows, crop, fold_into, pad, unfold


@dataclass(frozen=True)
class ConvSaved:
    """What conv_forward leaves for conv_backward: x with its padding (N, C, *padded), the weights, and the geometry."""

    padded: Array
    weight: Array
    has_bias: bool
    windows: Windows
    groups: int
    dtype: np.dtype[np.generic]


@np.errstate(all="ignore")
def conv_forward(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> tuple[Array, ConvSaved]:
    """Return y (N, O, *output) and what the backward needs.

    y[n, o, p] = bias[o] + sum over c, t of weight[o, c, t] * xp[n, c, p * stride + t * dilation], where xp is x with
    zeros around it and c runs over the channels of o's group. ``padding`` is one integer, one for each axis, a pair
    (before, after) for each axis, 'same' or 'valid'.

    Raises DtypeError, ShapeError, ConfigurationError.
    """
    x = feature_map("x", x, REAL_OR_COMPLEX)
    groups = integer("groups", groups, 1)
    weight = _weight(weight, x, groups)
    _check_bias(bias, weight)
    windows = conv_windows(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    dtype = working_dtype(x.dtype)
    saved = ConvSaved(
        pad(x, windows, 0, dtype), weight.astype(dtype, order="C"), bias is not None, windows, groups, native(x.dtype)
    )
    y = _products(saved)
    if bias is not None:
        y += bias.astype(dtype).reshape(-1, *(1,) * len(windows.size))
    return y.astype(saved.dtype, copy=False), saved


def _weight(value: object, x: Array, groups: int) -> Array:
    """Return the weight if it goes with x. Raises DtypeError, ShapeError, ConfigurationError."""
    weight = array("weight", value, REAL_OR_COMPLEX)
    same_dtype("weight", weight, "x", x.dtype)
    if weight.ndim != x.ndim or 0 in weight.shape:
        raise ShapeError(
            f"weight has shape {weight.shape}; expected (O, C/groups, *kernel) with {x.ndim} axes, none of them empty, "
            f"to go with x of shape {x.shape}. Reshape it; for a linear layer on vectors use a kernel of 1."
        )
    if x.shape[1] % groups or weight.shape[0] % groups:
        raise ConfigurationError(
            f"groups={groups} with {x.shape[1]} channels in x and {weight.shape[0]} in y; expected a divisor of both. "
            "Choose such a number of groups, or change the numbers of channels."
        )
    if weight.shape[1] * groups != x.shape[1]:
        raise ShapeError(
            f"weight has shape {weight.shape}, {weight.shape[1]} channels on axis 1; expected C/groups = "
            f"{x.shape[1]}/{groups} = {x.shape[1] // groups}, for x of shape {x.shape}. Pass (O, C/groups, *kernel)."
        )
    return weight


def _check_bias(bias: object, weight: Array) -> None:
    if bias is None:
        return
    values = array("bias", bias, REAL_OR_COMPLEX)
    same_dtype("bias", values, "weight", weight.dtype)
    if values.shape != weight.shape[:1]:
        raise ShapeError(
            f"bias has shape {values.shape}; expected {weight.shape[:1]}, one value for each output channel "
            "(axis 0 of weight). Reshape it, or pass None for no bias."
        )


def _products(saved: ConvSaved) -> Array:
    """Return y without the bias: weight (groups, O/groups, depth) @ columns (groups, depth, windows)."""
    weight = _grouped(saved.weight, saved.groups)
    y = np.empty((len(saved.padded), len(saved.weight), *saved.windows.output), saved.padded.dtype)
    for block, columns in _columns(saved):
        part = y[block.output].swapaxes(0, 1)
        part[...] = (weight @ columns).reshape(part.shape)
    return y


def _grouped(weight: Array, groups: int) -> Array:
    """View weight (O, C/groups, *kernel) as one matrix for each group: (groups, O/groups, depth)."""
    return weight.reshape(groups, len(weight) // groups, -1)


def _columns(saved: ConvSaved) -> Iterator[tuple[Block, Array]]:
    """Yield each block with its columns (groups, depth, windows), in memory that the next block uses again."""
    depth = saved.padded.shape[1] * prod(saved.windows.kernel)
    buffer = np.empty(0, saved.padded.dtype)
    for block in blocks(len(saved.padded), depth, saved.windows):
        view = unfold(saved.padded[block.cells], block.windows)
        buffer = buffer if buffer.size >= view.size else np.empty(view.size, view.dtype)
        columns = buffer[: view.size].reshape(view.shape)
        columns[...] = view
        yield block, columns.reshape(saved.groups, depth // saved.groups, -1)


@np.errstate(all="ignore")
def conv_backward(dy: Array, saved: ConvSaved) -> ConvGradients:
    """Return dx, dweight and dbias (None where there was no bias), each in the shape and dtype of its argument.

    With the padded input xp, output positions p, kernel taps t, and all sums within a group,

        y[n, o, p] = bias[o] + sum_{c, t} weight[o, c, t] * xp[n, c, p * stride + t * dilation].

    So for a loss L with dy = dL/dy, collecting the terms in which each argument occurs:

        dbias[o]         = sum_{n, p} dy[n, o, p]
        dweight[o, c, t] = sum_{n, p} dy[n, o, p] * xp[n, c, p * stride + t * dilation]
        dxp[n, c, i]     = sum_{o, t, p with p * stride + t * dilation = i} weight[o, c, t] * dy[n, o, p]
        dx               = dxp without the border that padding added.

    In matrices, with columns[(c, t), (n, p)] = xp[n, c, p * stride + t * dilation] made by unfold, y = weight @
    columns. Hence dweight = dy @ columns', and dxp is the adjoint of unfold, which is fold, of dcolumns = weight' @ dy.

    Special cases. stride > 1: fold leaves stride - 1 cells between the marks of one tap, the zeros that the textbook
    writes between the entries of dy. Remainder rows, which no window reaches, stay 0. Rotating the kernel by 180
    degrees is the minus sign of t in p * stride = i - t * dilation; fold needs no rotation because it scatters along t
    instead of gathering against it. dilation: the taps of one window lie that far apart in both maps. groups: the same
    products for each group, none between groups. Complex: weight and x are conjugated, so that a step against the
    gradient lowers a real loss (PyTorch's convention).

    (Dumoulin and Visin 2016, arXiv:1603.07285, chapter 4, for the transposed map; Chellapilla et al. 2006 for the
    matrices.) Raises SavedError, DtypeError, ShapeError.
    """
    saved = saved_by("conv_forward", ConvSaved, saved)
    shape = (len(saved.padded), len(saved.weight), *saved.windows.output)
    up = upstream(dy, shape, saved.dtype).astype(saved.padded.dtype, order="C", copy=False)
    dbias = up.sum(axis=(0, *range(2, up.ndim))).astype(saved.dtype, copy=False) if saved.has_bias else None
    dxp, dweight = _dxp_and_dweight(up, saved)
    dx = crop(dxp, saved.windows, saved.dtype)
    return ConvGradients(dx, dweight.reshape(saved.weight.shape).astype(saved.dtype, copy=False), dbias)


def _dxp_and_dweight(dy: Array, saved: ConvSaved) -> tuple[Array, Array]:
    """Return dxp (N, C, *padded) and dweight (groups, O/groups, depth), block by block."""
    weight = _grouped(saved.weight, saved.groups)
    transposed = weight.swapaxes(1, 2).conj()
    # one output channel per group: an outer product, for which matmul is several times slower than multiply
    outer = np.multiply if weight.shape[1] == 1 else np.matmul
    dxp, dweight = (np.zeros(each.shape, each.dtype) for each in (saved.padded, weight))
    for block, columns in _columns(saved):
        part = dy[block.output].swapaxes(0, 1).reshape(*weight.shape[:2], columns.shape[2])
        dweight += (part.conj() @ columns.swapaxes(1, 2)).conj()  # dy @ conj(columns)'
        dcolumns = outer(transposed, part, out=columns)  # weight' @ dy, where the columns were, which are done with
        fold_into(dxp[block.cells], _unflatten(dcolumns, block, saved), block.windows)
    return dxp, dweight


def _unflatten(columns: Array, block: Block, saved: ConvSaved) -> Array:
    """View columns (groups, depth, windows) as (C, *kernel, N, *output)."""
    samples = block.output[0].stop - block.output[0].start
    return columns.reshape(saved.padded.shape[1], *saved.windows.kernel, samples, *block.windows.output)
