"""Parameters that an object keeps as plain numbers: a float, a number of NumPy's, a list of floats."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters.kept_parameters import kept_by
from checks.types import Array

X = np.random.default_rng(0).normal(size=(5, 3))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}

#: Factors of the gradient that a layer gives: of a right one, and of one that is wrong.
BOTH = pytest.mark.parametrize("factor", [1.0, 2.0])


class Slope:
    """A leaky layer whose slope is a plain number, beside settings that are plain numbers, too."""

    def __init__(self, alpha: Any = 0.25, factor: float = 1.0) -> None:
        self.alpha, self.factor = alpha, factor
        self.lr, self.eps, self.steps = 0.1, 1e-12, 3

    def forward(self, x: Array) -> Array:
        """The slope holds below 0."""
        self.x = x.copy()
        return np.where(x > 0, x, self.alpha * x + self.eps)

    def both(self, dy: Array) -> tuple[Array, float]:
        """Both gradients."""
        dalpha = self.factor * float((dy * np.where(self.x > 0, 0, self.x)).sum())
        return dy * np.where(self.x > 0, 1, self.alpha), dalpha


class Left(Slope):
    """The gradient is left beside it."""

    def backward(self, dy: Array) -> Array:
        """That of x."""
        dx, self.dalpha = self.both(dy)
        return dx


class LeftAsScalar(Slope):
    """The same in a number of NumPy's."""

    def backward(self, dy: Array) -> Array:
        """That of x."""
        dx, dalpha = self.both(dy)
        self.dalpha = np.float64(dalpha)
        return dx


class Returned(Slope):
    """It is returned behind that of x."""

    def backward(self, dy: Array) -> tuple[Array, float]:
        """Both, without a name."""
        return self.both(dy)


class ByName(Slope):
    """It is returned by a name."""

    def backward(self, dy: Array) -> dict[str, Any]:
        """Both."""
        dx, dalpha = self.both(dy)
        return {"dx": dx, "dalpha": dalpha}


class Added(Left):
    """It adds up until it is set to zero."""

    def __init__(self, alpha: Any = 0.25, factor: float = 1.0) -> None:
        super().__init__(alpha, factor)
        self.dalpha = 0.0

    def zero_grad(self) -> None:
        """See the class."""
        self.dalpha = 0.0

    def backward(self, dy: Array) -> Array:
        """That of x."""
        dx, dalpha = self.both(dy)
        self.dalpha += dalpha
        return dx


class Neuron:
    """Weights in a list, which takes no array in its place: ``+`` joins lists."""

    def __init__(self, factor: float = 1.0) -> None:
        self.w, self.factor = [0.5, -1.0, 2.0], factor

    def forward(self, x: Array) -> Array:
        """A product."""
        self.x = x.copy()
        return np.asarray(x @ np.array((self.w + self.w)[: len(self.w)]))

    def backward(self, dy: Array) -> Array:
        """A list of gradients is left beside it."""
        self.dw = [self.factor * float((dy * column).sum()) for column in self.x.T]
        return np.asarray(dy[:, None] * np.array(self.w))


@BOTH
@pytest.mark.parametrize("alpha", [0.25, np.float64(0.25), 2, np.array(0.25)])
@pytest.mark.parametrize("kind", [Left, LeftAsScalar, Returned, ByName, Added])
def test_a_plain_number_with_a_gradient_is_examined(kind: type[Slope], alpha: Any, factor: float) -> None:
    """Wherever its gradient is; what has none is a setting, and is not told."""
    found = examine(kind(alpha, factor), inputs=(X,), **QUICK)
    assert found.wrong == (factor != 1), story(found)
    assert not found.unexamined
    assert list(found.family.arguments) == ["x", "alpha"]


@BOTH
def test_a_list_of_numbers_with_a_gradient_is_examined(factor: float) -> None:
    """It stays a list for the layer."""
    found = examine(Neuron(factor), inputs=(X,), **QUICK)
    assert found.wrong == (factor != 1), story(found)
    assert list(found.family.arguments) == ["x", "w"]


@pytest.mark.parametrize(("alpha", "kind"), [(0.25, float), (np.float64(0.25), np.float64), (3, float)])
def test_what_is_put_there_is_of_the_kind_that_was_there(alpha: Any, kind: type) -> None:
    """Also after complex numbers."""
    layer = Left(alpha)
    slot = kept_by(layer, {"x": X}).slots["alpha"]
    slot.put(layer, np.array(1j))
    slot.put(layer, np.array(0.5))
    assert type(layer.alpha) is kind
    assert layer.alpha == slot.value(layer) == 0.5


class Stack:
    """Several weights in a list, each an array with its own gradient."""

    def __init__(self) -> None:
        self.w = [np.eye(3) + 0.5, np.eye(3) - 0.25]

    def forward(self, x: Array) -> Array:
        """One product after the other."""
        self.x = x.copy()
        return np.asarray(x @ self.w[0] @ self.w[1].T)

    def backward(self, dy: Array) -> Array:
        """A list of arrays is left beside them."""
        inner = dy @ self.w[1]
        self.dw = [self.x.T @ inner, dy.T @ (self.x @ self.w[0])]
        return np.asarray(inner @ self.w[0].T)


def test_a_list_of_arrays_is_no_list_of_numbers() -> None:
    """Each of them is a parameter."""
    assert set(kept_by(Stack(), {"x": X}).slots) == {"w[0]", "w[1]"}


class Stepped(Left):
    """A width and a step of time, which have what looks like gradients beside them."""

    def __init__(self) -> None:
        super().__init__()
        self.t, self.dt, self.w, self.W = 0.5, 0.01, 3, np.ones(3)

    def forward(self, x: Array) -> Array:
        """Scaled by the time that has gone by."""
        return super().forward(x * self.W[: self.w]) * self.t

    def backward(self, dy: Array) -> Array:
        """That of x; that of W is left in an attribute that is called as that of the width would be."""
        dx = super().backward(dy * self.t)
        self.dW = (dx * self.x / self.W).sum(0)
        return dx * self.W


def test_a_constant_that_is_called_as_a_gradient_is_none() -> None:
    """The backward leaves it as it was; what it leaves is the gradient of an array."""
    assert set(kept_by(Stepped(), {"x": X}).slots) == {"alpha", "W"}


def test_a_case_of_a_plain_number_is_shown_in_a_script() -> None:
    """It is put there as a number, and its gradient is read as an array."""
    told = story(examine(Left(factor=2.0), inputs=(X,), **QUICK))
    assert "layer.alpha = alpha.tolist()" in told
    assert "np.array(layer.dalpha, float)" in told
