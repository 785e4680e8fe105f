"""ReLU in one, two and three axes, with each value at its kink."""

from __future__ import annotations

import pytest

from checks.suite.verdicts import examine_layer
from checks.types import Shape


@pytest.mark.parametrize("size", [(1,), (7,), (4, 5), (1, 9), (3, 4, 5)], ids=str)
@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0, -2.0])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_every_size_slope_at_zero_and_format(size: Shape, at_zero: float, dtype: str) -> None:
    """Away from the kink the slope at it changes nothing."""
    examine_layer("relu", {"x": (2, 3, *size)}, {"at_zero": at_zero}, dtype)
