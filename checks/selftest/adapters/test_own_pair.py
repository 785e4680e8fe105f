"""A pair of methods of one object is examined with the parameters of that object, whatever the methods are called."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy, deepcopy
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine
from checks.report.story import story
from checks.types import Array
from reference_impl import conv_backward, conv_forward

X = np.random.default_rng(0).normal(size=(3, 4))


class Weighs:
    """A product with its own weights; what is called backward beside its gradient takes a step."""

    factor = 1.0

    def __init__(self) -> None:
        """Numbers of its own."""
        self.weights, self.bias = np.random.default_rng(1).normal(size=(4, 2)), np.zeros(2)

    def forward(self, x: Array, scale: float = 1.0) -> Array:
        """Keep x."""
        self.x, self.scale = x, scale
        return np.asarray(scale * (x @ self.weights + self.bias))

    def gradient(self, dy: Array) -> Array:
        """Leave the gradients of what it keeps beside it."""
        self.w_gradient, self.b_gradient = self.factor * self.scale * self.x.T @ dy, self.scale * dy.sum(0)
        return np.asarray(self.scale * dy @ self.weights.T)

    def backward(self, alpha: float = 0.1, weight_decay: float = 0.1) -> None:
        """Take a step."""
        self.weights -= alpha * (self.w_gradient + weight_decay * self.weights)

    def onward(self, x: Array) -> tuple[Array, Array]:
        """Hand over what its backward needs."""
        return self.forward(x), x

    def back(self, dy: Array, x: Array) -> Array:
        """Of what was handed over."""
        self.x = x
        return self.gradient(dy)

    __call__ = forward


class Convolves:
    """A convolution that keeps its weight."""

    factor = 1.0

    def __init__(self) -> None:
        """Numbers of its own."""
        self.weight, self.bias = np.random.default_rng(1).normal(size=(3, 2, 3, 3)), np.zeros(3)

    def run(self, x: Array) -> tuple[Array, Any]:
        """Hand over what its backward needs."""
        return conv_forward(x, self.weight, self.bias)

    def unrun(self, dy: Array, saved: Any) -> Array:
        """Leave the gradients of what it keeps beside it."""
        dx, dweight, self.dbias = conv_backward(dy, saved)
        self.dweight = self.factor * dweight
        return np.asarray(dx)

    forward, backward = run, unrun


class Slotted:
    """One that has no room for anything else."""

    __slots__ = ("W", "dW", "x")

    def __init__(self) -> None:
        """Numbers of its own."""
        self.W = np.ones((4, 2))

    def run(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return np.asarray(x @ self.W)

    def unrun(self, dy: Array) -> Array:
        """Leave a gradient that is wrong."""
        self.dW = 3 * self.x.T @ dy
        return np.asarray(dy @ self.W.T)


class Enclosing(Weighs):
    """One whose forward is a function that has the object by a closure."""

    def __init__(self) -> None:
        """In a copy of it the function would go on with the first one's numbers."""
        super().__init__()

        def inner(x: Array) -> Array:
            return np.asarray(x @ self.weights)

        self.inner = inner

    def run(self, x: Array) -> Array:
        """By that function."""
        self.x, self.scale = x, 1.0
        return self.inner(x)


class Library:
    """Functions that stand in one place and keep nothing there."""

    def product_forward(self, x: Array, w: Array) -> tuple[Array, Any]:
        """Hand both on."""
        return np.asarray(x @ w), (x, w)

    def product_backward(self, dy: Array, saved: Any) -> tuple[Array, Array]:
        """Of both."""
        x, w = saved
        return np.asarray(dy @ w.T), np.asarray(x.T @ dy)


