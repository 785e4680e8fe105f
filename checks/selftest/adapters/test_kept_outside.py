"""A pair whose backward is handed dy alone keeps its state elsewhere: it is taken like an object that keeps its own."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np
import pytest

from checks import adapt, examine
from checks.adapters.self_contained import self_contained

X = np.random.default_rng(0).normal(size=(4, 5))

KEPT: dict[str, Any] = {}


def forward(x: Any) -> Any:
    """Give y, and keep x."""
    KEPT["x"] = x
    return np.sin(x)


def backward(d: Any) -> Any:
    """Go back from the last forward."""
    return d * np.cos(KEPT["x"])


def test_its_order_of_calls_is_a_hazard_and_the_note_says_what_to_do() -> None:
    """As that of an object."""
    found = examine((forward, backward), inputs=X, budget="0.5s")
    assert not found.wrong
    assert "saved state" in found.hazards
    assert any("where the forward gives (y, cache), and backward(d, cache) takes it" in said for said in found.notes)


def test_its_wrong_gradient_is_wrong_by_its_numbers_alone() -> None:
    """No law between calls is told beside them."""
    found = examine((forward, lambda d: d * np.sin(KEPT["x"])), inputs=X, budget="0.5s")
    assert {"finite differences", "adjoint"} <= set(found.findings)
    assert "saved state" not in found.findings


@pytest.mark.parametrize(
    ("backward", "alone"),
    [
        (lambda d: d * len(KEPT), True),
        (lambda d, _: d * len(KEPT), True),
        (lambda d: d, False),
        (lambda d, _: np.add(d, 0), False),
        (partial(lambda d, rate: d * rate, rate=2.0), True),
        (lambda d, x: d * x, False),
        (lambda d, cache=None: d if cache is None else d * cache, False),
        (lambda *given: given[0], False),
    ],
)
def test_a_backward_that_can_be_handed_more_is_a_pair_like_any_other(backward: Callable[..., Any], alone: bool) -> None:
    """What it is handed may be its cache."""
    assert adapt((forward, backward), ("x",)).stateful is alone


def test_nothing_lies_outside_of_a_pair_whose_backward_needs_nothing() -> None:
    """Its forward gives (y, None), and nobody says that it is taken like an object."""
    pair = (lambda a, b: (a + b, None)), (lambda dy, _: (dy.copy(), dy.copy()))
    found = examine(pair, inputs=(X, X[::-1].copy()), budget="1ms")
    assert not found.wrong
    assert not [said for said in found.notes if "lies outside of the pair" in said]


def keeping(dy: Any, kept: dict[str, Any] = {}) -> Any:  # noqa: B006 - what somebody may write
    """What a default holds."""
    return dy * len(kept)


def importing(dy: Any) -> Any:
    """What a module holds that is imported on the way."""
    import sys

    return dy * len(sys.argv)


@pytest.mark.parametrize(
    ("function", "alone"),
    [
        (lambda dy: np.where(dy > 0, 2.0 * dy, abs(dy)), True),
        (lambda dy: dy * len(X), False),
        (lambda dy: [dy * each for each in KEPT], False),
        (lambda dy: dy * len(globals()), False),
        (lambda dy: dy * len(pytest.__file__), False),
        (lambda dy: dy * KEPT.get("x", forward), False),
        (wraps(keeping)(lambda dy: dy), False),
        (keeping, False),
        (importing, False),
        (np.negative, False),
    ],
)
def test_what_could_keep_a_state_is_known_by_its_kind(function: Any, alone: bool) -> None:
    """Known libraries and constants keep none; arrays, other functions and modules may."""
    assert self_contained(function) is alone
