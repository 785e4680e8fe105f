"""A difference quotient knows its own error: the truth lies within what it states."""

from __future__ import annotations

import numpy as np
import pytest

from checks.stencil import quotient, quotients
from checks.types import Array


def _line(slope: Array, start: Array, dtype: str, width: float) -> tuple[Array, Array]:
    """A function that is linear along its step, in a format; start and end."""
    return start.astype(dtype), (start + width * slope).astype(dtype)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("width", [1.0, 0.25, 2.0**-7, -0.5, 3.0])
@pytest.mark.parametrize("size", [1, 6, 500])
def test_the_truth_lies_within_the_stated_error(dtype: str, width: float, size: int) -> None:
    """Rounding of the two points is bounded by half a unit in the last place, the rest by the quotient."""
    rng = np.random.default_rng(size)
    for _ in range(20):
        slope, start, dy = (rng.standard_normal(size) for _ in range(3))
        before, after = _line(slope, start, dtype, width)
        noise = np.spacing(np.maximum(np.abs(before), np.abs(after))).astype(float)
        value, error = quotient(after.astype(float), before.astype(float), dy, width, noise)
        truth = np.sum(dy.astype(np.longdouble) * slope)
        assert abs(value - truth) <= error


def test_integers_give_the_derivative_itself() -> None:
    """No noise, whole numbers, a sum that float64 holds: the error is zero."""
    rng = np.random.default_rng(0)
    slope, start, dy = (rng.integers(-50, 51, 300).astype(float) for _ in range(3))
    assert quotient(start + slope, start, dy, 1.0, np.zeros(300)) == (float(dy @ slope), 0.0)


def test_whole_numbers_that_are_too_many_to_add_exactly_have_an_error() -> None:
    """2**53 is the limit."""
    big = np.full(3, 2.0**52)
    assert quotient(big, np.zeros(3), np.ones(3), 1.0, np.zeros(3))[1] > 0


def test_noise_that_is_not_known_makes_the_error_unknown() -> None:
    """NaN stays NaN: the oracle says that it does not know."""
    assert np.isnan(quotient(np.ones(2), np.zeros(2), np.ones(2), 1.0, np.array([0.0, np.nan]))[1])


def test_long_double_differences_are_not_rounded_first() -> None:
    """Far from zero a float64 difference would be off by more than the noise."""
    start = np.full(4, 1e4, np.longdouble) + np.longdouble(2.0) ** -45
    value, error = quotient(start + np.longdouble(2.0) ** -40, start, np.ones(4), 2.0**-40, np.full(4, 1e-16))
    assert abs(value - 4) <= error
    assert error < 1e-2


def test_complex_quotients_derive_the_real_part_of_the_inner_product() -> None:
    """Along 1 the real part of conj(dy) * slope, along i the imaginary part with its sign."""
    dy, slope = np.array([2 + 3j]), np.array([5 - 7j])
    along_one, _ = quotient(slope, 0 * slope, dy, 1.0, np.zeros(1))
    along_i, _ = quotient(1j * slope, 0 * slope, dy, 1.0, np.zeros(1))
    gradient = dy * np.conj(slope)
    assert (along_one, along_i) == (gradient.real.item(), gradient.imag.item())


@pytest.mark.parametrize("kind", [float, complex])
def test_several_quotients_at_once_are_those_of_their_own_outputs(kind: type) -> None:
    """What nobody owns is index 0."""
    rng = np.random.default_rng(4)
    slope, start, dy = (rng.integers(-9, 10, 12) * kind(1) for _ in range(3))
    owners, widths = np.array([0, 1, 1, 2, 2, 2, 0, 1, 2, 3, 3, 3]), np.array([1.0, 2.0, -4.0, 1.0])
    noise = rng.random(12)
    values, errors = quotients(start + widths[owners] * slope, start, dy, owners, widths, noise)
    for number, width in enumerate(widths):
        own = owners == number
        alone = quotient((start + width * slope)[own], start[own], dy[own], width, noise[own])
        assert (values[number], errors[number]) == pytest.approx(alone, rel=1e-15)


def test_quotients_of_real_numbers_state_the_rounding_of_their_sums() -> None:
    """With no noise, what is left is the summing."""
    moved, dy = np.full(6, 0.1), np.full(6, 0.3)
    _, errors = quotients(moved, np.zeros(6), dy, np.array([0, 0, 1, 1, 1, 1]), np.ones(2), np.zeros(6))
    assert np.all(errors > 0)
    assert np.all(errors < 1e-14)


@pytest.mark.parametrize("kind", [float, complex])
def test_what_is_the_same_for_all_outputs_may_be_given_once(kind: type) -> None:
    """Start, dy and noise of one output, for three that were moved."""
    rng = np.random.default_rng(6)
    start, dy = (rng.standard_normal(4) * kind(1) for _ in range(2))
    moved, noise = start + rng.standard_normal((3, 4)), rng.random(4)
    owners, widths = np.array([[0, 1, 1, 0], [0, 0, 2, 2], [3, 3, 3, 3]]), np.array([1.0, 0.5, -2.0, 4.0])
    once = quotients(moved, start, dy, owners, widths, noise)
    whole_start, whole_dy, whole_noise = (np.broadcast_to(values, (3, 4)) for values in (start, dy, noise))
    each = quotients(moved, whole_start, whole_dy, owners, widths, whole_noise)
    assert np.array_equal(once, each)


@pytest.mark.parametrize("kind", [float, complex])
def test_owners_may_be_told_once_for_an_axis_along_which_they_are_alike(kind: type) -> None:
    """Sums along that axis come first: the same derivative and error, but for the order of summing."""
    rng = np.random.default_rng(8)
    start, dy = (rng.standard_normal((2, 5)) * kind(1) for _ in range(2))
    moved, noise = start + rng.standard_normal((3, 2, 5)), rng.random((2, 5))
    owners, widths = np.array([[[0], [1]], [[2], [0]], [[3], [3]]]), np.array([1.0, 0.5, -2.0, 4.0])
    short = quotients(moved, start, dy, owners, widths, noise)
    whole = quotients(moved, start, dy, np.broadcast_to(owners, moved.shape), widths, noise)
    assert np.allclose(short, whole, rtol=1e-14, atol=1e-14)
    assert np.all(np.asarray(short[1]) > 0)
