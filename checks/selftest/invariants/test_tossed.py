"""Ties that are broken at random are a hazard of ``repeatable``; gradients that no choice gives are wrong as ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.invariants.tossed import TOSSED
from checks.types import Array
from reference_impl import max_pool_backward, max_pool_forward

X = np.random.default_rng(0).integers(0, 2, (4, 6)).astype(float)

#: Which of two cells gets dy, given the two, those that are tied, and two coins.
Choice = Callable[[Array, Array, Array], Array]


def one(first: Array, is_tied: Array, coin: Array) -> Array:
    """The first, or at ties any of both."""
    return np.where(is_tied, coin, first)


def loser(first: Array, is_tied: Array, coin: Array) -> Array:
    """At ties the first; elsewhere any of both."""
    return np.where(is_tied, True, first ^ (coin & (np.arange(coin.shape[-1]) == 1)))


def pairs(choice: Choice, more: float = 0.0) -> Any:
    """Max pooling of neighbours; ``more`` is what the other one of a tie gets beside it."""
    rng = np.random.default_rng(0)

    def forward(x: Array) -> tuple[Array, tuple[Array, Array]]:
        left, right = x[..., ::2], x[..., 1::2]
        return np.maximum(left, right), (
            choice(left >= right, left == right, rng.random(left.shape) < 0.5),
            left == right,
        )

    def backward(dy: Array, saved: tuple[Array, Array]) -> Array:
        first, is_tied = saved
        dx = np.zeros((*dy.shape[:-1], 2 * dy.shape[-1]), dy.dtype)
        dx[..., ::2] = dy * np.where(first, 1.0, more * is_tied)
        dx[..., 1::2] = dy * np.where(first, more * is_tied, 1.0)
        return dx

    return forward, backward


def test_a_choice_among_tied_cells_that_is_another_at_each_call_is_a_hazard() -> None:
    """It says so, and the values are judged."""
    found = examine(pairs(one), inputs=X, budget="1s")
    assert not found.wrong, story(found)
    assert "repeatable" in found.hazards
    assert TOSSED in story(found)
    assert examine(pairs(one), inputs=X, budget="1s", deny=["repeatable"]).wrong


@pytest.mark.parametrize("layer", [pairs(one, 1.0), pairs(loser)], ids=["both cells get it", "one that did not win"])
def test_a_random_choice_that_is_no_valid_one_is_wrong(layer: Any) -> None:
    """Two of them get dy, or one that is no winner."""
    assert examine(layer, inputs=X, budget="1s").wrong


def test_a_choice_that_changes_with_the_layout_alone_is_wrong_by_it() -> None:
    """It is no chance."""

    def forward(x: Array) -> tuple[Array, Array]:
        left, right = x[..., ::2], x[..., 1::2]
        return np.maximum(left, right), (left >= right if x.flags.c_contiguous else left > right)

    def backward(dy: Array, first: Array) -> Array:
        return np.stack([dy * first, dy * ~first], -1).reshape(*dy.shape[:-1], -1)

    assert "layout" in examine((forward, backward), inputs=X, budget="1s").findings


def flipping(rng: Any, both: float = 0.0) -> Any:
    """Max pooling that takes, plane by plane, the first of tied cells or the last; wrong with a part of the other."""
    axes = (2, 3)

    def forward(x: Array, kernel_size: Any, stride: Any, padding: Any) -> tuple[Array, Any]:
        settings = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
        y, first = max_pool_forward(x, **settings)
        _, last = max_pool_forward(np.flip(x, axes), **settings)
        return y, (first, last, np.asarray(rng.random((*x.shape[:2], 1, 1))) < 0.5)

    def backward(dy: Array, saved: Any) -> Array:
        first, last, coin = saved
        of_first = max_pool_backward(dy, first)
        of_last = np.flip(max_pool_backward(np.flip(dy, axes), last), axes)
        chosen, other = np.where(coin, of_first, of_last), np.where(coin, of_last, of_first)
        return np.asarray(chosen + (both * other * (chosen == 0)).astype(dy.dtype))

    return forward, backward


@pytest.mark.parametrize("rng", [np.random.default_rng(0), np.random], ids=["its own", "NumPy's"])
def test_a_pooling_layer_that_breaks_ties_at_random_is_right(rng: Any) -> None:
    """With a hazard in place of a convention, also where its numbers are the same for each forward of a case."""
    asked: dict[str, Any] = {
        "like": "max_pool2d",
        "budget": "1s",
        "supports": {"asymmetric": False, "remainder": 0, "axes": 2},
    }
    found = examine(flipping(rng), **asked, laws=["kinks"])
    assert not found.wrong, story(found)
    assert "repeatable" in found.hazards
    assert TOSSED in story(found)
    assert "kinks" in examine(flipping(rng, 1.0), **asked, laws=["kinks"]).findings
