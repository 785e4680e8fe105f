"""Derivatives along a line of a layer in a narrow format: a few values settle what its own rounding leaves to know."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks import examine, story
from checks.oracles.lines import settled
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array

X = np.random.default_rng(4).normal(size=20).astype(np.float32)


def _counting(factor: float, calls: list[None]) -> Any:
    """A smooth function of real numbers alone, which counts its forwards; dx is right where the factor is 1."""

    def forward(x: Array) -> tuple[Array, Array]:
        calls.append(None)
        return np.tanh(x.real) * x.real, x

    def backward(dy: Array, x: Array) -> Array:
        y = np.tanh(x)
        return np.asarray(dy * factor * (y + x * (1 - y * y)), dy.dtype)

    return forward, backward


def test_a_smooth_layer_in_float32_takes_few_forwards() -> None:
    """Of twenty entries each would take more than a hundred."""
    calls = list[None]()
    found = examine(_counting(1.0, calls), inputs=(X,), budget="1ms", laws=["finite differences"])
    assert not found.wrong, story(found)
    assert len(calls) < 25 * 20 * found.cases


def test_it_sees_a_gradient_that_is_off_by_little() -> None:
    """By a ten thousandth of it, in float32."""
    found = examine(_counting(1 + 1e-4, []), inputs=(X,), budget="1ms", laws=["finite differences"])
    assert "finite differences" in found.findings


def test_at_a_kink_there_is_no_derivative() -> None:
    """However much rounding is granted."""
    point = Point(lambda given: np.abs(given["x"] - 0.3), {"x": np.asarray(0.3)}, np.ones(()))
    assert not settled(Line(point, {"x": np.ones(())}, "float64"), 1.0).known


def test_what_few_values_leave_open_is_far_less_than_rounding() -> None:
    """Where nothing is granted the best derivative is taken."""
    point = Point(lambda given: np.sin(given["x"]), {"x": np.asarray(0.3)}, np.ones(()))
    line = Line(point, {"x": np.ones(())}, "float64")
    assert settled(line, 1.0).method == "few differences"
    assert settled(line, 0.0).error < settled(line, 1.0).error
