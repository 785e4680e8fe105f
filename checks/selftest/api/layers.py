"""A layer with narrow tastes, right and wrong."""

from __future__ import annotations

from typing import Any

import reference_impl
from checks.types import Array


def forward(x: Array, w: Array, b: Array, conv_param: dict[str, int]) -> tuple[Array, Any]:
    """Two axes, one stride, one padding, always a bias."""
    return reference_impl.conv_forward(x, w, b, conv_param["stride"], conv_param["pad"])


def backward(dout: Array, cache: Any) -> tuple[Any, ...]:
    """Right."""
    return tuple(reference_impl.conv_backward(dout, cache))


def last_tap_wrong(dout: Array, cache: Any) -> tuple[Any, ...]:
    """The last column of the kernel gets a thousandth too much, where there is more than one."""
    dx, dw, db = reference_impl.conv_backward(dout, cache)
    if dw.shape[-1] > 1:
        dw = dw.copy()
        dw[..., -1] *= 1.001
    return dx, dw, db


RIGHT = (forward, backward)
WRONG = (forward, last_tap_wrong)