class Network:
    """One whose methods are layers that are handed their weights, beside the weights that it keeps."""

    def __init__(self) -> None:
        """Numbers of its own."""
        self.params = {"W1": np.ones((3, 2, 3, 3))}

    def conv_forward(self, x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> Array:
        """Keep what its backward needs."""
        y, self.saved = conv_forward(x, weight, bias, stride=stride, padding=padding)
        return np.asarray(y)

    def conv_backward(self, dy: Array) -> tuple[Any, ...]:
        """Of what was kept."""
        dx, dweight, dbias = conv_backward(dy, self.saved)
        return dx, dweight, dbias


PAIRS: dict[str, Callable[[Any], Any]] = {
    "beside a step": lambda layer: (layer.forward, layer.gradient),
    "with names of their own": lambda layer: (layer.onward, layer.back),
    "in a dictionary": lambda layer: {"forward": layer.forward, "backward": layer.gradient},
    "the object as its own forward": lambda layer: (layer, layer.gradient),
    "with an argument held": lambda layer: (partial(layer.forward, scale=2.0), layer.gradient),
}


def _with(layer: Any, factor: float) -> Any:
    found = copy(layer)
    found.factor = factor
    return found


@pytest.mark.parametrize("pair", PAIRS.values(), ids=list(PAIRS))
def test_parameters_of_the_object_are_examined_with_a_pair_of_its_methods(pair: Callable[[Any], Any]) -> None:
    """Nothing said that a pair was examined without: a wrong gradient of the weights passed."""
    right, wrong = (examine(pair(_with(Weighs(), factor)), inputs=(X,), budget="1ms") for factor in (1.0, 3.0))
    assert not right.wrong, story(right)
    assert "NOT EXAMINED" not in story(right)
    assert "dweights" in story(wrong).partition("\nWRONG")[2].splitlines()[0], story(wrong)


@pytest.mark.parametrize("names", [("run", "unrun"), ("forward", "backward")])
def test_a_pair_of_methods_claims_to_be_like_a_family_with_what_its_object_keeps(names: tuple[str, str]) -> None:
    """Such a forward was turned down: it has no parameter for the weight."""
    layers = [_with(Convolves(), factor) for factor in (1.0, 3.0)]
    right, wrong = (
        examine(tuple(getattr(layer, name) for name in names), like="conv2d", budget="1ms") for layer in layers
    )
    assert not right.wrong, story(right)
    assert "dweight" in story(wrong).partition("\nWRONG")[2].splitlines()[0], story(wrong)


def test_the_object_of_a_pair_is_left_as_it_is() -> None:
    """Examined is a copy, which alone is gone through by other methods than its own."""
    layer = Weighs()
    before = deepcopy(vars(layer))
    found = examine((layer.onward, layer.back), inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)
    np.testing.assert_equal(vars(layer), before)


def test_what_the_object_of_a_pair_keeps_is_named_where_it_cannot_be_examined() -> None:
    """One that cannot be told by which methods it is gone through, or not be copied, stays out of sight."""
    slotted, enclosing = Slotted(), Enclosing()
    found = examine((slotted.run, slotted.unrun), inputs=(X,), budget="1ms")
    assert "NOT EXAMINED: W" in story(found).splitlines()[0]
    found = examine((enclosing.run, enclosing.gradient), inputs=(X,), budget="1ms")
    assert "NOT EXAMINED: weights" in story(found).splitlines()[0]
    assert any(note.startswith("the object of these two methods keeps weights: that") for note in found.notes)


def test_parameters_of_a_module_are_named_where_a_pair_of_its_methods_is_examined() -> None:
    """Written by hand they give what PyTorch is not asked for."""

    class Module(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(4, 2, dtype=torch.float64))

        def run(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.weight

        @torch.no_grad()
        def unrun(self, dy: torch.Tensor) -> torch.Tensor:
            return dy @ self.weight.T

    layer = Module()
    found = examine((layer.run, layer.unrun), inputs=(torch.tensor(X),), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: weight" in story(found).splitlines()[0]


def test_functions_that_stand_in_an_object_are_a_pair() -> None:
    """What they are handed is not looked for in it."""
    library, network = Library(), Network()
    pair = library.product_forward, library.product_backward
    found = examine(pair, inputs=(X, np.ones((4, 2))), budget="1ms")
    assert not found.wrong, story(found)
    assert "saved state" not in found.hazards
    found = examine((network.conv_forward, network.conv_backward), like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert "NOT EXAMINED" not in story(found)
