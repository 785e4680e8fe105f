"""Pairs and functions that take whatever follows by position: ``forward(x, *weights)``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

X = np.array([[1.0, -2.0, 0.3], [3.0, 0.5, -1.5]])
FIRST, SECOND = np.linspace(-1, 2, 6).reshape(3, 2), np.linspace(2, -1, 8).reshape(2, 4)
LAWS = ["finite differences"]


def forward(x: Array, *weights: Array) -> tuple[Array, Any]:
    """One product after another."""
    every = [x]
    for weight in weights:
        every.append(every[-1] @ weight)
    return every[-1], (every, weights)


def backward(dy: Array, saved: Any) -> tuple[Array, ...]:
    """A gradient for each of them."""
    every, weights = saved
    found = list[Array]()
    for x, weight in zip(every[-2::-1], weights[::-1], strict=True):
        found.append(x.T @ dy)
        dy = dy @ weight.T
    return (dy, *found[::-1])


def in_a_list(dy: Array, saved: Any) -> tuple[Array, list[Array]]:
    """Those of the weights together."""
    dx, *others = backward(dy, saved)
    return dx, others


def wrong_second(dy: Array, saved: Any) -> tuple[Array, ...]:
    """Twice that of the second weight."""
    dx, first, second = backward(dy, saved)
    return dx, first, 2 * second


@pytest.mark.parametrize("back", [backward, in_a_list])
@pytest.mark.parametrize("inputs", [(X, FIRST, SECOND), {"x": X, "weights": (FIRST, SECOND)}])
def test_each_array_of_the_rest_is_examined(back: Any, inputs: Any) -> None:
    """By position, or in a tuple under the name of the rest."""
    found = examine((forward, back), inputs=inputs, budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert {of for case in found.judged for of in case.arguments} == {"x", "weights_0", "weights_1"}


def test_a_wrong_one_is_named_by_its_place() -> None:
    """Counted from 0."""
    found = examine((forward, wrong_second), inputs=(X, FIRST, SECOND), budget="1ms", laws=LAWS)
    assert {each.verdict.of for each in found.findings.values()} == {"dweights_1"}


def labelled(x: Array, *rest: Array) -> tuple[Array, Any]:
    """Some of the rest are places."""
    weight, places = rest
    return (x @ weight)[:, places], (x, weight, places)


def of_labelled(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Of which there is no gradient."""
    x, weight, places = saved
    inner = dy @ np.eye(weight.shape[1], dtype=dy.dtype)[places]
    return inner @ weight.T, x.T @ inner


def test_what_has_no_gradient_among_the_rest_is_held() -> None:
    """As an argument with a name of its own is."""
    found = examine((labelled, of_labelled), inputs=(X, FIRST, np.array([0, 1, 0])), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "held at its value, since the backward gives no gradient of it: rest_1" in story(found)


def test_a_function_may_take_a_rest_behind_an_argument_with_a_default() -> None:
    """Nobody can name it then: the error is as ever."""

    def odd(x: Array, scale: float = 1.0, *rest: Array) -> tuple[Array, Any]:
        return x * scale * rest[0], (x, rest)

    with pytest.raises(Exception, match="inputs has 3 arrays"):
        examine((odd, backward), inputs=(X, X, X), budget="1ms")
