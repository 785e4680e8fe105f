"""ReLU, with the value at its kink as a parameter."""

from dataclasses import dataclass

import numpy as np

from reference_impl.types import Array
from reference_impl.validation import array, finite, native, saved_by, upstream


@dataclass(frozen=True)
class ReluSaved:
    """What relu_forward leaves for relu_backward: where x lies on each side of the kink, and the slope at it."""

    off: Array
    at_kink: Array
    at_zero: float
    dtype: np.dtype[np.generic]


def relu_forward(x: Array, at_zero: float = 0.0) -> tuple[Array, ReluSaved]:
    """Return y = max(x, 0), entry by entry, and what the backward needs; x has any shape.

    ``at_zero`` is the slope that the backward uses where x is 0. NaN and -0.0 come out as they went in, as in PyTorch.
    Raises DtypeError, and ConfigurationError where ``at_zero`` is no finite number.
    """
    x = array("x", x)
    slope = finite("at_zero", at_zero, x.dtype)
    off = np.asarray(x < 0)
    y = np.where(off, 0, x).astype(native(x.dtype), copy=False)
    return y, ReluSaved(off, np.asarray(x == 0), slope, y.dtype)


@np.errstate(all="ignore")
def relu_backward(dy: Array, saved: ReluSaved) -> Array:
    """Return dx, in the shape and dtype of x.

    y = max(x, 0) has slope 1 for x > 0 and slope 0 for x < 0, so for a loss L with dy = dL/dy

        dx = dy where x > 0,    dx = 0 where x < 0,    dx = at_zero * dy where x = 0.

    At 0 there is no derivative. The subgradients there are the slopes between those of the two sides, [0, 1]; which one
    is used is a convention: 0 in PyTorch and most others (Bertoin et al., Numerical influence of ReLU'(0) on
    backpropagation, 2021, arXiv:2106.12915), 1 in some tutorials. A NaN in x is on neither side and passes dy on, as in
    PyTorch.

    dx is selected, not multiplied: an infinite dy where the slope is 0 gives 0, not NaN.
    Raises SavedError, DtypeError, ShapeError.
    """
    saved = saved_by("relu_forward", ReluSaved, saved)
    dy = upstream(dy, saved.off.shape, saved.dtype)
    dx = np.where(saved.off, 0, dy).astype(saved.dtype, copy=False)  # x < 0: 0;  x > 0: dy
    at_kink = dy[saved.at_kink]
    dx[saved.at_kink] = saved.at_zero * at_kink if saved.at_zero else 0  # x = 0: at_zero * dy
    return dx
