"""Arrays are spelled so that NumPy makes the same ones of their source."""

from __future__ import annotations

import numpy as np
import pytest

from checks.diagnosis.arrays import spell

MIXED = np.where(np.arange(12) % 2, 0.0, -0.0)


@pytest.mark.parametrize(
    "array",
    [np.zeros((2, 0)), np.ones((3, 4), np.float32), np.full(12, -0.0), MIXED, np.full(9, np.nan), np.arange(9) * 1j],
    ids=["none", "ones", "negative zeros", "zeros of both signs", "not a number", "complex"],
)
def test_a_spelled_array_is_the_same_bit_for_bit(array: np.ndarray) -> None:
    """The sign of a zero included."""
    again = eval(spell(array), {"np": np})  # noqa: S307 - our own source
    assert (again.shape, again.dtype, again.tobytes()) == (array.shape, array.dtype, array.tobytes())


def test_many_numbers_that_are_alike_are_spelled_as_one() -> None:
    """A few are spelled one by one: they are easier to change."""
    assert spell(np.ones((3, 4), np.float32)) == "np.full((3, 4), 1.0, np.float32)"
    assert spell(np.ones((1, 2))) == "np.array([[1.0, 1.0]], np.float64)"
