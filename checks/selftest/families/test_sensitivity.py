"""What cancels inside a layer shows where its numbers are rounded once more."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.rounding import unit_roundoff
from checks.sensitivity import sensitivity
from checks.types import Arrays

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

NORMALIZED = (1.0, 0.1, 0.001, 0.0001)


def difference(arrays: Arrays) -> Arrays:
    """Two numbers, one less the other."""
    return {"y": np.diff(arrays["x"])}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_difference_of_nearly_equal_numbers_moves_by_their_roundings(dtype: str) -> None:
    """By up to two unit roundoffs of each, however small it is itself."""
    found = sensitivity(difference, {"x": np.array([1.0, 1.0 + 1 / 512], dtype)}, dtype)
    assert 2 <= found["y"] / unit_roundoff(dtype) <= 6


def test_a_jump_is_no_rounding() -> None:
    """At a kink a gradient changes by all that it has."""
    found = sensitivity(lambda arrays: {"dx": np.sign(arrays["x"] - 1)}, {"x": np.ones(8)}, "float64")
    assert found == {"dx": 0.0}


@pytest.mark.long
@pytest.mark.sweep("normalizations of nearly equal numbers", 4)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("apart", NORMALIZED)
@pytest.mark.parametrize(
    "layer", [torch.nn.LayerNorm(2).double(), torch.nn.BatchNorm1d(2).double()], ids=["layer", "batch"]
)
def test_a_normalization_of_nearly_equal_numbers_is_right(layer: torch.nn.Module, apart: float, seed: int) -> None:
    """Its terms are larger than the gradient that is left of them, and no other order of sums agrees to all digits."""
    x = np.random.default_rng(seed).standard_normal((2, 2))
    x = x[:1, :1] + apart * x
    found = examine(layer, inputs=(torch.from_numpy(x),), budget="1ms", seed=seed)
    assert not found.wrong, story(found)


def test_what_is_zero_but_for_rounding_moves_by_what_cancels_inside() -> None:
    """As the gradient of a bias before a normalization: it is no jump that this is more than all of it."""
    x = np.random.default_rng(0).normal(size=100)

    def centered(arrays: Arrays) -> Arrays:
        return {"dx": arrays["x"], "db": np.asarray(np.sum(arrays["x"] - np.mean(arrays["x"])))}

    found = sensitivity(centered, {"x": x}, "float64")
    assert 0 < found["db"] < 1e-13
