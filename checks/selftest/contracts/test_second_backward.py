"""Why a second backward on one forward gives something else, where that can be seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks.claim import Claim
from checks.compare import compare
from checks.invariants.saved_state import SavedState
from checks.invariants.second_backward import ADDED, WRITTEN
from checks.opening import opened
from checks.types import Array
from checks.witness import Trial

X = np.random.default_rng(0).standard_normal((3, 4))


def summed(x: Array) -> tuple[Array, dict[str, Array]]:
    """The square, with room for its gradient."""
    return x**2, {"x": x, "dx": np.zeros_like(x)}


def adds(dy: Array, saved: dict[str, Array]) -> Array:
    """``+=`` into that room."""
    saved["dx"] += 2 * saved["x"] * dy
    return saved["dx"].copy()


def saving(x: Array) -> tuple[Array, Array]:
    """Tanh, which keeps y."""
    return np.tanh(x), np.tanh(x)


def overwrites(dy: Array, y: Array) -> Array:
    """(1 - y y) dy, computed in the place of y."""
    y *= -y
    y += 1
    y *= dy
    return y.copy()


def keeping(x: Array) -> tuple[Array, dict[str, Array]]:
    """Sine, with room for what its backward makes of dy."""
    return np.sin(x), {"x": x.copy()}


def remembers(dy: Array, saved: dict[str, Array]) -> Array:
    """The gradient of the first dy, whatever comes later."""
    if "dx" not in saved:
        saved["dx"] = dy * np.cos(saved["x"])
    return saved["dx"].copy()


def broken(forward: Any, backward: Any, x: Array, dy: Array | None = None) -> list[Claim]:
    """What the law finds wrong of a pair."""
    examination, limits = opened((forward, backward), "", None, (X,))
    case = next(iter(limits.family.sweep(0, 1))).holding("x", x)
    case = case if dy is None else case.holding("dy", dy)
    claims = SavedState().claims(Trial(examination.subject, examination.family, case))
    return [claim for claim in claims if compare(claim).status == "wrong"]


@pytest.mark.parametrize(("forward", "backward", "why"), [(summed, adds, ADDED), (saving, overwrites, WRITTEN)])
def test_what_a_second_backward_meets_is_told(forward: Any, backward: Any, why: str) -> None:
    """The sum of both gradients, or what the first one wrote."""
    assert any(why in claim.why for claim in broken(forward, backward, X))


def test_a_backward_that_gives_the_gradient_of_the_first_dy_again_is_wrong() -> None:
    """With the same dy once more it is right: half of that tells."""
    assert broken(keeping, remembers, X)


def test_numbers_that_sum_by_chance_are_no_sum_of_gradients() -> None:
    """At x = 0 and dy = 1 the first gradient is -1 and the second, from 1 - 1, is 0."""
    found = broken(saving, overwrites, np.zeros_like(X), np.ones_like(X))
    assert any(WRITTEN in claim.why for claim in found)
    assert not any(ADDED in claim.why for claim in found)
