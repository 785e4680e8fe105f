"""Classes that keep their parameters and gradients in one way or another."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.types import Array


def drawn(rows: int, columns: int) -> Array:
    """The same random numbers whichever test comes first."""
    return np.random.default_rng([rows, columns]).standard_normal((rows, columns))


class Dense:
    """x W + b; ``factor`` times the right gradient of W."""

    def __init__(self, rows: int = 4, columns: int = 3, factor: float = 1.0) -> None:
        """Random parameters."""
        self.W, self.b, self.factor = drawn(rows, columns), np.zeros(columns), factor

    def forward(self, x: Array) -> Array:
        """Keep x, and what it was multiplied with."""
        self.cache = (x, self.W)
        return np.asarray(x @ self.W + self.b)

    def backward(self, dy: Array) -> Array:
        """Give dx, keep the others."""
        x, weight = self.cache
        self.dW, self.db = self.factor * x.T @ dy, dy.sum(0)
        return np.asarray(dy @ weight.T)


class Rectifier:
    """With a mask of floating point."""

    def forward(self, x: Array) -> Array:
        """Keep the mask."""
        self.mask = np.asarray(x > 0, x.dtype)
        return np.asarray(x * self.mask)

    def backward(self, dy: Array) -> Array:
        """Let through what went through."""
        return np.asarray(dy * self.mask)


class Chain:
    """Layers one after another, in a list."""

    def __init__(self, factor: float) -> None:
        self.layers: Any = [Dense(4, 3), Rectifier(), Dense(3, 2, factor)]

    def each(self) -> list[Any]:
        """The layers."""
        return list(self.layers)

    def forward(self, x: Array) -> Array:
        """All of them."""
        for layer in self.each():
            x = layer.forward(x)
        return x

    def backward(self, dy: Array) -> Array:
        """The other way round."""
        for layer in self.each()[::-1]:
            dy = layer.backward(dy)
        return dy


class Tupled(Chain):
    """In a tuple."""

    def __init__(self, factor: float) -> None:
        super().__init__(factor)
        self.layers = tuple(self.layers)


class Named(Chain):
    """In a dictionary."""

    def __init__(self, factor: float) -> None:
        super().__init__(factor)
        self.layers = dict(zip(("first", "between", "last"), self.layers, strict=True))

    def each(self) -> list[Any]:
        """The layers."""
        return list(self.layers.values())


class Member(Chain):
    """One layer in an attribute."""

    def __init__(self, factor: float) -> None:
        self.fc = Dense(factor=factor)

    def each(self) -> list[Any]:
        """The layer."""
        return [self.fc]


class Lazy(Dense):
    """Builds its parameters in its first forward."""

    def __init__(self, factor: float) -> None:
        self.W: Any = None
        self.factor = factor

    def forward(self, x: Array) -> Array:
        """Build what is missing."""
        if self.W is None:
            super().__init__(x.shape[1], 3, self.factor)
        return super().forward(x)


class Parameter:
    """An array and its gradient, which is added to."""

    def __init__(self, data: Array) -> None:
        self.data, self.grad = data, np.zeros_like(data)


class OfParameters:
    """Of such things, in attributes."""

    def __init__(self, factor: float) -> None:
        self.weight, self.bias, self.factor = Parameter(drawn(4, 3)), Parameter(np.zeros(3)), factor

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return np.asarray(x @ self.weight.data + self.bias.data)

    def backward(self, dy: Array) -> Array:
        """Add to the gradients."""
        self.weight.grad += self.factor * self.x.T @ dy
        self.bias.grad += dy.sum(0)
        return np.asarray(dy @ self.weight.data.T)

    def zero_grad(self) -> None:
        """Begin at zero."""
        self.weight.grad[...], self.bias.grad[...] = 0, 0


class Listed:
    """A list of parameters beside one of their gradients, which are written to in place."""

    def __init__(self, factor: float) -> None:
        self.params = [drawn(4, 3), np.zeros(3)]
        self.grads, self.factor = [np.zeros((4, 3)), np.zeros(3)], factor

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        weight, bias = self.params
        return np.asarray(x @ weight + bias)

    def backward(self, dy: Array) -> Array:
        """Write to the gradients."""
        self.grads[0][...], self.grads[1][...] = self.factor * self.x.T @ dy, dy.sum(0)
        return np.asarray(dy @ self.params[0].T)


class Plural(Listed):
    """The same with lists of other names."""

    def __init__(self, factor: float) -> None:
        super().__init__(factor)
        self.weights, self.dweights = [self.params[0]], [self.grads[0]]
        self.biases, self.dbiases = [self.params[1]], [self.grads[1]]
