"""An object that keeps its own parameters is examined with all of them, as one object, as in training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))


class Dense:
    """x W + b, its gradients in attributes; its numbers are drawn, as layers are built."""

    def __init__(self, columns: int = 2) -> None:
        """Random parameters."""
        self.W, self.b = np.random.default_rng(2).standard_normal((4, columns)), np.zeros(columns)
        self.x, self.dW, self.db = np.zeros(0), np.zeros(0), np.zeros(0)

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x @ self.W + self.b)

    def backward(self, dy: Array) -> Array:
        """Gives dx, keeps the others."""
        self.dW, self.db = self.x.T @ dy, dy.sum(0)
        return np.asarray(dy @ self.W.T)


class ByDictionary(Dense):
    """The same with dictionaries."""

    def __init__(self) -> None:
        """Parameters by name."""
        super().__init__()
        self.params = {"W": self.W.copy(), "b": self.b.copy()}
        self.grads: dict[str, Any] = {}
        del self.W, self.b, self.dW, self.db

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x @ self.params["W"] + self.params["b"])

    def backward(self, dy: Array) -> Array:
        """Gives dx, keeps the others."""
        self.grads = {"W": self.x.T @ dy, "b": dy.sum(0)}
        return np.asarray(dy @ self.params["W"].T)


class Averaging(Dense):
    """A mean over samples that its forward does not take."""

    def backward(self, dy: Array) -> Array:
        """Gives the right dx."""
        found = super().backward(dy)
        self.dW = self.dW / len(self.x)
        return found


class KeepingItsFirst(Dense):
    """Goes back with the first x that it was given."""

    def forward(self, x: Array) -> Array:
        """Keeps x if there is none."""
        first = self.x if self.x.shape == x.shape else x
        y = super().forward(x)
        self.x = first
        return y


@pytest.mark.parametrize("layer", [Dense(), Dense, ByDictionary()], ids=["object", "class", "dictionaries"])
def test_a_right_one_is_right_with_its_parameters(layer: Any) -> None:
    """A class is built once: its random numbers are the same at each call."""
    found = examine(layer, inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)
    assert set(found.family.arguments) == {"x", "W", "b"}


@pytest.mark.parametrize("layer", [Averaging(), Averaging])
def test_a_wrong_gradient_of_a_parameter_is_found(layer: Any) -> None:
    """Nobody handed that parameter over."""
    assert "dW" in {
        found.verdict.of for found in examine(layer, inputs=(X,), budget="1ms", laws=["adjoint"]).findings.values()
    }


def test_a_class_that_finds_its_first_x_again_is_found() -> None:
    """It is one object for all cases."""
    found = examine(KeepingItsFirst, inputs=(X,), budget="1ms")
    assert "dW" in {each.verdict.of for each in found.findings.values()}, story(found)


class Unbuildable(Dense):
    """Raises as soon as it is built."""

    def __init__(self) -> None:
        """No parameters."""
        raise ValueError("nothing to build of")


def test_a_class_that_cannot_be_built_is_refused_in_words() -> None:
    """With what it raised."""
    with pytest.raises(UsageError, match=r"Unbuildable\(\) raised ValueError: nothing to build of; expected an object"):
        examine(Unbuildable, inputs=(X,), budget="1ms")


def test_a_pair_of_methods_is_the_object_with_what_it_keeps() -> None:
    """A wrong db would pass beside a right dx."""

    class Doubled(Dense):
        def backward(self, dy: Array) -> Array:
            dx = super().backward(dy)
            self.db = 2 * self.db
            return dx

    for kind, wrong in ((Dense, set()), (Doubled, {"db"})):
        layer = kind()
        found = examine((layer.forward, layer.backward), inputs=(X,), budget="1ms", laws=["finite differences"])
        assert {each.verdict.of for each in found.findings.values()} == wrong, story(found)
        assert "NOT EXAMINED" not in story(found)


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        (lambda dy: dy.sum(), "db has shape ()"),
        (lambda dy: dy.sum(0, keepdims=True), "db has shape (1, 2)"),
        (lambda dy: np.append(dy.sum(0), 0.0), "db has shape (3,)"),
    ],
)
def test_a_gradient_of_another_shape_is_the_gradient(gradient: Any, said: str) -> None:
    """It stands where one of the right shape would: the parameter is not one of which nobody found any."""

    class Other(Dense):
        def backward(self, dy: Array) -> Array:
            dx = super().backward(dy)
            self.db = gradient(dy)
            return dx

    found = examine(Other(), inputs=(X,), budget="1ms")
    assert "shape" in found.findings, story(found)
    assert said in story(found)


class Short:
    """Under short names."""

    def fwd(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x * x)

    def bwd(self, dy: Array) -> Array:
        """Right."""
        return np.asarray(2 * dy * self.x)


def test_fwd_and_bwd_are_a_forward_and_a_backward() -> None:
    """As forward and backward are."""
    assert not (found := examine(Short(), inputs=(X,), budget="1ms", laws=["finite differences"])).wrong, story(found)


class Unbuilt(Dense):
    """A layer whose properties look for what its first forward builds."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.projections: dict[str, Array] = {}
        self.dQ, self.x = np.zeros(0), np.zeros(0)

    @property
    def parameters(self) -> dict[str, Array]:
        """A KeyError before the first forward."""
        return {"Q": self.projections["Q"]}

    @property
    def gradients(self) -> dict[str, Array]:
        """The same."""
        return dict.fromkeys(self.projections, self.dQ) if self.projections["Q"].size else {}

    def forward(self, x: Array) -> Array:
        """Builds Q."""
        self.x = x
        return np.asarray(x @ self.projections.setdefault("Q", np.eye(4)))

    def backward(self, dy: Array) -> Array:
        """Gives dx, and a gradient of Q that is twice too large."""
        self.dQ = 2 * self.x.T @ dy
        return np.asarray(dy @ self.projections["Q"].T)


