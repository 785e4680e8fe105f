"""An example has other lengths only where y follows in each mode of the layer: what it has learned keeps its own."""

from __future__ import annotations

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

X = np.random.default_rng(0).normal(size=(5, 4))


class Normalized:
    """A batch normalization by hand, whose statistics have a length of their own."""

    def __init__(self, width: int) -> None:
        self.gamma, self.beta, self.training = np.linspace(1, 2, width), np.zeros(width), True
        self.running_mean, self.running_var = np.zeros(width), np.ones(width)

    def forward(self, x: Array) -> Array:
        """By the mean of a batch as it trains, and by that of all batches later."""
        self.axes = tuple(range(x.ndim - 1))
        if self.training:
            mean, var = x.mean(self.axes), x.var(self.axes)
            self.running_mean = 0.9 * self.running_mean + 0.1 * mean
            self.running_var = 0.9 * self.running_var + 0.1 * var
        else:
            mean, var = self.running_mean, self.running_var
        self.deviation = np.sqrt(var + 1e-5)
        self.normal = (x - mean) / self.deviation
        return np.asarray(self.gamma * self.normal + self.beta)

    def backward(self, dy: Array) -> Array:
        """Around the mean of a batch as it trains."""
        self.dgamma, self.dbeta = (dy * self.normal).sum(self.axes), dy.sum(self.axes)
        dx = dy * self.gamma
        if self.training:
            dx = dx - dx.mean(self.axes) - self.normal * (dx * self.normal).mean(self.axes)
        return np.asarray(dx / self.deviation)


class Scaled:
    """One with modes that has learned nothing."""

    def __init__(self, width: int) -> None:
        self.gamma, self.training = np.linspace(1, 2, width), True

    def forward(self, x: Array) -> Array:
        """Twice as much as it trains."""
        self.x, self.factor = x, 2 if self.training else 1
        return self.factor * x * self.gamma

    def backward(self, dy: Array) -> Array:
        """By hand."""
        self.dgamma = self.factor * (dy * self.x).sum(tuple(range(dy.ndim - 1)))
        return self.factor * dy * self.gamma


def _lengths(layer: object) -> set[int]:
    found = examine(layer, inputs=(X,), budget="1ms", laws=["modes"])
    assert not {*found.findings, *found.hazards}, story(found)
    return {case.shapes["gamma"][-1] for case in found.judged}


def test_lengths_of_parameters_stay_where_statistics_have_them() -> None:
    """A mean of 4 columns beside x and gamma of 1 would make y of 4 of them."""
    assert _lengths(Normalized(4)) == {4}


def test_lengths_of_parameters_change_where_no_mode_minds() -> None:
    """Nothing that the layer has learned has them."""
    assert _lengths(Scaled(4)) > {4}
