"""Classes whose methods give their parameters and gradients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from checks.selftest.adapters.objects_with_parameters import drawn
from checks.types import Array, Arrays


class Nabla:
    """Lists of one layer each, with the names of a book."""

    def __init__(self, factor: float) -> None:
        self.weights, self.biases, self.factor = [drawn(4, 3)], [np.zeros(3)], factor

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return np.asarray(x @ self.weights[0] + self.biases[0])

    def backward(self, dy: Array) -> Array:
        """New lists."""
        self.nabla_w, self.nabla_b = [self.factor * self.x.T @ dy], [dy.sum(0)]
        return np.asarray(dy @ self.weights[0].T)


class Methodical:
    """Names of its own, and methods that give both."""

    def __init__(self, factor: float) -> None:
        self.kernel_matrix, self.offset, self.factor = drawn(4, 3), np.zeros(3), factor

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return np.asarray(x @ self.kernel_matrix + self.offset)

    def backward(self, dy: Array) -> Array:
        """Keep the gradients under other names."""
        self.first, self.second = self.factor * self.x.T @ dy, dy.sum(0)
        return np.asarray(dy @ self.kernel_matrix.T)


class ByLists(Methodical):
    """In lists."""

    def params(self) -> list[Array]:
        """Both."""
        return [self.kernel_matrix, self.offset]

    def grads(self) -> list[Array]:
        """Both."""
        return [self.first, self.second]


class ByDictionaries(Methodical):
    """In dictionaries."""

    def get_params(self) -> Arrays:
        """Both."""
        return {"w": self.kernel_matrix, "c": self.offset}

    def get_grads(self) -> Arrays:
        """Both."""
        return {"c": self.second, "w": self.first}


class ByPairs(Methodical):
    """In pairs, one after another."""

    def parameters(self) -> Iterator[tuple[Array, Array]]:
        """Both."""
        yield self.kernel_matrix, self.first
        yield self.offset, self.second


class ByProperties(ByLists):
    """The same lists without brackets."""

    @property
    def trainable_weights(self) -> list[Array]:
        """Both."""
        return [self.kernel_matrix, self.offset]

    @property
    def gradients(self) -> list[Array]:
        """Both."""
        return [self.first, self.second]

    params = grads = None  # type: ignore[assignment] # no methods


class Returning(Methodical):
    """Gives all gradients."""

    def backward(self, dy: Array) -> Any:
        """That of x first."""
        return super().backward(dy), self.first, self.second
