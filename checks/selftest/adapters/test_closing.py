"""One function that gives y and the function that goes back from there is a pair."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from checks import adapt, examine, story
from checks.adapters.methods import Methods, methods_of
from checks.adapters.one_layer import one_layer
from checks.selftest.adapters.agreement import ARRAYS, CONFIG, assert_agrees
from checks.types import Array
from reference_impl import conv_backward, conv_forward

X, W = np.random.default_rng(0).standard_normal((4, 3)), np.ones((3, 2))


def conv(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Any:
    """By a lambda, in a tuple."""
    y, saved = conv_forward(x, w, b, stride=stride, padding=pad)
    return y, lambda dy: tuple(conv_backward(dy, saved))


def product(x: Any, w: Any, factor: float = 1.0) -> Any:
    """By a function of its own, in a dictionary; ``factor`` is right at 1."""

    def pullback(g: Any) -> Any:
        return {"x": g @ w.T, "w": factor * x.T @ g}

    return x @ w, pullback


def test_it_is_called_once_and_what_it_gives_goes_back() -> None:
    """Its gradients are the reference's; a script calls it so."""
    subject = assert_agrees(conv)
    assert subject.preamble is not None
    assert "    given = saved(dy)\n" in subject.preamble(ARRAYS, CONFIG)
    assert "import conv as ahead\n" in subject.preamble(ARRAYS, CONFIG)


@pytest.mark.parametrize("tensor", [np.array, torch.tensor])
def test_it_is_examined_on_examples(tensor: Any) -> None:
    """On tensors, too, which nobody differentiates then."""
    asked: dict[str, Any] = {"inputs": (tensor(X), tensor(W)), "budget": "1ms", "laws": ["adjoint"]}
    found = examine(product, **asked)
    assert not found.wrong, story(found)
    assert found.compared
    wrong = examine(partial(product, factor=2.0), **asked)
    assert wrong.findings["adjoint"].verdict.of == "dw"


class Model:
    """As of a library: what its steps give follows from what it was built with."""

    def __init__(self, step: Any) -> None:
        self.step = step

    def begin_update(self, x: Array) -> Any:
        """Y and the function that goes back."""
        return self.step(x)


@pytest.mark.parametrize(("factor", "wrong"), [(3, False), (2, True)])
def test_who_defines_the_function_that_goes_back_need_not_be_known(factor: int, wrong: bool) -> None:
    """A call with the example shows it, where no code does."""
    model = Model(lambda x: (x**3, lambda dy: factor * dy * x**2))

    def unpacked(x: Array) -> Any:
        y, back = model.begin_update(x)
        return y, back

    for layer in (unpacked, model.begin_update):
        found = examine(layer, inputs=(X,), budget="1ms", laws=["adjoint"])
        assert found.compared
        assert found.wrong is wrong, story(found)


def test_one_that_was_never_called_has_a_script() -> None:
    """In which what it gives is called."""
    subject = adapt(conv)
    assert subject.preamble is not None
    assert "def backward(dy, saved):\n    return saved(dy)" in subject.preamble(ARRAYS, CONFIG)


def counted(x: Any, w: Any, factor: float = 1.0) -> Any:
    """Product's y, copied, and its function."""
    y, pullback = product(x, w, factor)
    doubled = np.copy(y)
    return doubled, pullback


def whole(x: Any, w: Any, factor: float = 1.0) -> Any:
    """All that another function hands on."""
    return counted(x, w, factor)


def around() -> Any:
    """The same in a closure."""
    inner = whole

    def layer(x: Any, w: Any, factor: float = 1.0) -> Any:
        y, goes_back = inner(x, w, factor)
        return y, goes_back

    return layer


@pytest.mark.parametrize("layer", [counted, whole, around()], ids=["in part", "whole", "of a closure"])
def test_one_that_hands_on_what_another_function_gives_is_one_too(layer: Any) -> None:
    """However many stand between."""
    asked: dict[str, Any] = {"inputs": (X, W), "budget": "1ms", "laws": ["adjoint"]}
    found = examine(layer, **asked)
    assert not found.wrong, story(found)
    assert found.compared
    assert examine(partial(layer, factor=2.0), **asked).findings["adjoint"].verdict.of == "dw"


def saved_only(x: Array) -> Any:
    """What another saves is no function."""
    y, kept = saving(x)
    return y, kept


def first_only(x: Array) -> Any:
    """Another function's y, and no more."""
    y, _ = product(x, x.T)
    return y, x


def of_itself(x: Array) -> Any:
    """It calls itself, and nobody gives a function."""
    y, kept = of_itself(x)
    return y, kept


def one(x: Array) -> Any:
    """Y alone, beside functions that it defines."""

    def inner(each: Array) -> Array:
        return each * 2

    return inner(x)


def saving(x: Array) -> Any:
    """y, and what is saved."""
    squared = [each * each for each in x]
    return np.asarray(squared), x


def of_two(x: Array) -> Any:
    """A function of two arguments is no backward."""
    return x, lambda dy, other: dy * other


@pytest.mark.parametrize("function", [one, saving, of_two, saved_only, first_only, of_itself, np.tanh])
def test_others_are_as_they_are(function: Callable[..., Any]) -> None:
    """No pair is made of them."""
    assert one_layer(function) is function


class Called:
    """An object that is called, and whose grad says that it takes dy."""

    def __call__(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return np.tanh(x)

    def grad(self, upstream: Array) -> Array:
        """Of the last call."""
        dx: Array = upstream * (1 - np.tanh(self.x) ** 2)
        return dx


class Derived(Called):
    """Whose grad takes x again, and gives the derivative there."""

    def grad(self, z: Array) -> Array:
        """No gradient."""
        return super().grad(z)


def test_grad_is_a_backward_where_it_says_that_it_takes_dy() -> None:
    """Many give derivatives by that name."""
    assert methods_of(Called()) == Methods("__call__", "grad")
    assert methods_of(Derived()) is None
    found = examine(Called(), inputs=X, budget="1ms")
    assert not found.wrong, story(found)