def test_a_property_that_raises_before_the_first_forward_is_not_there_yet() -> None:
    """What its forward builds is examined like any other parameter."""
    found = examine(Unbuilt(), inputs=(X,), budget="1ms", laws=["finite differences"])
    assert found.findings["finite differences"].verdict.of == "dprojections.Q"


def test_the_parameters_of_a_class_that_exec_made_are_examined() -> None:
    """It has no module: it says that it is of builtins."""
    space: dict[str, Any] = {}
    source = """
import numpy as np

class Dense:
    def __init__(self): self.w = np.ones((3, 2))
    def forward(self, x): self.x = x; return x @ self.w
    def backward(self, dy): self.dw = 3 * self.x.T @ dy; return dy @ self.w.T
"""
    exec(source, space)  # noqa: S102 - our own source
    found = examine(space["Dense"](), inputs=np.arange(12.0).reshape(4, 3), budget="1ms")
    assert any(each.verdict.of == "dw" for each in found.findings.values())


class Table:
    """Rows by their numbers; the gradient of the table lies where nobody looks."""

    def __init__(self) -> None:
        self.table, self.found = np.ones((4, 2)), np.zeros((4, 2))

    def forward(self, rows: Any) -> Any:
        """The rows."""
        self.rows = rows
        return self.table[rows]

    def backward(self, dy: Any) -> None:
        """Added up by row."""
        self.found = np.zeros((4, 2))
        np.add.at(self.found, self.rows, dy)


def test_numbers_of_rows_without_a_gradient_of_the_table_are_told_where_that_would_be_found() -> None:
    """Floating point would only break such a layer."""
    with pytest.raises(UsageError, match=r"the layer keeps table, beside which no gradient was found.*dtable"):
        examine(Table(), inputs=np.array([0, 3, 3]), budget="1ms")


class Shifted:
    """x + b with a wrong dx, whose backward has no gradient of b."""

    def __init__(self) -> None:
        self.b = np.array([1.0, -2.0, 3.0])

    def forward(self, x: Any) -> Any:
        """Shifted."""
        return x + self.b

    def backward(self, dy: Any) -> Any:
        """Twice what it must be."""
        return 2 * dy


def test_what_is_not_examined_of_a_wrong_layer_stands_in_its_headline_too() -> None:
    """Its owner mends what is told, and would take the rest for right."""
    found = examine(Shifted(), inputs=np.arange(6.0).reshape(2, 3), budget="1ms")
    assert found.wrong
    assert "; NOT EXAMINED: b (" in story(found).splitlines()[0]
