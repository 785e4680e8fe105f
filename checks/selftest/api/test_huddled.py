"""Numbers close together: a floor that a backward does not take as its forward does is seen there alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families.degenerate import CLOSE, HUDDLED, degenerate
from checks.smooth import directional
from checks.types import Array, Arrays

#: Each of them is about what becomes of an example that is varied, and bends so close by that all steps are needed.
pytestmark = pytest.mark.usefixtures("every_variation", "every_step")

X = np.random.default_rng(0).normal(size=(3, 5))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "adjoint", "linearity"]}

#: The example with its numbers close together.
CASES = [
    f'unclaimed(x=(3,5), dy=(3,5); ; dtype="float64", data="given", span={HUDDLED}, unit=1, seed={seed})'
    for seed in range(3)
]

#: What a deviation is divided by, from the variance of its row or column.
Scale = Callable[[Array], Array]


def pair(axis: int, there: Scale, back: Scale, *, squares: bool = False) -> Any:
    """A normalization along an axis, whose forward and backward each have a scale; by squares, if need be."""

    def forward(x: Array) -> Any:
        mean = x.mean(axis, keepdims=True)
        variance = (
            (x * x).mean(axis, keepdims=True) - mean**2 if squares else ((x - mean) ** 2).mean(axis, keepdims=True)
        )
        return (x - mean) / there(variance), (x - mean, variance)

    def backward(dy: Array, saved: Any) -> Array:
        deviation, variance = saved
        scale, slope = back(variance), (deviation * dy).mean(axis, keepdims=True)
        dx = (dy - dy.mean(axis, keepdims=True) - deviation * slope / scale**2) / scale
        return np.asarray(dx)

    return forward, backward


def root(variance: Array) -> Array:
    """Without anything."""
    return np.sqrt(variance)


def root_and_epsilon(variance: Array) -> Array:
    """As in PyTorch."""
    return np.sqrt(variance + 1e-5)


def root_and_less(variance: Array) -> Array:
    """As some have it."""
    return np.sqrt(variance + 1e-12)


def root_or_floor(variance: Array) -> Array:
    """Not below a floor."""
    return np.maximum(np.sqrt(variance), 1e-3)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(("there", "back"), [(root, root_or_floor), (root_or_floor, root), (root_or_floor,) * 2])
def test_a_floor_that_one_side_takes_no_notice_of_is_a_hazard(axis: int, there: Scale, back: Scale) -> None:
    """The numbers of the example have too much spread to show it."""
    found = examine(pair(axis, there, back), inputs=(X,), cases=CASES, **QUICK)
    assert not found.wrong, story(found)
    assert "with the numbers of each argument close together" in found.hazards["adjoint"].verdict.why
    as_given = [case.replace(f"span={HUDDLED}", "span=1") for case in CASES]
    assert not examine(pair(axis, there, back), inputs=(X,), cases=as_given, **QUICK).hazards


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("squares", [False, True])
@pytest.mark.parametrize("scale", [root, root_and_epsilon, root_and_less])
def test_a_scale_that_both_sides_share_is_right(axis: int, squares: bool, scale: Scale) -> None:
    """Also where the variance is a difference of squares, nearly all of which cancels."""
    found = examine(pair(axis, scale, scale, squares=squares), inputs=(X + 2,), cases=CASES, **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)


def test_an_example_is_tried_with_its_numbers_close_together() -> None:
    """Unasked."""
    found = examine(pair(1, root, root), inputs=(X,), budget="1ms", laws=["linearity"])
    assert HUDDLED in {case.span for case in found.judged}


def test_numbers_close_together_lie_between_those_given() -> None:
    """None beyond them, and none so far from 0 that another format would not have taken it."""
    (near,) = degenerate({"x": X}, HUDDLED).values()
    assert X.min() <= near.min() < near.max() <= X.max()
    assert 0 < np.ptp(near) <= CLOSE * np.max(np.abs(X)) * (1 + 1e-9)
    assert np.array_equal(np.argsort(near, axis=None), np.argsort(X, axis=None))


@pytest.mark.parametrize("value", [X.astype(np.float32), X[:, :3], X + 1j, np.ones((2, 3)), np.zeros((0, 3))])
def test_numbers_that_may_not_come_closer_stay_as_they_are(value: Array) -> None:
    """Of fewer digits, of a matrix that may be there to be inverted, of complex ones, and where nothing lies apart."""
    assert degenerate({"x": value}, HUDDLED)["x"] is value


def test_a_layer_that_takes_the_mean_off_sees_the_last_digits_of_numbers_close_together() -> None:
    """They would all move by the same where each is moved by the same share of itself."""
    x = 2.5 + np.random.default_rng(1).normal(size=(2, 6)) / 2**13

    def correlation(arrays: Arrays) -> Array:
        a, b = arrays["x"] - arrays["x"].mean(-1, keepdims=True)
        return np.asarray((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))

    v = np.random.default_rng(2).normal(size=x.shape)
    found = directional(
        lambda arrays: correlation({"x": np.asarray(arrays["x"], float)}), {"x": x}, {"x": v}, np.ones(())
    )
    assert found.error <= 1e-4 * abs(found.value)
