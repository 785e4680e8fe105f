"""A layer of no family is tried far from its example, where what overflows on its way gives no number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array

X = np.linspace(-3, 3, 12).reshape(3, 4)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["special values"]}


def exponentials(x: Array) -> tuple[Array, Array]:
    """A softmax as it stands in books."""
    y = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    return y, y


def shifted(x: Array) -> tuple[Array, Array]:
    """The same of numbers of which the largest is 0."""
    return exponentials(x - x.max(-1, keepdims=True))


def back(dy: Array, y: Array) -> Array:
    """The derivative of either."""
    return np.asarray(y * (dy - (dy * y).sum(-1, keepdims=True)))


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_what_overflows_on_its_way_is_a_hazard(dtype: str) -> None:
    """Infinity over infinity is no share of anything."""
    found = examine((exponentials, back), inputs=(X.astype(dtype),), **QUICK)
    assert not found.wrong
    assert "it overflows on its way, and not in " in found.hazards["special values"].verdict.why


def test_in_pytorch_too() -> None:
    """There float64 is as wide as it gets."""
    x = torch.tensor(X, dtype=torch.float32)
    found = examine(lambda x: torch.log(torch.exp(x).sum(-1)), inputs=(x,), **QUICK)
    assert "it overflows on its way, and not in float64" in found.hazards["special values"].verdict.why


@pytest.mark.parametrize("largest", [1.0, 1.3, 1.45, 1.9])
def test_what_overflows_does_whatever_the_largest_number_is(largest: float) -> None:
    """Powers of two leave a factor of two open, and exp has its edge in the midst of one."""
    found = examine((exponentials, back), inputs=(X * largest / 3,), **QUICK)
    assert "special values" in found.hazards


@pytest.mark.parametrize("sign", [1, -1])
def test_what_overflows_on_one_side_of_0_does_whatever_the_sign_of_the_example(sign: int) -> None:
    """exp(-x) of large numbers is 0, and of negative ones infinite."""

    def backward(dy: Array, x: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(dy * np.exp(-x) / (1 + np.exp(-x)) ** 2)

    sigmoid = (lambda x: (0.5 + np.tanh(x / 2) / 2, x.copy()), backward)
    found = examine(sigmoid, inputs=(sign * (np.abs(X) + 1),), **QUICK)
    assert not found.wrong, story(found)
    assert "it overflows on its way" in found.hazards["special values"].verdict.why


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_what_does_not_overflow_is_right(dtype: str) -> None:
    """However large its arguments are."""
    found = examine((shifted, back), inputs=(X.astype(dtype),), **QUICK)
    assert not found.hazards, story(found)


def test_a_result_that_is_too_large_indeed_is_no_hazard() -> None:
    """Nobody can hold it."""
    pair = (lambda x: (np.exp(x), x), lambda dy, x: dy * np.exp(x))
    assert not examine(pair, inputs=(X,), budget="1ms").hazards.get("special values")


def test_a_layer_that_turns_large_numbers_down_is_not_asked_for_them() -> None:
    """It has a domain."""

    def forward(x: Array) -> tuple[Array, Array]:
        if np.max(np.abs(x)) > 10:
            raise ValueError("beyond 10")
        return np.tanh(x), x

    found = examine((forward, lambda dy, x: dy / np.cosh(x) ** 2), inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)
    assert not found.hazards.get("special values")
