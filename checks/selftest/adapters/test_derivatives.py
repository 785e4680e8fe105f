"""A function and its derivative, which takes no upstream gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 5))

SAID = " is taken for the derivative of "


def sigmoid(z: Array) -> Array:
    """As in every first course."""
    return np.asarray(1 / (1 + np.exp(-z)))


def sigmoid_prime(z: Array) -> Array:
    """Its derivative."""
    return np.asarray(sigmoid(z) * (1 - sigmoid(z)))


def of_y(y: Array) -> Array:
    """The same from what it gave."""
    return np.asarray(y * (1 - y))


def squared_too_soon(z: Array) -> Array:
    """A mistake."""
    return np.asarray(sigmoid(z) * (1 - sigmoid(z) ** 2))


def weighted(x: Array, a: Array) -> Any:
    """A number of two arrays."""
    return np.sum(x**2 * a)


def of_both(x: Array, a: Array) -> tuple[Array, Array]:
    """Its gradients."""
    return 2 * x * a, x**2


SCALED = np.array([2.0])


def kept(x: Array) -> Array:
    """Keeps what its backward needs."""
    SCALED.resize(x.shape, refcheck=False)
    SCALED[...] = x
    return x**2


def from_kept(x: Array) -> Array:
    """Takes dy, by another name."""
    return 2 * SCALED * x


DERIVATIVES: dict[str, tuple[Callable[..., Any], Callable[..., Any], int]] = {
    "of x": (sigmoid, sigmoid_prime, 1),
    "of y": (sigmoid, of_y, 1),
    "of NumPy's": (np.tanh, lambda x: 1 - np.tanh(x) ** 2, 1),
    "of a number": (lambda w: np.sum(w**3), lambda w: 3 * w**2, 1),
    "of two": (weighted, of_both, 2),
}


@pytest.mark.parametrize(("function", "derivative", "count"), DERIVATIVES.values(), ids=DERIVATIVES)
def test_a_derivative_is_multiplied_by_dy(
    function: Callable[..., Any], derivative: Callable[..., Any], count: int
) -> None:
    """A note says so, and how to say otherwise."""
    found = examine((function, derivative), inputs=(X, X + 1)[:count], budget="1ms", laws=["adjoint"])
    assert not found.wrong
    assert any(SAID in note and note.endswith("call that dy") for note in found.notes)


def test_a_wrong_derivative_is_wrong_as_what_it_is() -> None:
    """Its script multiplies, too."""
    told = story(examine((sigmoid, squared_too_soon), inputs=(X,), budget="1ms"))
    assert "dz is the right one times (1 + y)" in told
    assert 'return {"dz": dy * given}' in told


@pytest.mark.parametrize(
    ("forward", "backward"),
    [(lambda x: 3 * x, lambda x: 3 * x), (lambda x: x[::-1], lambda x: x), (kept, from_kept)],
    ids=["linear", "linear and wrong", "a backward of what was kept"],
)
def test_what_may_be_a_backward_of_dy_alone_stays_one(
    forward: Callable[..., Any], backward: Callable[..., Any]
) -> None:
    """Whatever its one parameter is called."""
    found = examine((forward, backward), inputs=(X,), budget="1ms", laws=["adjoint"])
    assert not any(SAID in note for note in found.notes)


def relu(x: Array) -> Array:
    """The function alone."""
    return np.maximum(x, 0)


@pytest.mark.parametrize(
    ("derivative", "wrong"),
    [(lambda x: x > 0, False), (lambda x: np.where(x > 0, 1, 0), False), (lambda x: x > 0.5, True)],
    ids=["truth values", "whole numbers", "wrong"],
)
def test_a_derivative_of_relu_is_one_of_its_family(derivative: Callable[[Array], Array], *, wrong: bool) -> None:
    """Truth values and whole numbers are in the format of dy."""
    found = examine((relu, derivative), "relu", budget="500ms", laws=["reference", "dtype"])
    assert found.wrong == wrong
    assert not found.hazards
    assert any(SAID in note for note in found.notes)
