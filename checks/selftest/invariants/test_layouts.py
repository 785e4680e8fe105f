"""Every layout holds the numbers that it was given, and does what its name says."""

from __future__ import annotations

import numpy as np
import pytest

from checks.invariants.layouts import LAYOUTS
from checks.parts import part
from checks.types import Shape


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (1, 2, 3, 4)])
def test_a_layout_holds_the_same_numbers(layout: str, shape: Shape) -> None:
    """Of any number of axes, none included."""
    array = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    placed = np.asarray(LAYOUTS[layout](array))
    np.testing.assert_array_equal(placed, array, strict=True)
    if "read-only" in layout:
        assert not LAYOUTS[layout](array).flags.writeable


def test_what_a_strided_read_only_array_is_a_view_of_is_larger() -> None:
    """As of a part of an array that somebody else writes to."""
    placed = LAYOUTS["every other entry and read-only"](np.ones((1, 2, 3, 4)))
    assert placed.base is not None
    assert placed.base.shape == (1, 2, 3, 8)
    assert placed.base.flags.writeable


def test_the_end_of_a_longer_array_lies_as_a_new_one_does_at_another_place() -> None:
    """As ``big[1:]``."""
    placed = LAYOUTS["the end of a longer array"](np.ones((2, 3)))
    whole = part(placed)
    assert whole is not None
    assert placed.flags.c_contiguous
    assert whole.first == placed.size / 2
    assert part(np.ones((2, 3))) is None
    assert part(np.ones((2, 3)).T) is None
