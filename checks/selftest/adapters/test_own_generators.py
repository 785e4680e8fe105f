"""A layer that draws from a generator of its own draws the same numbers in each forward, and is right where it is."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

X = np.random.default_rng(1).normal(size=(4, 5))
GENERATORS: dict[str, Callable[[], Any]] = {
    "NumPy's": lambda: np.random.default_rng(3),
    "NumPy's older ones": lambda: np.random.RandomState(3),
    "Python's": lambda: random.Random(3),  # noqa: S311 - as layers have it
}


class Dropout:
    """Keeps seven of ten numbers; ``again`` draws once more where it goes back."""

    def __init__(self, rng: Any, *, again: bool) -> None:
        self.rng, self.again = rng, again

    def _drawn(self, x: Array) -> Array:
        return np.array([self.rng.random() for _ in range(x.size)]).reshape(x.shape) < 0.7

    def forward(self, x: Array) -> Array:
        """Another mask each time."""
        self.mask = self._drawn(x)
        return x * self.mask / 0.7

    def backward(self, dy: Array) -> Array:
        """By the mask of the forward."""
        return dy * (self._drawn(dy) if self.again else self.mask) / 0.7


@pytest.mark.parametrize("generator", GENERATORS.values(), ids=GENERATORS)
@pytest.mark.parametrize("again", [False, True], ids=["right", "drawn again"])
def test_a_dropout_with_a_generator_of_its_own(generator: Callable[[], Any], again: bool) -> None:
    """A note says that it begins anew."""
    found = examine(Dropout(generator(), again=again), inputs=(X,), budget="1ms")
    assert found.wrong is again, story(found)
    assert "each forward begins with what the layer draws from where it was at first: rng" in found.notes
