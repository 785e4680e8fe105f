"""What is told quickly is what NumPy tells slowly."""

from __future__ import annotations

import numpy as np
import pytest

from checks.bounds import anything, nothing
from checks.equality import both_nan, every, highest, identical
from checks.types import Array

NAN = float("nan")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.array([1.0, NAN]), np.array([1.0, NAN])),
        (np.array([1.0, NAN]), np.array([NAN, 1.0])),
        (np.array([0.0]), np.array([-0.0])),
        (np.array([1.0, 2.0]), np.array([[1.0, 2.0]])),
        (np.array(3.0), np.array(3.0)),
        (np.zeros((0, 2)), np.zeros((0, 2))),
        (np.array([complex(NAN, 1)]), np.array([complex(1, NAN)])),
        (np.array([1, 2]), np.array([1, 3])),
    ],
)
def test_identical_arrays_are_those_that_numpy_calls_equal_with_nan(one: Array, other: Array) -> None:
    """Of one shape, and two NaN are equal."""
    assert identical(one, other) == np.array_equal(one, other, equal_nan=True)


def test_every_is_all_and_both_nan_are_where_neither_is_a_number() -> None:
    """Of no entries every one is true."""
    assert every(np.ones(3, bool))
    assert every(np.ones(0, bool))
    assert not every(np.array([True, False]))
    assert both_nan(np.array([NAN, NAN, 1.0]), np.array([NAN, 1.0, NAN])).tolist() == [True, False, False]


@pytest.mark.parametrize("values", [[1.0, 3.0, 2.0], [1.0, NAN, 2.0], [-1.0, float("-inf")], [float("inf"), 1.0]])
def test_the_highest_of_some_numbers_is_numpys_maximum(values: list[float]) -> None:
    """NaN where one is NaN, of arrays of any number of axes, in one place of memory or in many."""
    for array in (np.array(values), np.array([values]), np.array(values[0]), np.broadcast_to(values[-1], (2, 3))):
        np.testing.assert_equal(highest(array), array.max())


def test_a_bound_is_anything_where_an_element_of_it_is_not_zero() -> None:
    """What is unknown (NaN) is no zero; a bound of no elements is nothing."""
    for bound in (np.zeros(0), np.zeros((2, 3)), np.array(0.0), nothing((2, 3)), np.array([0.0, 2.0]), np.array(NAN)):
        assert anything(bound) == bool(bound.any())
