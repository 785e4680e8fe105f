"""Classes that claim to be of a family and keep their weights in things of their own, or build them at first use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import reference_impl
from checks import UsageError, examine, story
from checks.selftest.adapters.objects_with_parameters import Parameter
from checks.types import Array

LAWS = ("reference", "runs", "adjoint")


class OfParameters:
    """Two things with data and grad."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1) -> None:
        self.saved: Any = None
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.weight, self.bias = (
            Parameter(np.random.default_rng(0).standard_normal(shape)),
            Parameter(np.zeros(shape[0])),
        )
        self.stride = stride

    def forward(self, x: Array) -> Array:
        """By the reference."""
        weight, bias = self.weight.data.astype(x.dtype), self.bias.data.astype(x.dtype)
        y, self.saved = reference_impl.conv_forward(x, weight, bias, stride=self.stride)
        return y

    def backward(self, dy: Array) -> Array:
        """Leave the gradients in them."""
        dx, dweight, dbias = reference_impl.conv_backward(dy, self.saved)
        assert dbias is not None
        self.weight.grad, self.bias.grad = dweight, dbias
        return dx


class OfDoubled(OfParameters):
    """Twice the right gradient of the weight."""

    def backward(self, dy: Array) -> Array:
        """Double it."""
        dx = super().backward(dy)
        self.weight.grad = 2 * self.weight.grad
        return dx


class Lazy:
    """Builds its weight for the first x; ``filters`` is a number."""

    def __init__(self, filters: int, kernel_size: int, stride: int = 1) -> None:
        self.filters, self.size, self.stride = filters, kernel_size, stride
        self.W: Any = None

    def forward(self, x: Array) -> Array:
        """By the reference."""
        if self.W is None:
            self.W = np.random.default_rng(0).standard_normal((self.filters, x.shape[1], self.size, self.size))
            self.b = np.zeros(self.filters)
        y, self.saved = reference_impl.conv_forward(
            x, self.W.astype(x.dtype), self.b.astype(x.dtype), stride=self.stride
        )
        return y

    def backward(self, dy: Array) -> Array:
        """Keep the gradients."""
        dx, self.dW, self.db = reference_impl.conv_backward(dy, self.saved)
        return dx


class LazyDoubled(Lazy):
    """Twice the right gradient of the weight."""

    def backward(self, dy: Array) -> Array:
        """Double it."""
        dx = super().backward(dy)
        self.dW = 2 * self.dW
        return dx


class Other(Lazy):
    """Builds a weight of another order of axes."""

    def forward(self, x: Array) -> Array:
        """Turn it."""
        if self.W is None:
            self.W = np.random.default_rng(0).standard_normal((self.size, self.size, x.shape[1], self.filters))
        y, self.saved = reference_impl.conv_forward(x, self.W.transpose(3, 2, 0, 1), stride=self.stride)
        return y


class Thing:
    """Holds an array under a name that nobody knows."""

    def __init__(self, stuff: Array) -> None:
        self.stuff = stuff


class OfThings(OfParameters):
    """Keeps its weight in one."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        super().__init__(in_channels, out_channels, kernel_size)
        self.weight: Any = Thing(self.weight.data)


@pytest.mark.parametrize("layer", [OfParameters, OfParameters(2, 3, 3), Lazy, Lazy(5, 3)])
def test_a_right_one_is_right(layer: Any) -> None:
    """Its weight and bias are replaced where they are."""
    found = examine(layer, "conv2d", budget="1ms", laws=LAWS[:1])
    assert not found.wrong, story(found)
    assert any("bias" in case.arguments for case in found.judged)


@pytest.mark.parametrize("layer", [OfDoubled, OfDoubled(2, 3, 3), LazyDoubled, LazyDoubled(5, 3)])
def test_a_wrong_one_is_wrong_by_its_weight(layer: Any) -> None:
    """Not by ``runs``."""
    found = examine(layer, "conv2d", budget="1ms", laws=LAWS[:1])
    assert {each.verdict.of for each in found.findings.values()} == {"dweight"}, story(found)


@pytest.mark.parametrize("layer", [OfThings, OfThings(2, 3, 3)])
def test_a_weight_in_a_thing_that_nobody_knows_is_refused_with_the_adapter(layer: Any) -> None:
    """It is not wrong."""
    with pytest.raises(
        UsageError, match=r"(?s)keeps its weight in a Thing; expected an array, .*def forward\(x, weight"
    ):
        examine(layer, "conv2d", budget="1ms")


@pytest.mark.parametrize("layer", [Other, Other(5, 3)])
def test_a_weight_that_is_built_in_another_order_is_refused_with_the_adapter(layer: Any) -> None:
    """Both shapes are named."""
    with pytest.raises(UsageError, match=r"(?s)built a weight of shape \(3, 3, .*def forward\(x, weight"):
        examine(layer, "conv2d", budget="1ms")


def test_a_constructor_may_call_the_size_of_its_kernel_a_kernel() -> None:
    """Beside numbers of channels it is no array."""

    class Sized(OfParameters):
        def __init__(self, in_channels: int, filters: int, kernel: int, stride: int = 1) -> None:
            super().__init__(in_channels, filters, kernel, stride)

    class Counted(OfParameters):
        def __init__(self, in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> None:
            super().__init__(in_channels, out_channels, kernel, stride)

    for kind in (Sized, Counted):
        assert not examine(kind, "conv2d", budget="1ms", laws=LAWS[:1]).wrong


class WithRoom:
    """Room for the gradients of its 3x2x3x3 kernel from the start, to which each backward adds ``times`` its own."""

    def __init__(self, times: int = 1) -> None:
        self.W, self.b = np.random.default_rng(0).standard_normal((3, 2, 3, 3)), np.zeros(3)
        self.dW, self.db, self.times = np.zeros_like(self.W), np.zeros_like(self.b), times

    def forward(self, x: Array) -> Array:
        """By the reference."""
        y, self.saved = reference_impl.conv_forward(x, self.W, self.b)
        return y

    def backward(self, dy: Array) -> Array:
        """Add up."""
        dx, dweight, dbias = reference_impl.conv_backward(dy, self.saved)
        assert dbias is not None
        self.dW += self.times * dweight
        self.db += dbias
        return dx


class WithDictionary(WithRoom):
    """The same in a dictionary of gradients."""

    def __init__(self, times: int = 1) -> None:
        super().__init__(times)
        self.grads = {"W": self.__dict__.pop("dW"), "b": self.__dict__.pop("db")}

    def backward(self, dy: Array) -> Array:
        """Add up."""
        dx, dweight, dbias = reference_impl.conv_backward(dy, self.saved)
        assert dbias is not None
        self.grads["W"] += self.times * dweight
        self.grads["b"] += dbias
        return dx


@pytest.mark.parametrize(("kind", "room"), [(WithRoom, "layer.dW"), (WithDictionary, 'layer.grads["W"]')])
def test_room_for_gradients_of_an_objects_own_sizes_makes_way_for_that_of_a_case(
    kind: type[WithRoom], room: str
) -> None:
    """Kernels of a case have other sizes than its own; a wrong gradient is found, and its script makes the room."""
    assert not examine(kind(), "conv2d", budget="1s", laws=("reference", "adjoint")).wrong
    found = examine(kind(2), "conv2d", budget="1s", laws=("reference", "adjoint"))
    assert found.wrong
    assert f"{room} = np.zeros_like(weight)" in story(found)
