"""What is told quickly is what NumPy tells slowly."""

from __future__ import annotations

import numpy as np
import pytest

from checks.equality import both_nan, every, identical
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
