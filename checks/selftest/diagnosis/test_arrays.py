"""Arrays are spelled so that NumPy makes the same ones of their source."""

from __future__ import annotations

import numpy as np
import pytest

from checks.diagnosis.arrays import but_few, spell
from checks.diagnosis.constants import Constants

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


@pytest.mark.parametrize("other", [0.0, -1.0, -0.0, np.nan])
def test_a_few_other_numbers_among_many_are_written_one_by_one(other: float) -> None:
    """The sign of a zero is another number; the lines make the same array, and count what somebody reads."""
    array = np.full((4, 9), 0.0 if other else 2.0)
    array[1, 2] = array[3, 8] = other
    constants = Constants()
    name = constants.named("x", array)
    made: dict[str, np.ndarray] = {"np": np}  # type: ignore[dict-item] # the module
    exec("\n".join(constants.lines), made)  # noqa: S102 - our own source
    assert (made[name].tobytes(), constants.count, len(constants.lines)) == (array.tobytes(), 3, 3)


def test_many_other_numbers_are_listed() -> None:
    """Five of them, or a few of few numbers."""
    for array in (np.arange(36.0) * (np.arange(36) < 6), np.eye(2)):
        assert but_few(array) == (array, [])
