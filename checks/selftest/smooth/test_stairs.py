"""Sums in float32 inside of a layer of float64: no derivative is stated that one of their stairs alone has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.smooth import Estimate, best, derivative
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array, Arrays

#: A sum in a format.
Sum = Callable[[Array], Array]


def of_root(x: Array, total: Sum) -> Array:
    """Numbers, and a little of them over their root mean square."""
    return np.asarray(x + 0.05 * x / np.sqrt(total(x**2)))


def of_shares(x: Array, total: Sum) -> Array:
    """Shares that hardly differ."""
    e = np.exp(0.1 * x)
    return np.asarray(e / total(e))


def of_exponentials(x: Array, total: Sum) -> Array:
    """Shares that differ."""
    return np.asarray(np.exp(x) / total(np.exp(x)))


def of_deviations(x: Array, total: Sum) -> Array:
    """A norm of numbers far from 0."""
    z = x - 8 - x.mean(-1, keepdims=True)
    return np.asarray(z / np.sqrt(total(z**2)))


def along(f: Callable[[Array, Sum], Array], form: type, seed: int) -> Estimate:
    """A derivative of a layer whose sums are kept in this format, along a direction."""
    rng = np.random.default_rng(seed)
    x, dy, step = (rng.normal(size=(2, 5)) for _ in range(3))

    def layer(a: Arrays) -> Any:
        return f(a["x"], lambda parts: parts.sum(-1, keepdims=True).astype(form)).astype(a["x"].dtype)

    return best(Line(Point(layer, {"x": x}, dy), {"x": step}, "float64"))


@pytest.mark.parametrize("f", [of_root, of_shares, of_deviations])
@pytest.mark.parametrize("seed", range(8))
def test_a_stated_error_holds_beside_sums_in_a_narrower_format(f: Callable[[Array, Sum], Array], seed: int) -> None:
    """Or nothing is stated; of the same layer with sums of its own format everything is known to many digits."""
    exact, found = along(f, np.longdouble, seed), along(f, np.float32, seed)
    assert exact.known
    assert exact.error < 1e-12
    assert not found.known or abs(found.value - exact.value) <= found.error + exact.error


@pytest.mark.parametrize("seed", range(4))
def test_what_makes_much_of_a_slope_is_derived_above_its_stairs(seed: int) -> None:
    """The shares of numbers that differ are known to some digits of float32, and no constant sum would pass."""
    exact, found = along(of_exponentials, np.longdouble, seed), along(of_exponentials, np.float32, seed)
    assert abs(found.value - exact.value) <= found.error < 1e-3


@pytest.mark.parametrize("x", [0.3, 1.7, -2.2])
def test_a_ripple_that_is_larger_than_such_roundings_is_a_part_of_its_function(x: float) -> None:
    """Its derivative is known."""
    rippled = derivative(lambda t: np.sin(t) + np.sin(16384 * t) / 65536, x)
    assert rippled.known
    assert abs(rippled.value - np.cos(x) - np.cos(16384 * x) / 4) <= rippled.error + 1e-12
