"""Where no derivative exists nothing is claimed; next to an edge the steps shrink; a known noise is believed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from checks.selftest.smooth.accuracy import DTYPES, OFFERS, offering
from checks.smooth import best, derivative
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array, Arrays

KINKS: dict[str, tuple[Any, float]] = {
    "ReLU at 0": (lambda x: np.maximum(x, 0), 0.0),
    "leaky ReLU at 0": (lambda x: np.where(x > 0, x, x / 8), 0.0),
    "absolute value at 0": (np.abs, 0.0),
    "absolute value closer to 0 than any step": (np.abs, 2.0**-100),
    "absolute value on a parabola": (lambda x: np.abs(x) + x * x, 0.0),
    "tie of two entries": (lambda x: np.maximum(np.sin(x), np.sin(2 - x)), 1.0),
    "clip at its upper end": (lambda x: np.clip(x, -1, 1), 1.0),
    "rint at a half": (np.rint, 0.5),
    "cusp": (lambda x: np.sqrt(np.abs(x)), 0.0),
    "jump": (lambda x: np.where(x > 0, 1 + x, x), 0.0),
    "small bend on a wave": (lambda x: np.sin(x) + np.abs(x - 1) / 64, 1.0),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize("name", KINKS)
def test_a_kink_has_no_derivative(name: str, offer: str, dtype: str) -> None:
    """NaN at every kink, never the mean of both sides, whichever means the function allows."""
    f, x = KINKS[name]
    found = derivative(offering(f, offer, dtype), x, dtype)
    assert not found.known, found
    assert math.isnan(found.value), found


@pytest.mark.parametrize("name", KINKS)
def test_beside_a_kink_there_is_a_derivative_again(name: str) -> None:
    """A quarter away every one of these functions is smooth, and known to ten digits."""
    f, x = KINKS[name]
    found = derivative(f, x + 0.25)
    assert found.error <= 1e-10 * max(abs(found.value), 1)


EDGES = [
    pytest.param(lambda x: np.sqrt(x - 1), 1 + 2.0**-20, 512.0, id="just inside a branch"),
    pytest.param(lambda x: np.where(x > 1, np.nan, x * x), 1.0, 2.0, id="defined on the left only"),
    pytest.param(lambda x: np.where(x < 1, np.inf, x * x), 1.0, 2.0, id="defined on the right only"),
    pytest.param(lambda x: np.where(np.abs(x - 1) > 2.0**-10, np.nan, x * x), 1.0, 2.0, id="defined nearby only"),
    pytest.param(math.log, 2.0**-10, 1024.0, id="raises ValueError outside"),
]


@pytest.mark.parametrize("offer", OFFERS)
@pytest.mark.parametrize(("f", "x", "want"), EDGES)
def test_steps_stay_inside_the_domain(f: Any, x: float, want: float, offer: str) -> None:
    """Steps shrink, or go to one side, until f is defined."""
    found = derivative(offering(f, offer, "float64"), x)
    assert abs(found.value - want) <= found.error <= 1e-7 * want


@pytest.mark.parametrize(
    ("f", "x"), [(np.sqrt, 0.0), (np.log, 0.0), (np.sqrt, -1.0), (lambda x: np.where(x == 1, x, np.nan), 1.0)]
)
def test_no_derivative_where_f_or_its_slope_is_not_finite(f: Any, x: float) -> None:
    """Infinite slope, infinite value, no value, a single value: NaN."""
    assert not derivative(f, x).known


def test_flat_ground_has_slope_0_exactly() -> None:
    """Left of its kink a ReLU is flat as far as the eye reaches: 0, with no error."""
    found = derivative(offering(lambda x: np.maximum(x, 0), "own format", "float32"), -0.5, "float32")
    assert (found.value, found.error) == (0.0, 0.0)


def test_the_stairs_of_an_inner_rounding_are_not_flat() -> None:
    """log(1 + x) in float32 is constant around 1e-9, and its derivative there is about 1, not 0."""
    found = derivative(offering(lambda x: np.log(1 + x), "own format", "float32"), 1e-9, "float32")
    assert abs(found.value - 1) <= found.error <= 1e-4


@pytest.mark.parametrize(
    "noisy",
    [
        pytest.param(lambda x: np.sin(x) + 1e-5 * np.sin(1e20 * x), id="values off at random"),
        pytest.param(lambda x: np.rint(np.sin(x) * 2.0**17) / 2.0**17, id="values on a coarse scale"),
    ],
)
def test_measured_noise_is_in_the_error(noisy: Any) -> None:
    """The error is that of the noise in the values, not of their format."""
    found = derivative(offering(noisy, "own format", "float64"), 0.75)
    assert abs(found.value - np.cos(0.75)) <= found.error
    assert 1e-6 <= found.error <= 1e-2


def test_a_stated_noise_is_believed() -> None:
    """A caller who knows the noise gets an error that covers it."""
    quiet = derivative(offering(np.sin, "own format", "float64"), 0.75)
    stated = derivative(offering(np.sin, "own format", "float64"), 0.75, noise=1e-6)
    assert stated.error >= 1e-7 > quiet.error


def test_a_constant_has_no_kink_and_no_slope() -> None:
    """A function that ignores its argument: 0, known."""
    found = derivative(lambda _: np.float64(3), 0.5)
    assert (found.value, found.known) == (0.0, True)


@pytest.mark.parametrize("at", [1.0, 0.6661809682846069])
def test_ground_that_an_inner_rounding_makes_flat_is_not_known_to_be_flat(at: float) -> None:
    """X / sqrt(x * x + 1e-6) in float32 is 1 on every step: its derivative is not, and the error says so."""

    def unit_of(x: Any) -> Any:
        narrow = np.real(x).astype(np.float32)  # complex steps are cast away, too
        return (narrow / np.sqrt(narrow * narrow + np.float32(1e-6))).astype(x.dtype)

    found = derivative(unit_of, at, "float32")
    assert not found.known or abs(found.value - 1e-6 / (at * at + 1e-6) ** 1.5) <= found.error


def test_kinks_that_few_steps_meet_leave_no_derivative_that_is_farther_off_than_stated() -> None:
    """The finest of them alone may be inside of all kinks; and a complex step takes no absolute value for analytic."""
    rng, one, known = np.random.default_rng(0), np.ones(()), 0
    for _ in range(300):
        at, bends, slope = rng.choice([-1, 1], 6) * 2.0 ** -rng.uniform(1, 10, 6), rng.normal(size=6), rng.normal()

        def f(arrays: Arrays, at: Array = at, bends: Array = bends, slope: float = slope) -> Array:
            return np.asarray(slope * arrays["x"] + (bends * np.abs(arrays["x"] - at)).sum())

        found = best(Line(Point(f, {"x": np.zeros(())}, one), {"x": one}, "float64", 12))
        known += found.known
        exactly = slope - (bends.astype(np.longdouble) * np.sign(at)).sum()
        assert not abs(found.value - exactly) > found.error
    assert known
