"""Layers that give their gradients by moving their weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))


LAWS = ("adjoint", "finite differences", "repeatable", "linearity", "layout", "arguments unchanged")


class Plain:
    """x W + b; its gradient of W is ``factor`` times the right one."""

    def __init__(self, factor: float = 1.0, **more: Any) -> None:
        """Parameters, drawn."""
        rng = np.random.default_rng(1)
        self.W, self.b, self.x = rng.standard_normal((4, 2)), rng.standard_normal(2), np.zeros(0)
        self.factor = factor
        vars(self).update(more)

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x @ self.W + self.b)

    def _gradients(self, dy: Array) -> tuple[Array, Array, Array]:
        return dy @ self.W.T, self.factor * (self.x.T @ dy), dy.sum(0)


class InPlace(Plain):
    """Told its rate; moves its arrays where they are."""

    def backward(self, dy: Array, learning_rate: float) -> Array:
        """A step down."""
        dx, weight, bias = self._gradients(dy)
        self.W -= learning_rate * weight
        self.b -= learning_rate * bias
        return dx


class ByAssignment(Plain):
    """Told its rate; makes new arrays; has a rate of its own where it is told none."""

    def backward(self, dy: Array, lr: float = 0.01) -> Array:
        """A step down."""
        dx, weight, bias = self._gradients(dy)
        self.W = self.W - lr * weight
        self.b = self.b - lr * bias
        return dx


class OfItsOwn(Plain):
    """Keeps its rate."""

    lr = 0.1

    def __init__(self, factor: float = 1.0) -> None:
        """With a rate."""
        super().__init__(factor, learning_rate=0.1)

    def backward(self, dy: Array) -> Array:
        """A step down."""
        dx, weight, bias = self._gradients(dy)
        self.W, self.b = self.W - self.learning_rate * weight, self.b - self.learning_rate * bias  # type: ignore[attr-defined]
        return dx


class OfItsClass(Plain):
    """Its class keeps its rate."""

    eta = 0.1

    def backward(self, dy: Array) -> Array:
        """A step down."""
        dx, weight, bias = self._gradients(dy)
        self.W, self.b = self.W - self.eta * weight, self.b - self.eta * bias
        return dx


class Optimizer:
    """Knows how far to go."""

    def __init__(self) -> None:
        """Not far."""
        self.lr = 0.5

    def update(self, array: Array, gradient: Array) -> Array:
        """One step down."""
        return array - self.lr * gradient


class ByOptimizers(Plain):
    """Has an optimizer for each parameter."""

    def __init__(self, factor: float = 1.0) -> None:
        """With two."""
        super().__init__(factor)
        self.W_opt, self.b_opt = Optimizer(), Optimizer()

    def backward(self, dy: Array) -> Array:
        """A step down."""
        dx, weight, bias = self._gradients(dy)
        self.W, self.b = self.W_opt.update(self.W, weight), self.b_opt.update(self.b, bias)
        return dx


KINDS = [InPlace, ByAssignment, OfItsOwn, OfItsClass, ByOptimizers]
