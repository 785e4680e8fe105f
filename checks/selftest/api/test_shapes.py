"""Gradients whose shape is not exactly that of their argument: always wrong, and their numbers are compared as well."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

RNG = np.random.default_rng(0)
X, W, ROW = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 5)), RNG.standard_normal((1, 5))
QUICK: dict[str, Any] = {"budget": "1ms"}


def affine(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """The product of x and w, plus b."""
    return x @ w + b, (x.copy(), w.copy())


def backward(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """Right, but that db has lost an axis."""
    x, w = saved
    return dy @ w.T, x.T @ dy, dy.sum(0)


def doubled(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """The same with twice the right dw."""
    dx, dw, db = backward(dy, saved)
    return dx, 2 * dw, db


def doubled_bias(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """The same with twice the right db."""
    dx, dw, db = backward(dy, saved)
    return dx, dw, 2 * db


def summed(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """One number in place of db: it broadcasts to b, and is none of its gradients."""
    dx, dw, db = backward(dy, saved)
    return dx, dw, db.sum(keepdims=True)


def test_an_axis_of_length_one_too_few_is_wrong_by_shape_alone() -> None:
    """And all numbers are compared."""
    found = examine((affine, backward), inputs=(X, W, ROW), **QUICK)
    assert set(found.findings) == {"shape"}, story(found)
    assert found.compared
    assert "db has shape (5,); expected exactly (1, 5): one that broadcasts to it is not enough" in story(found)


@pytest.mark.parametrize("wrong", [doubled, doubled_bias])
def test_it_hides_no_other_mistake(wrong: Any) -> None:
    """Of another gradient, or of its own numbers."""
    found = examine((affine, wrong), inputs=(X, W, ROW), **QUICK)
    assert {"shape", "finite differences"} <= set(found.findings), story(found)
    assert not examine((affine, backward), inputs=(X, W, ROW[0]), **QUICK).wrong


def test_numbers_of_another_count_are_not_compared() -> None:
    """Nobody knows which belongs to which."""
    found = examine((affine, summed), inputs=(X, W, ROW[0]), **QUICK)
    assert set(found.findings) == {"shape"}
    assert not found.compared
