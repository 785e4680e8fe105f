"""Layers whose methods give nothing: y and the gradients stand in attributes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.selftest.adapters.test_preamble import printed
from checks.types import Array

X = np.random.default_rng(0).standard_normal((4, 3))
LAWS = ("adjoint", "finite differences", "results kept", "repeatable")


class Dense:
    """Leaves y in ``output``, and gradients under the names of what they are of."""

    def __init__(self, factor: float = 1.0) -> None:
        """``factor`` stands before the gradient of the weights."""
        self.weights, self.biases = np.random.default_rng(1).standard_normal((3, 2)), np.zeros((1, 2))
        self.factor = factor

    def forward(self, inputs: Array) -> None:
        """Keeps its inputs, too."""
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues: Array) -> None:
        """All gradients."""
        self.dweights = self.factor * np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


class ReLU:
    """The same of an activation."""

    def forward(self, inputs: Array) -> None:
        """Keeps its inputs."""
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues: Array) -> None:
        """0 where nothing came through."""
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0


class Leaky(ReLU):
    """Lets everything through."""

    def backward(self, dvalues: Array) -> None:
        """Forgets where nothing came through."""
        self.dinputs = dvalues.copy()


def test_a_layer_that_gives_nothing_is_examined_with_all_its_gradients() -> None:
    """One that is twice too large is found."""
    right = examine(Dense(), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    assert set(right.family.arguments) == {"inputs", "weights", "biases"}
    wrong = examine(Dense(2.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert {found.verdict.of for found in wrong.findings.values()} == {"dweights"}, story(wrong)


def test_a_class_that_gives_nothing_is_examined_as_one_of_a_family() -> None:
    """And a wrong one is found."""
    right = examine(ReLU, like="relu", budget="1ms", laws=["reference", "adjoint"])
    assert not right.wrong, story(right)
    assert examine(Leaky, like="relu", budget="1ms", laws=["reference", "adjoint"]).wrong


def test_the_script_takes_y_from_where_it_was_left() -> None:
    """It prints the wrong number and the right one."""
    script = (
        examine(Dense(2.0), inputs=(X[:1],), budget="1ms", laws=["finite differences"])
        .findings["finite differences"]
        .script
    )
    assert "    layer.forward(inputs)\n    return layer.output.copy(), layer" in script
    wrong, right = (printed(script, Dense, Dense(factor)).split(" and must be ") for factor in (2.0, 1.0))
    assert float(wrong[0].split()[-1]) == 2 * float(wrong[1])
    assert float(right[0].split()[-1]) == float(right[1])


class Fluent(Dense):
    """Gives itself, so that calls may follow one another."""

    def forward(self, inputs: Array) -> Fluent:  # type: ignore[override]
        """Leaves y."""
        super().forward(inputs)
        return self

    def backward(self, dvalues: Array) -> Fluent:  # type: ignore[override]
        """Leaves gradients."""
        super().backward(dvalues)
        return self


def test_a_layer_that_gives_itself_is_read_as_one_that_gives_nothing() -> None:
    """In the script, too."""
    right = examine(Fluent(), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    assert set(right.family.arguments) == {"inputs", "weights", "biases"}
    found = examine(Fluent(2.0), inputs=(X[:1],), budget="1ms", laws=["adjoint"]).findings["adjoint"]
    assert found.verdict.of == "dweights"
    assert "    layer.forward(inputs)\n    return layer.output.copy(), layer" in found.script


class OtherNames(Dense):
    """Leaves y and dx under names that nobody else has, or none that says what it is."""

    def __init__(self, *left: str) -> None:
        """``left`` is where it leaves y, once or several times."""
        super().__init__()
        self.left = left

    def forward(self, inputs: Array) -> None:
        """Keeps its inputs."""
        self.inputs = inputs
        for name in self.left:
            setattr(self, name, np.dot(inputs, self.weights) + self.biases)

    def backward(self, dvalues: Array) -> None:
        """All gradients, that of the inputs as ``grad_input``."""
        super().backward(dvalues)
        self.grad_input = self.dinputs
        del self.dinputs


def test_y_is_what_a_forward_has_left_that_was_not_there_before() -> None:
    """Whatever it is called; and so is the gradient of its inputs."""
    found = examine(OtherNames("ausgabe"), inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert set(found.family.arguments) == {"inputs", "weights", "biases"}


def test_y_that_may_be_one_of_several_is_asked_for() -> None:
    """With the adapter to write."""
    with pytest.raises(UsageError, match="gives nothing, and left vorher, nachher in attributes; expected"):
        examine(OtherNames("vorher", "nachher"), inputs=(X,), budget="1ms")


class Named:
    """A dense layer with other names for its methods, its weight, its gradient."""

    def __init__(self, factor: float = 1.0) -> None:
        """``factor`` stands before the gradient of the weight."""
        self._w, self.factor = np.random.default_rng(1).standard_normal((3, 2)), factor

    def ahead(self, x: Array) -> Array:
        """Y = x W."""
        self._x = x
        return np.asarray(x @ self._w)

    def behind(self, dy: Array) -> Array:
        """Keeps the gradient of the weight as ``_dw``."""
        self._dw = self.factor * (self._x.T @ dy)
        return np.asarray(dy @ self._w.T)


class Propagating(Named):
    """By other names."""

    propagate, backpropagate = Named.ahead, Named.behind


class Feeding(Named):
    """By others."""

    feed_forward, back_propagation = Named.ahead, Named.behind


class Back(Named):
    """By others."""

    forward, back = Named.ahead, Named.behind


class Updating(Named):
    """Has a method ``backward`` that only moves its weight."""

    forward = Named.ahead

    def gradient(self, eta: Array) -> Array:
        """The backward."""
        return self.behind(eta)

    def backward(self, alpha: float = 0.001) -> None:
        """A step."""
        self._w -= alpha * self._dw


class UpdatingWithMomentum(Updating):
    """The same with a decay and a momentum, by which each call of ``backward`` moves the weight."""

    def backward(self, alpha: float = 1e-4, wd: float = 4e-4, momentum: float = 0.9) -> None:
        """A step."""
        self._velocity = momentum * getattr(self, "_velocity", 0.0) - alpha * self._dw
        self._w = (1 - wd) * self._w + self._velocity


class SavingWhenCalled(Named):
    """Its forward saves nothing, its call does."""

    backward = Named.behind

    def forward(self, x: Array) -> Array:
        """Y alone."""
        return np.asarray(x @ self._w)

    def __call__(self, x: Array) -> Array:
        """Y, and keeps x."""
        self._x = x
        return self.forward(x)


class ByState:
    """Its parameters stand in ``state_dict``, their gradients in ``grads``."""

    def __init__(self, factor: float = 1.0) -> None:
        """``factor`` stands before the gradient of the weight."""
        self.state_dict = {"weight": np.random.default_rng(1).standard_normal((3, 2)), "bias": np.zeros(2)}
        self.factor = factor

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x @ self.state_dict["weight"] + self.state_dict["bias"])

    def backward(self, dy: Array) -> Array:
        """Keeps the gradients."""
        self.grads = {"weight": self.factor * (self.x.T @ dy), "bias": dy.sum(0)}
        return np.asarray(dy @ self.state_dict["weight"].T)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    "kind", [Propagating, Feeding, Back, Updating, UpdatingWithMomentum, SavingWhenCalled, ByState]
)
def test_other_names_are_known(kind: Any) -> None:
    """A right layer is right with its weight, whose gradient is found where it is too large."""
    right = examine(kind(), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    assert not right.family.unexamined
    assert set(right.family.arguments) > {"x"}
    wrong = examine(kind(2.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert len({found.verdict.of for found in wrong.findings.values()}) == 1, story(wrong)
    assert "dx" not in {found.verdict.of for found in wrong.findings.values()}


class Slope:
    """An activation, and its derivative: no layer."""

    def forward(self, x: Array) -> Array:
        """The activation."""
        return np.tanh(x)

    def gradient(self, x: Array) -> Array:
        """Its derivative at x."""
        return np.asarray(1 - np.tanh(x) ** 2)


def test_a_derivative_is_no_backward() -> None:
    """It takes x again, and no dy."""
    with pytest.raises(UsageError, match="is no layer that can be recognised by its forward, gradient"):
        examine(Slope(), inputs=(X,), budget="1ms")
