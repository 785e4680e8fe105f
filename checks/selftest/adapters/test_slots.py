"""Parameters are found wherever an object keeps them, and examined; a cache, a mask or a mean is not taken for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from checks import examine, story
from checks.types import Array, Arrays

X = np.random.default_rng(0).standard_normal((3, 4))
LAWS = ("adjoint", "linearity")


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


KINDS = {
    Chain: "layers[2].W",
    Tupled: "layers[2].W",
    Named: "layers.last.W",
    Member: "fc.W",
    Lazy: "W",
    OfParameters: "weight",
    Listed: "params[0]",
    Plural: "params[0]",
    Nabla: "weights[0]",
    ByLists: "kernel_matrix",
    ByDictionaries: "kernel_matrix",
    ByPairs: "kernel_matrix",
    ByProperties: "kernel_matrix",
    Returning: "kernel_matrix",
}


@pytest.mark.sweep("kinds of objects with parameters", 3)
@pytest.mark.parametrize(("kind", "name"), KINDS.items(), ids=[kind.__name__ for kind in KINDS])
def test_a_wrong_gradient_is_found_by_the_name_of_its_parameter(kind: Any, name: str) -> None:
    """It is twice the right one; the right one passes, and nothing is left out."""
    right = examine(kind(1.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    assert name in right.family.arguments
    assert "NOT EXAMINED" not in story(right)
    wrong = examine(kind(2.0), inputs=(X,), budget="1ms", laws=["adjoint"])
    assert {each.verdict.of for each in wrong.findings.values()} == {f"d{name}"}, story(wrong)


def test_a_case_is_read_again_whatever_its_arguments_are_called() -> None:
    """So that it can be replayed."""
    found = examine(Chain(2.0), inputs=(X,), budget="1ms", laws=["adjoint"]).findings["adjoint"]
    again = examine(Chain(2.0), inputs=(X,), laws=["adjoint"], cases=[str(found.case), str(found.shrunk)])
    assert [str(case) for case in again.judged] == [str(found.case), str(found.shrunk)]
    assert again.findings


def test_parameters_come_along_with_drawn_examples_too() -> None:
    """They are looked for once."""
    examples = st.integers(1, 3).map(lambda rows: (X[:rows],))
    assert not examine(Chain(1.0), inputs=examples, budget="1ms", laws=LAWS).wrong
    found = examine(Chain(2.0), inputs=examples, budget="1ms", laws=["adjoint"])
    assert {each.verdict.of for each in found.findings.values()} == {"dlayers[2].W"}
    assert examine(Chain(2.0), inputs=examples, laws=["adjoint"], cases=[str(found.judged[0])]).findings


def test_parameters_are_found_in_another_process() -> None:
    """By examples that are sent there, and by those that are drawn here."""
    for inputs in ((X,), st.just((X,))):
        found = examine(Lazy(2.0), inputs=inputs, budget="1ms", laws=["adjoint"], isolate=True)
        assert {each.verdict.of for each in found.findings.values()} == {"dW"}, story(found)
