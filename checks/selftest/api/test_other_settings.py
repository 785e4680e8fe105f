"""Settings of two functions that an example leaves at their defaults are varied, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families.elsewhere import OTHER_SETTINGS
from checks.families.example import SETTINGS
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

X, T = np.random.default_rng(0).normal(size=(2, 4, 5))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "adjoint"]}

Pair = tuple[Callable[..., tuple[Array, Any]], Callable[..., Array]]


def leaky(x: Array, slope: float = 0.01) -> tuple[Array, tuple[Array, float]]:
    """ReLU, with a slope below 0."""
    return np.where(x > 0, x, slope * x), (x, slope)


def leaky_back(dy: Array, saved: tuple[Array, float]) -> Array:
    """Its derivative."""
    x, slope = saved
    return np.where(x > 0, dy, slope * dy)


def leaky_back_by_default(dy: Array, saved: tuple[Array, float]) -> Array:
    """With a slope of its own."""
    return leaky_back(dy, (saved[0], 0.01))


def leaky_back_told_again(dy: Array, saved: tuple[Array, float], slope: float = 0.01) -> Array:
    """It is told the slope by its user."""
    return leaky_back(dy, (saved[0], slope))


def shifted(x: Array, by: float = 0.0) -> tuple[Array, tuple[Array, float]]:
    """A square, beside 0 where somebody says so."""
    return (x - by) ** 2, (x, by)


def huber(p: Array, t: Array, delta: float = 1.0) -> tuple[Any, Array]:
    """A loss and its gradient at once."""
    d = p - t
    small = np.abs(d) <= delta
    return np.where(small, d * d / 2, delta * (np.abs(d) - delta / 2)).sum(), np.where(small, d, delta * np.sign(d))


def huber_by_default(p: Array, t: Array, delta: float = 1.0) -> tuple[Any, Array]:
    """Its gradient forgets delta where it is 1."""
    return huber(p, t, delta)[0], np.where(np.abs(p - t) <= delta, p - t, np.sign(p - t))


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        ((leaky, leaky_back_by_default), (X,)),
        ((shifted, lambda dy, saved: 2 * dy * saved[0]), (X,)),
        (huber_by_default, (X, T)),
    ],
    ids=["slope", "of 0", "loss"],
)
def test_a_default_that_the_backward_takes_for_granted_is_found(layer: Any, inputs: tuple[Array, ...]) -> None:
    """The headline says that it is right with the default."""
    found = examine(layer, inputs=inputs, **QUICK)
    assert found.only_elsewhere == [OTHER_SETTINGS], story(found)
    assert found.findings["finite differences"].case.span == SETTINGS


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        ((leaky, leaky_back), (X,)),
        ((leaky, leaky_back_told_again), (X,)),
        ((shifted, lambda dy, saved: 2 * dy * (saved[0] - saved[1])), (X,)),
        (huber, (X, T)),
    ],
    ids=["slope", "told again", "of 0", "loss"],
)
def test_a_layer_that_is_right_at_all_settings_is_right(layer: Any, inputs: tuple[Array, ...]) -> None:
    """And is called with others than its default."""
    found = examine(layer, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert SETTINGS in {case.span for case in found.judged}
    assert not any("at the default" in note for note in found.notes)


def test_a_setting_that_the_example_names_stays() -> None:
    """Its user has said what it is to be."""
    found = examine((leaky, leaky_back_by_default), inputs={"x": X, "slope": 0.01}, **QUICK)
    assert not found.wrong, story(found)
    assert SETTINGS not in {case.span for case in found.judged}


def test_a_case_of_other_settings_is_read_from_its_text() -> None:
    """They stand among its keywords."""
    pair = (leaky, leaky_back_by_default)
    case = examine(pair, inputs=(X,), **QUICK).findings["finite differences"].case
    assert case.config == {"slope": pytest.approx(0.0075)}
    assert "finite differences" in examine(pair, inputs=(X,), cases=[str(case)]).findings
