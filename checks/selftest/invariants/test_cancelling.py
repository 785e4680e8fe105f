"""A backward that cancels is linear in dy but for roundings of what it cancels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

#: Logits, of which rows are one-hot to the last digit once they are multiplied.
LOGITS = np.random.default_rng(0).normal(size=(4, 5))


def hot(times: float, told: Callable[[Array], Array]) -> tuple[Callable[..., object], Callable[..., Array]]:
    """A softmax of many times its argument, whose backward makes this of dy first."""

    def forward(x: Array) -> tuple[Array, Array]:
        powers = np.exp(times * x - (times * x).max(1, keepdims=True))
        y = powers / powers.sum(1, keepdims=True)
        return y, y.copy()

    def backward(dy: Array, y: Array) -> Array:
        up = told(dy)
        return np.asarray(times * y * (up - (up * y).sum(1, keepdims=True)))

    return forward, backward


@pytest.mark.parametrize("times", [100.0, 3000.0])
def test_what_is_left_of_a_saturated_softmax_breaks_no_law(times: float) -> None:
    """Its gradient is 1e-14 there, of terms as large as the factor; roundings of those are left."""
    found = examine(hot(times, lambda dy: dy), inputs=LOGITS, laws=["linearity"], budget="1ms")
    assert not found.wrong, story(found)


@pytest.mark.parametrize("told", [lambda dy: dy.clip(-1, 1), np.abs, lambda dy: dy + 1e-9], ids=["clip", "abs", "more"])
def test_a_backward_that_is_not_linear_is_found_there(told: Callable[[Array], Array]) -> None:
    """Also one that adds a billionth."""
    found = examine(hot(100.0, told), inputs=LOGITS, laws=["linearity"], budget="1ms")
    assert "linearity" in found.findings
