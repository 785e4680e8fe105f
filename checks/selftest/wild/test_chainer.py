"""Chainer: forward and backward of every function written by hand in NumPy, for years in production.

What is wrong in version 7.8.1: the backward of ``average_pooling_nd(..., pad_value=None)``, which leaves padding out of
the mean, divides the gradient that it is given in place (``numpy.divide(gy, func.width, out=gy)``). Whoever else holds
that array gets a wrong gradient. A script, with ``np.sctypes`` set as below where NumPy is 2::

    import chainer, numpy as np
    a, b = chainer.Variable(np.ones((1, 1, 2))), chainer.Variable(np.ones((1, 1, 1)))
    y = chainer.functions.average_pooling_nd(a, 2, pad_value=None) + b
    y.grad = np.ones((1, 1, 1))
    y.backward()
    print(b.grad)  # 0.5; must be 1
"""

from __future__ import annotations

from functools import partial
from typing import Any
from unittest import mock

import numpy as np
import pytest

from checks import Framework, examine, verify
from checks.selftest.wild.packages import theirs

# Chainer was last released in 2022; this table is all that it misses in NumPy 2, and only while it is imported.
_KINDS = {"int": [np.int8, np.int16, np.int32, np.int64], "uint": [np.uint8, np.uint16, np.uint32, np.uint64]}
with mock.patch.object(np, "sctypes", _KINDS, create=True):
    chainer = theirs("chainer")

#: Chainer in three functions: from then on each function of it is a layer.
in_chainer = Framework(
    tensor=chainer.Variable,
    array=lambda variable: variable.array,
    gradients=lambda y, variables, dy: chainer.grad([y], variables, [dy]),
)


def conv(x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> Any:
    """Chainer says dilate, and takes it by keyword alone."""
    return chainer.functions.convolution_2d(x, weight, bias, stride, padding, dilate=dilation)


def conv_nd(x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, groups: int = 1) -> Any:
    """Any number of axes."""
    return chainer.functions.convolution_nd(x, weight, bias, stride, padding, groups=groups)


def max_pool(x: Any, kernel_size: Any, stride: Any, padding: Any = 0) -> Any:
    """Chainer covers all cells unless it is told not to, which is not quite PyTorch's ceil_mode."""
    return chainer.functions.max_pooling_2d(x, kernel_size, stride, padding, cover_all=False)


def max_pool_nd(x: Any, kernel_size: Any, stride: Any, padding: Any = 0) -> Any:
    """Any number of axes."""
    return chainer.functions.max_pooling_nd(x, kernel_size, stride, padding, cover_all=False)


RIGHT = [
    pytest.param(conv, "conv2d", id="convolution_2d"),
    pytest.param(conv_nd, "conv", id="convolution_nd"),
    pytest.param(max_pool, "max_pool2d", id="max_pooling_2d"),
    pytest.param(max_pool_nd, "max_pool", id="max_pooling_nd"),
    pytest.param(chainer.functions.average_pooling_2d, "avg_pool2d", id="average_pooling_2d"),
    pytest.param(chainer.functions.average_pooling_nd, "avg_pool", id="average_pooling_nd"),
    pytest.param(chainer.functions.relu, "relu", id="relu"),
]


@pytest.mark.parametrize(("function", "like"), RIGHT)
def test_the_layers_of_chainer_are_right(function: Any, like: str) -> None:
    """Every law holds; what the signature does not take is left out and counted."""
    assert verify(in_chainer(function), like, budget="1s").compared


def test_average_pooling_of_chainer_writes_to_the_gradient_that_it_is_given() -> None:
    """Only where it leaves the padding out of the mean; its numbers are right."""
    layer = in_chainer(partial(chainer.functions.average_pooling_nd, pad_value=None))
    found = examine(layer, "avg_pool", supports={"count_include_pad": False}, budget="1s")
    assert set(found.findings) == {"arguments unchanged", "layout"}


def test_the_script_above_prints_what_it_says() -> None:
    """The other term of a sum gets half of its gradient."""
    a, b = chainer.Variable(np.ones((1, 1, 2))), chainer.Variable(np.ones((1, 1, 1)))
    y = chainer.functions.average_pooling_nd(a, 2, pad_value=None) + b
    y.grad = np.ones((1, 1, 1))
    y.backward()
    np.testing.assert_array_equal(b.grad, [[[0.5]]])
