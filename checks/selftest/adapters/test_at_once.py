"""A function that gives a loss and its gradient at once is examined as a forward and a backward, and a note says so."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import UsageError, examine, story
from checks.types import Array

X, W = np.random.default_rng(0).standard_normal((5, 3)), np.random.default_rng(1).standard_normal((3, 2))
Y = np.array([0, 2, 1, 1, 0])
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def softmax_loss(x: Array, y: Array) -> tuple[Any, Array]:
    """As cs231n has it."""
    shares = np.exp(x - x.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    places = np.arange(len(x)), y
    dx = shares.copy()
    dx[places] -= 1
    return -np.log(shares[places]).mean(), dx / len(x)


def forgets_the_mean(x: Array, y: Array) -> tuple[Any, Array]:
    """Adds where it must average."""
    loss, dx = softmax_loss(x, y)
    return loss, dx * len(x)


def regression(x: Array, w: Array) -> tuple[Any, dict[str, Array]]:
    """The same with its gradients by name."""
    y = x @ w
    return 0.5 * (y * y).sum(), {"dx": y @ w.T, "dw": x.T @ y}


def in_order(x: Array, w: Array) -> tuple[Any, ...]:
    """In one row."""
    loss, found = regression(x, w)
    return loss, *found.values()


def swapped(x: Array, w: Array) -> tuple[Any, dict[str, Array]]:
    """The gradient of w lacks its share."""
    loss, found = regression(x, w)
    return loss, {**found, "dw": 2 * found["dw"]}


@pytest.mark.parametrize(
    ("loss", "inputs"),
    [
        (softmax_loss, (X, Y)),
        (partial(softmax_loss, y=Y), (X,)),
        (regression, (X, W)),
        (in_order, {"x": X, "w": W}),
        (softmax_loss, st.tuples(arrays(np.float64, (5, 3), elements=st.floats(-2, 2)), st.just(Y))),
    ],
    ids=["a loss", "a target that is held", "by name", "in order", "a strategy"],
)
def test_a_loss_that_gives_its_gradients_is_a_pair(loss: Any, inputs: Any) -> None:
    """With all of its arguments."""
    found = examine(loss, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert any("gives a number and gradients at once" in note for note in found.notes)


def of_weights(w: Array, X: Array, y: Array, reg: float) -> tuple[Any, Array]:
    """As cs231n has it: no gradient but that of the weights."""
    loss, dx = softmax_loss(X @ w, y)
    return loss + reg * np.sum(w * w), X.T @ dx + 2 * reg * w


def cost_last(w: Array, b: Array, x: Array) -> tuple[dict[str, Array], Any]:
    """As a much visited course has it."""
    given = 1 / (1 + np.exp(-(x @ w + b)))
    return {"dw": x.T @ (given * (1 - given)), "db": (given * (1 - given)).sum(0)}, given.sum()


def cost_last_halved(w: Array, b: Array, x: Array) -> tuple[dict[str, Array], Any]:
    """A gradient lacks a half."""
    found, cost = cost_last(w, b, x)
    return {**found, "db": found["db"] / 2}, cost


@pytest.mark.parametrize(
    ("loss", "inputs", "wrong", "held"),
    [
        (of_weights, {"w": np.repeat(W, 2, axis=1), "X": X, "y": Y, "reg": 0.1}, None, "X"),
        (cost_last, {"w": W, "b": W[0], "x": X}, None, "x"),
        (cost_last_halved, {"w": W, "b": W[0], "x": X}, "db", "x"),
    ],
)
def test_data_beside_which_gradients_are_given_are_held(loss: Any, inputs: Any, wrong: str | None, held: str) -> None:
    """Nobody trains them: the headline names what is not examined; the loss may come last."""
    found = examine(loss, inputs=inputs, **QUICK)
    assert {each.verdict.of for each in found.findings.values()} == ({wrong} if wrong else set()), story(found)
    assert f"NOT EXAMINED: {held}" in story(found).splitlines()[0]


def with_shares(scores: Array, y: Array) -> tuple[Any, Array, Array]:
    """The shares of each class stand behind the gradient of the scores, in the shape of the labels."""
    shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    loss = -np.sum(y * np.log(shares))
    dscores = shares * y.sum(1, keepdims=True) - y
    return loss, dscores, shares


def with_their_gradient(scores: Array, y: Array) -> tuple[Any, Array, Array]:
    """A gradient of the labels stands there, and a wrong one."""
    loss, dscores, shares = with_shares(scores, y)
    dy = 2 * -np.log(shares)
    return loss, dscores, dy


def with_two_returns(scores: Array, y: Array) -> tuple[Any, Array, Array]:
    """The same, under names that differ from one return to the other."""
    loss, dscores, dy = with_their_gradient(scores, y)
    if len(scores) > 1:
        return loss, dscores, dy
    found = dy
    return loss, dscores, found


@pytest.mark.parametrize(
    ("loss", "wrong"), [(with_shares, set()), (with_their_gradient, {"dy"}), (with_two_returns, {"dy"})]
)
def test_what_stands_behind_a_gradient_is_that_of_labels_by_its_name_alone(loss: Any, wrong: set[str]) -> None:
    """What a function returns under another name is nothing of theirs."""
    found = examine(loss, inputs={"scores": X, "y": np.eye(3)[Y]}, **QUICK)
    assert {each.verdict.of for each in found.findings.values()} == wrong, story(found)


def test_a_script_takes_a_loss_that_comes_last_apart() -> None:
    """As the function gives it."""
    found = examine(cost_last_halved, inputs={"w": W, "b": W[0], "x": X}, **QUICK)
    assert "*saved, y = ahead(w, b, x=" in story(found)


@pytest.mark.parametrize(("loss", "inputs"), [(forgets_the_mean, (X, Y)), (swapped, (X, W))])
def test_a_wrong_gradient_of_such_a_loss_is_found(loss: Any, inputs: Any) -> None:
    """As of any pair."""
    assert examine(loss, inputs=inputs, **QUICK).wrong


def by_layers(weights: list[Array], x: Array) -> tuple[Any, list[Array]]:
    """A network of two layers whose weights are in a list, as are their gradients."""
    first, second = weights
    h = np.tanh(first @ x)
    y = second @ h
    back = second.T @ y * (1 - h**2)
    return np.sum(y**2) / 2, [np.outer(back, x), np.outer(y, h)]


def halved(weights: list[Array], x: Array) -> tuple[Any, list[Array]]:
    """The second gradient lacks a half."""
    loss, (first, second) = by_layers(weights, x)
    return loss, [first, second / 2]


@pytest.mark.parametrize(("loss", "wrong"), [(by_layers, None), (halved, "dweights[1]")])
def test_gradients_in_a_list_are_those_of_arguments_in_a_list(loss: Any, wrong: str | None) -> None:
    """Of other lengths each; what has none is said."""
    rng = np.random.default_rng(2)
    inputs = [rng.standard_normal((4, 3)), rng.standard_normal((2, 4))], X[4]
    supports = {"gradients": "weights"}
    found = examine(loss, inputs=inputs, supports=supports, budget="1ms", laws=["adjoint"])
    assert found.wrong == bool(wrong), story(found)
    assert {each.verdict.of for each in found.findings.values()} == ({wrong} if wrong else set())


def test_a_function_that_gives_no_gradient_says_what_to_write() -> None:
    """A pair."""
    with pytest.raises(
        UsageError, match=r"is no layer .* gives a loss and its gradients at once .examine\(\(lambda x: lo"
    ):
        examine(lambda x: x * x, inputs=(X,), **QUICK)
