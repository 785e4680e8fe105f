"""Objects that keep what follows from a parameter under its ``id``, which is another in each copy of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.report.story import story
from checks.types import Array

X = np.random.default_rng(0).normal(size=(4, 3))


class Dense:
    """A layer that keeps a view of its weight: never stale."""

    def __init__(self) -> None:
        """Small numbers."""
        self.W = np.random.default_rng(1).normal(size=(3, 2))
        self.b = np.zeros(2)
        self.known: dict[int, tuple[Array, Array]] = {}

    def turned(self) -> Array:
        """What is kept of a weight; the weight itself too, so that its ``id`` stays its own."""
        return self.W.T

    def forward(self, x: Array) -> Array:
        """A hyperbolic tangent of sums."""
        self.x = x.copy()
        self.y = np.tanh(x @ self.W + self.b)
        return self.y.copy()

    def backward(self, dy: Array) -> Array:
        """By what is kept."""
        ahead = dy * (1 - self.y**2)
        self.dW, self.db = self.x.T @ ahead, ahead.sum(0)
        _, turned = self.known.setdefault(id(self.W), (self.W, self.turned()))
        return np.asarray(ahead @ turned)


class Copying(Dense):
    """The same of a copy, which is stale once the weight is written to."""

    def turned(self) -> Array:
        """See ``Dense``."""
        return self.W.T.copy()


@pytest.mark.long
@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize(("kind", "wrong"), [(Dense, False), (Copying, True)])
def test_a_layer_that_keeps_its_weight_by_id_is_understood(kind: Any, wrong: bool) -> None:
    """What is kept so is no parameter; what is stale is found."""
    found = examine(kind, inputs=(X,), budget="1ms", laws=["finite differences", "saved state"])
    assert ("saved state" in found.findings) is wrong, story(found)
    assert bool(found.wrong) is wrong, story(found)
