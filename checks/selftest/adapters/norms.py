"""Layers written by hand that train and evaluate, and the question what is found of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks import examine
from checks.oracles.modes import Modes
from checks.types import Array

X = np.random.default_rng(0).standard_normal((4, 3))


class Norm:
    """Batch normalization; ``hasty`` goes back in eval mode as if it trained."""

    def __init__(self, *, hasty: bool = False) -> None:
        self.gamma, self.mean, self.variance = np.ones(3), np.zeros(3), np.full(3, 4.0)
        self.training, self.hasty = True, hasty

    def forward(self, x: Array) -> Array:
        """(x - mean) / deviation: of the batch, or those that are kept."""
        if self.training:
            mean, variance = x.mean(0), x.var(0)
            self.mean, self.variance = (self.mean + mean) / 2, (self.variance + variance) / 2
        else:
            mean, variance = self.mean, self.variance
        self.deviation = np.sqrt(variance + 1e-5)
        self.normal = (x - mean) / self.deviation
        return np.asarray(self.gamma * self.normal)

    def backward(self, dy: Array) -> Array:
        """Through the mean and the deviation where they are the batch's."""
        self.dgamma = (dy * self.normal).sum(0)
        up = dy * self.gamma
        if self.training or self.hasty:
            up = up - up.mean(0) - self.normal * (up * self.normal).mean(0)
        return np.asarray(up / self.deviation)


def asked(layer: Any, *others: str) -> Any:
    """What the law of modes, and others by name, say of a layer."""
    return examine(layer, inputs=(X,), budget="1ms", laws=[Modes.law, *others])
