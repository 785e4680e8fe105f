"""Layers of two modes that several tests look at: dropout, and layers one after another."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.types import Array


class Chain:
    """Layers one after another."""

    def __init__(self, *layers: Any) -> None:
        self.layers = layers

    def forward(self, x: Array) -> Array:
        """Ahead through all."""
        for each in self.layers:
            x = each.forward(x)
        return x

    def backward(self, dy: Array) -> Array:
        """Back through all."""
        for each in reversed(self.layers):
            dy = each.backward(dy)
        return dy


class Dropped:
    """Dropout, which saves no mask where it does not train."""

    def __init__(self) -> None:
        self._is_training = True

    def forward(self, x: Array) -> Array:
        """Half of the numbers."""
        if not self._is_training:
            return x.copy()
        self.mask = np.random.random(x.shape) > 1 / 2  # noqa: NPY002 - as people write it
        return np.asarray(2 * x * self.mask)

    def backward(self, dy: Array) -> Array:
        """By the same mask."""
        return np.asarray(2 * dy * self.mask)
