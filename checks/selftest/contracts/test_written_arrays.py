"""A layer that writes to what it is handed is wrong for that alone, or moves what is its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.families import family
from checks.invariants.layout import Layout
from checks.invariants.purity import Purity
from checks.types import Array
from reference_impl import conv_backward, conv_forward

torch = pytest.importorskip("torch")

X = torch.linspace(-2, 3, 12, dtype=torch.float64).reshape(3, 4)


class Halved(torch.autograd.Function):  # type: ignore[misc, name-defined] # of a library that is not always there
    """Half of x, whose backward works in place where dy is contiguous: PyTorch writes to read-only memory, too."""

    @staticmethod
    def forward(_ctx: Any, x: Any) -> Any:
        """By a product."""
        return x * 0.5

    @staticmethod
    def backward(_ctx: Any, dy: Any) -> Any:
        """In place."""
        return dy.mul_(0.5) if dy.is_contiguous() else dy * 0.5


def test_a_backward_in_place_breaks_one_law() -> None:
    """Its numbers are right in each layout."""
    found = examine(Halved, inputs=(X,), budget="1ms", laws=[Purity.law, Layout.law])
    assert [*found.findings] == [Purity.law]


def shifted_and_back(x: Array) -> tuple[Array, Array]:
    """ReLU; x is moved by its mean and back, which rounds it."""
    y, there = np.maximum(x, 0), x > 0
    if x.flags.writeable and x.size:
        mean = x.mean(dtype=x.dtype)
        x -= mean
        x += mean
    return y, there


def test_an_argument_that_comes_back_rounded_breaks_one_law() -> None:
    """Its right numbers are called wrong by no law that looks at what it was handed afterwards."""
    layer = shifted_and_back, lambda dy, there: dy * there
    assert list(examine(layer, "relu", budget="1s").findings) == [Purity.law]


def rounded_for_rows_that_repeat(x: Array, weight: Array, bias: Array, **config: Any) -> tuple[Array, Any]:
    """A convolution that adds up in another order where x is one sample for all."""
    y, saved = conv_forward(x, weight, bias, **config)
    return (y if x.strides[0] else np.nextafter(y, 2 * y)), saved


def flattened_in_place(dy: Array, saved: Any) -> tuple[Array, Array, Array | None]:
    """Its right gradients; dy is left with one axis of cells."""
    gradients = conv_backward(dy.copy(), saved)
    dy.shape = (*dy.shape[:2], -1)
    return gradients


def test_another_shape_that_a_backward_gives_to_dy_is_no_wrong_shape_of_y() -> None:
    """Sources that are called afterwards are handed dy as it was."""
    conv = family("conv")
    shapes = {"x": (2, 2, 4, 4), "weight": (3, 2, 3, 3), "bias": (3,)}
    config = {"stride": 1, "padding": 1, "dilation": 1, "groups": 1}
    cases = [conv.case_of(shapes, config, "float64", "normal", seed) for seed in range(6)]
    layer = rounded_for_rows_that_repeat, flattened_in_place
    found = examine(layer, "conv", cases=cases, laws=[Purity.law, Layout.law])
    assert list(found.findings) == [Purity.law]


class Trained:
    """A convolution whose backward moves its weight and bias by its rate."""

    def __init__(self, weight: Array, bias: Array, lr: float = 0.125) -> None:
        self.weight, self.bias, self.lr = weight.copy(), bias.copy(), lr

    def forward(self, x: Array) -> Array:
        """The reference's."""
        y, self.saved = conv_forward(x, self.weight, self.bias)
        return y

    def backward(self, dy: Array) -> Array:
        """The reference's, and a step."""
        dx, dweight, dbias = conv_backward(dy, self.saved)
        self.weight -= self.lr * dweight
        self.bias -= self.lr * dbias if dbias is not None else 0
        return np.asarray(dx)


def test_no_step_shows_in_a_parameter_that_is_nan() -> None:
    """What is read of it is no gradient of the layer's."""
    conv = family("conv")
    shapes, config = {"x": (2, 2, 4, 4), "weight": (3, 2, 3, 3), "bias": (3,)}, {"stride": 1, "padding": 0}
    config |= {"dilation": 1, "groups": 1}
    cases = [conv.case_of(shapes, config, "float64", "integers", seed) for seed in range(0, 36, 3)]
    found = examine(Trained, "conv2d", cases=cases, laws=["reference", "special values"])
    assert not found.wrong
    assert any("no step shows in" in why for why in found.tallies["special values"].reasons)
