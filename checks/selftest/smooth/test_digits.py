"""How many digits of its arguments f sees is told from f, however flat it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array, Arrays

AT = np.float32(0.6661809682846069)


def _line(f: Callable[[Array], Array], at: float) -> Line:
    def of_arrays(arrays: Arrays) -> Array:
        return np.asarray(f(arrays["x"]))

    one = np.ones(())
    return Line(Point(of_arrays, {"x": np.asarray(at, np.float32)}, one), {"x": one}, "float32")


def flat(x: Array) -> Array:
    """Of a slope so small that the last digits of x are lost beside 1."""
    return np.asarray(1 + 2.0**-9 * x)


def narrow(x: Array) -> Array:
    """In float32, whatever it is given."""
    return np.asarray(np.sin(x.astype(np.float32)).astype(x.dtype))


@pytest.mark.parametrize(("f", "digits"), [(np.sin, 53), (flat, 53), (narrow, 24)], ids=["steep", "flat", "narrow"])
def test_a_format_that_is_dropped_is_told_from_a_slope_that_is_small(f: Callable[[Array], Array], digits: int) -> None:
    """Of a flat one all digits count: along coarse steps it may be another function."""
    assert _line(f, float(AT)).digits("float64") == digits


def test_at_0_no_step_is_rounded_away() -> None:
    """A share of 0 moves nothing, which says nothing of f."""
    assert _line(np.sin, 0.0).digits("float64") == 53
