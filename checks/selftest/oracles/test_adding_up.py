"""Derivatives that do not add up: a mistake that no bend explains is told by few forwards, and a bend is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks.oracles.adding_up import PART, Pair
from checks.smooth import Estimate
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array

X = np.array([0.5, 0.5, 0.5])
ALONG, BESIDE = np.array([0.3, -0.8, 0.6]), np.array([0.9, 1.1, -0.7])


def _pair(f: Any, between: float, off: float, dtype: str = "float64") -> Pair:
    point = Point(lambda arrays: np.asarray(f(arrays["x"])), {"x": X.astype(dtype)}, np.ones(()))
    one, other = (Line(point, {"x": end}, dtype) for end in (ALONG + BESIDE, ALONG - BESIDE))
    return Pair(one, other, 1, Estimate(2 * between, 1e-9, "known"), off)


@pytest.mark.parametrize("off", [0.0, 1e-6, 1.0, 100.0, np.inf])
def test_a_median_of_equal_numbers_has_no_gradient(off: float) -> None:
    """However far a gradient is from the derivative between two lines, as long as the bend is a part of that."""
    assert _pair(np.median, 0.3, off).bent()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("off", [0.0, 1e-6, 1.0])
def test_what_is_smooth_has_one(off: float, dtype: str) -> None:
    """Whether few steps say so or many."""
    slope = float(np.cos(0.5) * ALONG.sum())
    assert not _pair(lambda x: np.sin(x).sum(), slope, off, dtype).bent()


def test_a_bend_explains_no_mistake_that_is_many_times_as_large() -> None:
    """It is a bend where a mistake is smaller."""
    small = 1e-3

    def f(x: Array) -> Any:
        return x.sum() + small * np.median(x)

    slope = float(ALONG.sum() + small * 0.3)
    assert _pair(f, slope, small).bent()
    assert not _pair(f, slope, 10 * small / PART).bent()


@pytest.mark.parametrize(("off", "most"), [(1.0, 5), (0.0, 1000)], ids=["a large mistake", "none"])
def test_a_large_mistake_takes_few_forwards(off: float, most: int) -> None:
    """All the steps of both lines are more than a hundred."""
    calls = 0

    def f(x: Array) -> Any:
        nonlocal calls
        calls += 1
        return np.sin(x).sum()

    assert not _pair(f, float(np.cos(0.5) * ALONG.sum()), off).bent()
    assert most / 10 < calls <= most
