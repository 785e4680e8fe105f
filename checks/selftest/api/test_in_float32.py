"""An example of float64 is examined in float32, too: a layer may take a path of its own there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families.example import IN_NARROW
from checks.types import Array

pytestmark = pytest.mark.usefixtures("every_variation")

X, W = np.array([[1.0, -2.0, 0.3], [3.0, 0.5, -1.5]]), np.array([2.0, 4.0, -0.7])


def forward(x: Array, w: Array) -> tuple[Array, Any]:
    """A product."""
    return x * w, (x, w)


def backward(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Its gradients."""
    x, w = saved
    return dy * w, (dy * x).sum(axis=0)


def of_two_paths(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Twice dw where x is in single precision."""
    dx, dw = backward(dy, saved)
    return dx, dw * (2 if saved[0].dtype == np.float32 else 1)


def raises_there(dy: Array, saved: Any) -> tuple[Array, Array]:
    """In double precision alone."""
    if saved[0].dtype == np.float32:
        raise TypeError("no double precision")
    return backward(dy, saved)


def widening(x: Array, w: Array) -> tuple[Array, Any]:
    """In double precision whatever it is given."""
    return np.float64(1) * (x + np.zeros(3)) * w, (x, w)


def test_what_is_wrong_there_alone_is_a_hazard_that_says_so() -> None:
    """Nobody said that the layer is meant to be right there."""
    found = examine((forward, of_two_paths), inputs=(X, W), budget="1s")
    assert not found.wrong, story(found)
    broken = found.hazards["finite differences"]
    assert (broken.case.span, broken.case.dtype, broken.verdict.of) == (IN_NARROW, "float32", "dw")
    assert "in float32, and the example is of float64; that is a hazard" in story(found)


def test_an_example_of_float32_says_that_it_is_meant() -> None:
    """Then it is wrong."""
    assert examine((forward, of_two_paths), inputs=(X.astype(np.float32), W.astype(np.float32)), budget="1ms").wrong


@pytest.mark.parametrize("ahead", [forward, widening])
def test_a_layer_that_is_right_there_is_asked_for_derivatives_alone(ahead: Any) -> None:
    """In which format its results come there is its own business."""
    found = examine((ahead, backward), inputs=(X, W), budget="1s")
    assert not found.wrong, story(found)
    assert all(each.case.dtype == "float64" for each in found.hazards.values()), story(found)
    assert any(case.dtype == "float32" for case in found.judged)


def test_a_layer_that_does_not_take_float32_says_so() -> None:
    """In a note."""
    told = story(examine((forward, raises_there), inputs=(X, W), budget="1s"))
    assert "1 variation of the example is not examined, since the backward raises: in float32" in told


def test_such_a_case_is_replayed_from_its_text() -> None:
    """In its own format."""
    found = examine((forward, of_two_paths), inputs=(X, W), budget="1s").hazards["finite differences"]
    again = examine((forward, of_two_paths), inputs=(X, W), cases=[str(found.shrunk)], budget="1ms")
    assert again.hazards["finite differences"].case.dtype == "float32"
