"""The fast forms equal PyTorch bit for bit on integer data: values, winners and gradients, special values included."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
import pytest

import reference_impl as layers
from checks.selftest.layers import draws

torch = pytest.importorskip("torch", reason="PyTorch is one of two independent sources; the textbook is the other")
F = torch.nn.functional

SEEDS = range(90)


def gradients(y: Any, leaves: list[Any], dy: draws.Array) -> list[draws.Array]:
    """PyTorch's gradients of ``leaves``."""
    return [gradient.numpy() for gradient in torch.autograd.grad(y, leaves, torch.from_numpy(dy))]


def leaf(array: draws.Array) -> Any:
    """A tensor of its own that asks for a gradient."""
    return torch.from_numpy(array.copy()).requires_grad_()


def assert_equal(got: Any, want: Any) -> None:
    """Equal shape, dtype and values; NaN equals NaN."""
    assert (got.shape, got.dtype) == (want.shape, want.dtype)
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
@pytest.mark.parametrize("seed", SEEDS)
def test_convolution_equals_pytorch(seed: int, dtype: str) -> None:
    """Every spelling of the padding, stride, dilation, groups, in 1 to 3 axes."""
    draw = draws.convolution(seed, dtype)
    if not len(draw.arrays["x"]):
        draw.arrays["x"] = np.ones((1, *draw.arrays["x"].shape[1:]), dtype)
    y, saved = layers.conv_forward(**draw.arguments)
    dy = draws.integers(np.random.default_rng(seed), y.shape, dtype)
    leaves = [leaf(array) for array in draw.arrays.values()]
    x, weight, bias = (*leaves, None)[:3]
    convolve = (F.conv1d, F.conv2d, F.conv3d)[x.ndim - 3]
    padded = F.pad(x, list(chain.from_iterable(reversed(draw.border))))
    want = convolve(padded, weight, bias, draw.config["stride"], 0, draw.config["dilation"], draw.config["groups"])
    assert_equal(y, want.detach().numpy())
    for ours, theirs in zip(layers.conv_backward(dy, saved), gradients(want, leaves, dy), strict=False):
        assert_equal(ours, theirs)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")  # PyTorch's remark on its speed
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("dilation", [1, 2, 3])
def test_padding_same_is_split_as_in_pytorch(kernel: int, dilation: int) -> None:
    """An odd number of padding cells puts one more after than before; the words mean what they mean there."""
    x, weight = np.arange(20.0).reshape(1, 1, 20), np.arange(1.0, kernel + 1).reshape(1, 1, kernel)
    y, _ = layers.conv_forward(x, weight, padding="same", dilation=dilation)
    want = F.conv1d(torch.from_numpy(x), torch.from_numpy(weight), padding="same", dilation=dilation)
    assert_equal(y, want.numpy())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("seed", SEEDS)
def test_max_pooling_equals_pytorch(seed: int, dtype: str) -> None:
    """Values, winning indices and gradients, with ties, NaN, minus infinity, dilation and ceil_mode."""
    draw = draws.max_pool(seed, dtype)
    y, saved = layers.max_pool_forward(**draw.arguments)
    x = leaf(draw.arrays["x"])
    pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[x.ndim - 3]
    want, winners = pool(x, **draw.config, return_indices=True)
    assert_equal(y, want.detach().numpy())
    assert_equal(saved.indices, winners.numpy())
    dy = draws.integers(np.random.default_rng(seed), y.shape, dtype)
    assert_equal(layers.max_pool_backward(dy, saved), *gradients(want, [x], dy))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("seed", SEEDS)
def test_average_pooling_equals_pytorch(seed: int, dtype: str) -> None:
    """The divisor of every window, partial ones too: ceil_mode, count_include_pad, divisor_override."""
    draw = draws.avg_pool(seed, dtype)
    y, saved = layers.avg_pool_forward(**draw.arguments)
    x = leaf(draw.arrays["x"])
    pool = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[x.ndim - 3]
    want = pool(x, **{name: value for name, value in draw.config.items() if value is not None})
    assert_equal(y, want.detach().numpy())
    dy = draws.whole_shares(seed, y, saved.divisor)
    assert_equal(layers.avg_pool_backward(dy, saved), *gradients(want, [x], dy))


def test_relu_equals_pytorch_on_special_values() -> None:
    """NaN, zeros of both signs and infinities, under upstream gradients that are special themselves."""
    special = np.array([np.nan, 0.0, -0.0, np.inf, -np.inf, 2.0, -2.0])
    x, dy = (grid.reshape(-1) for grid in np.meshgrid(special, special))
    y, saved = layers.relu_forward(x)
    tensor = leaf(x)
    want = torch.relu(tensor)
    assert_equal(y, want.detach().numpy())
    assert_equal(np.signbit(y), np.signbit(want.detach().numpy()))
    assert_equal(layers.relu_backward(dy, saved), *gradients(want, [tensor], dy))


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
@pytest.mark.parametrize("padding", [0, 1, 2, 3])
@pytest.mark.parametrize("op", ["max_pool", "avg_pool"])
def test_pooling_accepts_and_refuses_the_paddings_that_pytorch_does(op: str, kernel: int, padding: int) -> None:
    """At most half of the kernel, rounded down."""
    x = np.ones((1, 1, 9, 9))
    try:
        want = getattr(F, f"{op}2d")(torch.from_numpy(x), kernel, padding=padding).shape
    except RuntimeError:
        with pytest.raises(layers.ConfigurationError, match="at most half of the kernel"):
            getattr(layers, f"{op}_forward")(x, kernel, padding=padding)
    else:
        assert getattr(layers, f"{op}_forward")(x, kernel, padding=padding)[0].shape == want
