"""numpy-ml: classes in NumPy alone, channels last, that keep their state and add up their gradients.

What is wrong in version 0.1.2: max pooling with padding. Its forward pads with zeros, which win over negative cells.
Its backward looks for the winner of a window of the padded input in the input without padding (``xi = X[m, i0:i1]``
where the forward has ``X_pad``): gradients go to the wrong cells, and where that window is empty it raises. A script::

    import collections, collections.abc; collections.Hashable = collections.abc.Hashable
    import numpy as np
    from numpy_ml.neural_nets.layers import Pool2D
    layer = Pool2D((3, 3), stride=2, pad=1)
    print(layer.forward(np.arange(1.0, 10.0).reshape(1, 3, 3, 1))[0, :, :, 0])  # 5 6, 8 9: each wins one window
    print(layer.backward(np.ones((1, 2, 2, 1)))[0, :, :, 0])  # 0 0 0, 0 4 2, 0 2 1; must be 0 0 0, 0 1 1, 0 1 1
"""

from __future__ import annotations

import collections
import collections.abc
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from checks import examine, verify
from checks.selftest.wild.packages import theirs

# The last release is of 2020, when Python still had this alias.
with mock.patch.object(collections, "Hashable", collections.abc.Hashable, create=True):
    layers = theirs("numpy_ml.neural_nets.layers", "numpy-ml")
    activations = theirs("numpy_ml.neural_nets.activations", "numpy-ml")


def channels_last(x: Any) -> Any:
    """(N, C, H, W) to (N, H, W, C)."""
    return np.moveaxis(x, 1, -1)


def channels_first(x: Any) -> Any:
    """(N, H, W, C) to (N, C, H, W)."""
    return np.moveaxis(x, -1, 1)


def conv_forward(x: Any, weight: Any, bias: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> Any:
    """Its dilation counts the gaps, ours the steps."""
    layer = layers.Conv2D(weight.shape[0], weight.shape[2:], padding, stride, dilation - 1)
    layer.in_ch = weight.shape[1]
    layer._init_params()
    layer.parameters = {"W": weight.transpose(2, 3, 1, 0), "b": bias.reshape(1, 1, 1, -1)}
    return channels_first(layer.forward(channels_last(x))), layer


def conv_backward(dy: Any, layer: Any) -> Any:
    """Gradients are added to what is there, as is meant: begin at zero."""
    layer.gradients = {name: np.zeros_like(value) for name, value in layer.parameters.items()}
    dx = channels_first(layer.backward(channels_last(dy)))
    return dx, layer.gradients["W"].transpose(3, 2, 0, 1), layer.gradients["b"].ravel()


def pool_forward(x: Any, kernel_size: Any, stride: Any, padding: Any = 0, mode: str = "max") -> Any:
    """A layer for each call."""
    layer = layers.Pool2D((kernel_size, kernel_size), stride, padding, mode)
    return channels_first(layer.forward(channels_last(x))), layer


def pool_backward(dy: Any, layer: Any) -> Any:
    """The layer kept its input."""
    return channels_first(layer.backward(channels_last(dy)))


#: One number for both axes.
SQUARE = {"square": {"kernel_size", "stride", "padding", "dilation"}}


def test_the_convolution_of_numpy_ml_is_right() -> None:
    """With stride, padding and dilation."""
    assert verify(
        (conv_forward, conv_backward), "conv2d", supports={"square": {"stride", "padding", "dilation"}}, budget="1s"
    ).compared


def test_average_pooling_of_numpy_ml_is_right() -> None:
    """Padding counts as cells."""
    layer = (partial(pool_forward, mode="average"), pool_backward)
    square = {"square": {"kernel_size", "stride", "padding"}}  # average pooling has no dilation
    assert verify(layer, "avg_pool2d", supports=square, budget="1s").compared


def test_max_pooling_of_numpy_ml_is_right_without_padding() -> None:
    """The first of several largest cells gets the gradient."""
    assert verify((pool_forward, pool_backward), "max_pool2d", supports={**SQUARE, "padding": 0}, budget="1s").compared


def test_max_pooling_of_numpy_ml_is_wrong_with_padding() -> None:
    """Its own differences show the wrong backward, PyTorch the zeros in the forward, and it raises at borders."""
    found = examine((pool_forward, pool_backward), "max_pool2d", supports=SQUARE, budget="1s")
    assert {"runs", "torch", "adjoint"} <= set(found.findings)
    case = "max_pool(x=(2,2,5,5), dy=(2,2,3,3); kernel_size=3, stride=2, padding=1; data='distinct', unit=1048576)"
    found = examine((pool_forward, pool_backward), "max_pool2d", supports=SQUARE, cases=[case.replace("'", '"')])
    assert {"torch", "finite differences", "adjoint"} <= set(found.findings)


def test_the_script_above_prints_what_it_says() -> None:
    """Four windows with a gradient of 1 each; 9 comes back."""
    layer = layers.Pool2D((3, 3), stride=2, pad=1)
    layer.forward(np.arange(1.0, 10.0).reshape(1, 3, 3, 1))
    found = layer.backward(np.ones((1, 2, 2, 1)))[0, :, :, 0]
    np.testing.assert_array_equal(found, [[0, 0, 0], [0, 4, 2], [0, 2, 1]])


def test_the_rectifier_of_numpy_ml_is_right() -> None:
    """A pair of its function and its derivative."""
    relu = activations.ReLU()
    assert verify((lambda x: (relu.fn(x), x), lambda dy, x: dy * relu.grad(x)), "relu", budget="1s").compared
