"""A layer that stays the same where all numbers of x move alike is tried far from 0, where squares cancel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array

RNG = np.random.default_rng(0)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["special values", "repeatable"]}


def _normed(x: Array, variance: Array) -> tuple[Array, Array]:
    scale = 1 / np.sqrt(variance + 1e-5)
    return (x - x.mean(-1, keepdims=True)) * scale, scale


def stable(x: Array) -> tuple[Array, Any]:
    """Layer normalization by the mean square of what is off the mean."""
    y, scale = _normed(x, x.var(-1, keepdims=True))
    return y, (y, scale)


def cancelling(x: Array) -> tuple[Array, Any]:
    """The same by the mean square less the square of the mean."""
    y, scale = _normed(x, (x * x).mean(-1, keepdims=True) - x.mean(-1, keepdims=True) ** 2)
    return y, (y, scale)


def back(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Right for both."""
    y, scale = saved
    dx: Array = scale * (dy - dy.mean(-1, keepdims=True) - y * (dy * y).mean(-1, keepdims=True))
    return dx


def keeping(x: Array) -> tuple[Array, Array]:
    """The stable forward, which leaves x alone to its backward."""
    return stable(x)[0], x


def cancelling_back(dy: Array, x: Array) -> Array:
    """A backward that computes the variance again, the other way."""
    with np.errstate(invalid="ignore"):
        return back(dy, cancelling(x)[1])


def differences(x: Array) -> tuple[Array, None]:
    """Each number less the one before."""
    return np.diff(x), None


def back_of_differences(dy: Array, _: None) -> Array:
    """Its derivative."""
    return -np.diff(dy, prepend=0, append=0)


WRONG: dict[str, Any] = {"forward": (cancelling, back), "backward": (keeping, cancelling_back)}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("where", WRONG)
def test_a_variance_by_a_difference_of_squares_is_a_hazard(where: str, dtype: str) -> None:
    """Right near 0, where the example lies."""
    with np.errstate(invalid="ignore"):
        found = examine(WRONG[where], inputs=(RNG.normal(size=(4, 16)).astype(dtype),), **QUICK)
    assert not found.wrong, story(found)
    assert "which changes nothing where they move by" in found.hazards["special values"].verdict.why
    assert "  danger   digits are lost for numbers far from 0" in story(found)
    assert "a NaN or an infinity" not in story(found)


RIGHT: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "layer normalization": ((stable, back), (RNG.normal(size=(4, 16)),)),
    "far away": ((stable, back), (1000 + RNG.normal(size=(4, 16)),)),
    "in float32": ((stable, back), (RNG.normal(size=(4, 16)).astype(np.float32),)),
    "batch normalization": (torch.nn.BatchNorm1d(5), (torch.tensor(RNG.normal(size=(6, 5)), dtype=torch.float32),)),
    "group normalization": (torch.nn.GroupNorm(2, 4), (torch.tensor(RNG.normal(size=(2, 4, 5)), dtype=torch.float32),)),
    "softmax": (torch.nn.Softmax(-1), (torch.tensor(RNG.normal(size=(3, 5))),)),
    "differences": ((differences, back_of_differences), (RNG.normal(size=6),)),
    "tanh": (torch.tanh, (torch.tensor(RNG.normal(size=(3, 5))),)),
}


@pytest.mark.parametrize("layer", RIGHT)
def test_a_stable_layer_is_no_hazard(layer: str) -> None:
    """Nor one that does not stay the same."""
    subject, inputs = RIGHT[layer]
    found = examine(subject, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert "special values" not in found.hazards, story(found)
