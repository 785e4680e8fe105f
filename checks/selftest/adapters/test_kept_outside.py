"""A pair whose backward is handed dy alone keeps its state elsewhere: it is taken like an object that keeps its own."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from checks import adapt, examine

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
        (lambda d: d, True),
        (lambda d, _: d, True),
        (partial(lambda d, rate: d * rate, rate=2.0), True),
        (lambda d, x: d * x, False),
        (lambda d, cache=None: d if cache is None else d * cache, False),
        (lambda *given: given[0], False),
    ],
)
def test_a_backward_that_can_be_handed_more_is_a_pair_like_any_other(backward: Callable[..., Any], alone: bool) -> None:
    """What it is handed may be its cache."""
    assert adapt((forward, backward), ("x",)).stateful is alone
