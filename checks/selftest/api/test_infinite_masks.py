"""A mask that is added has infinities, and is held where the backward gives no gradient of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.types import Array

X = np.random.default_rng(0).normal(size=(4, 4))
MASK = np.where(np.tril(np.ones((4, 4))) > 0, 0.0, -np.inf)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def softmax(x: Array, mask: Array) -> tuple[Array, Array]:
    """Of what may be seen."""
    z = np.exp(x + mask - (x + mask).max(-1, keepdims=True))
    y = z / z.sum(-1, keepdims=True)
    return y, y.copy()


def back(dy: Array, y: Array) -> tuple[Array, None]:
    """Nothing for the mask."""
    return y * (dy - (dy * y).sum(-1, keepdims=True)), None


def back_of_all(dy: Array, y: Array) -> tuple[Array, None]:
    """Without the weights of the sum."""
    return y * (dy - dy.sum(-1, keepdims=True)), None


def back_of_both(dy: Array, y: Array) -> tuple[Array, Array]:
    """The mask's, too."""
    dx, _ = back(dy, y)
    return dx, dx.copy()


@pytest.mark.parametrize(("backward", "wrong"), [(back, False), (back_of_all, True)])
def test_a_mask_with_infinities_is_held_as_it_is(backward: Callable[..., Any], wrong: bool) -> None:
    """A note says so, and no case has it among its arrays."""
    found = examine((softmax, backward), inputs=(X, MASK), **QUICK)
    assert found.wrong is wrong, story(found)
    assert "held at its value, since the backward gives no gradient of it: mask=float64 of shape (4, 4)" in found.notes
    assert all({*case.shapes} == {"x", "dy"} for case in found.judged)


@pytest.mark.parametrize(
    ("backward", "inputs", "name"), [(back_of_both, (X, MASK), "mask"), (back, (MASK, X), "x")], ids=["mask", "x"]
)
def test_infinities_of_which_there_is_a_gradient_are_turned_down(
    backward: Callable[..., Any], inputs: tuple[Array, ...], name: str
) -> None:
    """With three ways to give a mask."""
    with pytest.raises(UsageError, match=rf"{name}\[0, 1\] is -inf; expected finite numbers") as info:
        examine((softmax, backward), inputs=inputs, **QUICK)
    assert f"(functools.partial(forward, {name}={name}), backward)" in str(info.value)
    assert str(info.value).endswith(", or has -1e30 in the place of -inf, or is one of truth values")


def test_what_is_no_number_is_turned_down_without_a_word_of_masks() -> None:
    """No mask holds it."""
    with pytest.raises(UsageError, match=r"mask\[0, 1\] is nan; expected finite numbers") as info:
        examine((softmax, back), inputs=(X, np.where(MASK < 0, np.nan, 0.0)), **QUICK)
    assert "truth values" not in str(info.value)
