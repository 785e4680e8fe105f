"""Gradients are found under the names that people give them, and in what holds those of several parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward

X = np.random.default_rng(0).standard_normal((3, 4))


class Product:
    """x W, whose weight stands in an attribute of this name and the gradient of it in one of that name."""

    def __init__(self, weight: str, gradient: str, factor: float = 1.0) -> None:
        self.names, self.factor = (weight, gradient), factor
        vars(self)[weight] = np.random.default_rng(1).standard_normal((4, 2))

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return np.asarray(x @ vars(self)[self.names[0]])

    def backward(self, dy: Array) -> Array:
        """Leave the gradient of the weight under its name."""
        vars(self)[self.names[1]] = self.factor * self.x.T @ dy
        return np.asarray(dy @ vars(self)[self.names[0]].T)


class Affine:
    """x W + b, whose parameters stand in a dictionary or a list of this name, and their gradients in one of that."""

    def __init__(self, parameters: str, gradients: str, keys: Any = ("W", "b"), factor: float = 1.0) -> None:
        self.names, self.factor, self.keys = (parameters, gradients), factor, keys
        own = np.random.default_rng(1).standard_normal((4, 2)), np.zeros(2)
        vars(self)[parameters] = list(own) if keys is None else dict(zip("Wb", own, strict=True))

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        weight, bias = self._own
        return np.asarray(x @ weight + bias)

    def backward(self, dy: Array) -> Array:
        """Leave the gradients of both in one."""
        given = self.factor * self.x.T @ dy, dy.sum(0)
        vars(self)[self.names[1]] = list(given) if self.keys is None else dict(zip(self.keys, given, strict=True))
        return np.asarray(dy @ self._own[0].T)

    @property
    def _own(self) -> list[Array]:
        held = vars(self)[self.names[0]]
        return list(held) if self.keys is None else list(held.values())


class Convolution:
    """One that keeps its arrays in attributes, and their gradients in a dictionary."""

    def __init__(self, factor: float = 1.0) -> None:
        self.weight, self.bias, self.factor = np.ones((3, 2, 3, 3)), np.zeros(3), factor

    def forward(self, x: Array) -> Array:
        """Keep what the backward needs."""
        y, self.saved = conv_forward(x, self.weight, self.bias)
        return np.asarray(y)

    def backward(self, dy: Array) -> Array:
        """Leave the gradients of both in one."""
        dx, dweight, dbias = conv_backward(dy, self.saved)
        self.param_grads = {"weight": self.factor * dweight, "bias": dbias}
        return np.asarray(dx)


NAMES = [("W", "dEdW"), ("W", "dJdW"), ("W", "W_deriv"), ("weights", "derivative_w"), ("kernels", "dK")]
HOLDERS: list[tuple[str, str, Any]] = [
    ("params", "grad", ("W", "b")),
    ("_params", "_grads", ("dW", "db")),
    ("weights", "grads", ("W", "b")),
    ("params", "param_grads", ("grad_W", "grad_b")),
    ("trainable_params", "gradients", None),
    ("_parameters", "_gradients", None),
]


def _demand_found(right: Any, wrong: Any, **asked: Any) -> None:
    found = examine(right, **asked, budget="1ms", laws=["adjoint", "linearity"])
    assert not found.wrong, story(found)
    assert "NOT EXAMINED" not in story(found)
    assert examine(wrong, **asked, budget="1ms", laws=["adjoint"]).wrong


@pytest.mark.parametrize(("weight", "gradient"), NAMES)
def test_a_gradient_is_found_by_its_name(weight: str, gradient: str) -> None:
    """One of three times the right one is wrong."""
    _demand_found(Product(weight, gradient), Product(weight, gradient, 3.0), inputs=(X,))


@pytest.mark.parametrize(("parameters", "gradients", "keys"), HOLDERS)
def test_gradients_are_found_in_what_holds_several(parameters: str, gradients: str, keys: Any) -> None:
    """By the same keys, or by keys that are named as gradients of these; in lists by their places."""
    layers = (Affine(parameters, gradients, keys, factor) for factor in (1.0, 3.0))
    _demand_found(*layers, inputs=(X,))


def test_gradients_of_a_family_are_found_in_a_dictionary() -> None:
    """Beside arrays in attributes."""
    _demand_found(Convolution(), Convolution(3.0), like="conv2d")


def test_lists_that_hold_something_else_are_taken_for_no_gradients() -> None:
    """Places in a list say nothing where it is not of all parameters: those have no gradient that is found."""

    class Mixed(Affine):
        def backward(self, dy: Array) -> Array:
            dx = super().backward(dy)
            vars(self)["grads"] = vars(self)["grads"][::-1]
            return dx

    found = examine(Mixed("arrays", "grads", None), inputs=(X,), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: arrays[0], arrays[1]" in story(found)


class Leaves:
    """A ReLU that gives nothing back and leaves everything, the gradient by this name."""

    def __init__(self, left: str, factor: float = 1.0) -> None:
        self.left, self.factor = left, factor

    def forward(self, inputs: Array) -> None:
        """Leave y."""
        self.inputs, self.output = inputs, np.maximum(inputs, 0)

    def backward(self, dvalues: Array) -> None:
        """Leave the gradient."""
        vars(self)[self.left] = self.factor * dvalues * (self.inputs > 0)


@pytest.mark.parametrize("left", ["dinputs", "dvalues", "dx"])
@pytest.mark.parametrize(("factor", "wrong"), [(1.0, False), (2.0, True)])
def test_the_gradient_of_x_is_called_after_x_or_after_what_came_in(left: str, factor: float, wrong: bool) -> None:
    """As books and courses do."""
    found = examine(Leaves(left, factor), like="relu", budget="1ms", laws=["reference"])
    assert found.wrong == wrong, story(found)
    assert found.compared
