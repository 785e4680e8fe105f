"""Losses whose backward takes nothing, objects that hold some of their arguments, and layers that keep a stack."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.adapters import adapt
from checks.selftest.adapters.agreement import ARRAYS, CONFIG, DY, expected
from checks.selftest.adapters.objects_with_parameters import Dense
from checks.selftest.adapters.test_numpy import Layer
from checks.types import Array

X = np.random.default_rng(4).standard_normal((3, 4))
TARGET = np.random.default_rng(5).standard_normal((3, 4))
LAWS = ("adjoint", "finite differences", "linearity", "saved state", "repeatable")


class Squares:
    """Mean of squares; ``factor`` times the right gradient."""

    def __init__(self, factor: float = 2.0) -> None:
        self.factor = factor

    def forward(self, prediction: Array, target: Array) -> Any:
        """Keep the difference."""
        self.difference = prediction - target
        return np.mean(self.difference**2)

    def backward(self) -> Array:
        """Of the prediction alone."""
        return np.asarray(self.factor * self.difference / self.difference.size)


class CrossEntropy(Squares):
    """Of labels that are whole numbers."""

    def __call__(self, z: Array, labels: Array) -> Any:
        """What people call."""
        return self.forward(z, labels)

    def forward(self, z: Array, labels: Array) -> Any:
        """Of a softmax."""
        e = np.exp(z - z.max(1, keepdims=True))
        self.p, self.labels = e / e.sum(1, keepdims=True), labels
        return -np.log(self.p[np.arange(len(labels)), labels]).mean()

    def backward(self) -> Array:
        """The famous difference."""
        found = self.p.copy()
        found[np.arange(len(found)), self.labels] -= 1
        return np.asarray(self.factor / 2 * found / len(found))


LABELS = np.array([0, 3, 1])
LOSSES = [
    pytest.param(Squares, (X, TARGET), "; NOT EXAMINED: target", id="real targets"),
    pytest.param(CrossEntropy, (X, LABELS), "", id="labels"),
]


@pytest.mark.parametrize(("kind", "inputs", "left"), LOSSES)
def test_a_loss_is_examined_without_its_targets(kind: Any, inputs: Any, left: str) -> None:
    """Its upstream gradient is what it takes to be 1; a wrong one is found."""
    found = examine(kind(), inputs=inputs, budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    headline = story(found).splitlines()[0]
    assert f"on the example given, hazards: saved state{left} (" in headline
    assert "note: held as given, since the backward gives no gradient of it: " in story(found)
    laws = {"adjoint", "finite differences"}
    assert examine(kind(1.0), inputs=inputs, budget="1ms", laws=laws).findings.keys() == laws


@pytest.mark.parametrize("loss", [partial(CrossEntropy(), labels=LABELS), partial(Squares().forward, target=TARGET)])
def test_an_object_for_which_arguments_are_held_stays_an_object(loss: Any) -> None:
    """Held by a call of it, or by its forward."""
    found = examine(loss, inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED" not in story(found)


def test_an_object_behind_partial_is_examined_with_its_parameters() -> None:
    """So is one of a class whose constructor has arguments already."""

    class Scaled(Dense):
        def forward(self, x: Array, scale: float = 1.0) -> Array:
            self.scale = scale
            return scale * super().forward(x)

        def backward(self, dy: Array) -> Array:
            return super().backward(self.scale * dy)

    for layer in (partial(Scaled(factor=2.0).forward, scale=3.0), partial(Scaled, factor=2.0)):
        found = examine(layer, inputs=(X,), budget="1ms", laws=["adjoint"])
        assert {each.verdict.of for each in found.findings.values()} == {"dW"}, story(found)


def test_an_object_behind_partial_may_be_of_a_family() -> None:
    """Its weight is replaced like any other's."""
    subject = adapt(partial(Layer(ARRAYS["weight"], ARRAYS["bias"], 2, 1).forward))
    np.testing.assert_allclose(subject.pull(ARRAYS, CONFIG, DY).gradients["dweight"], expected().gradients["dweight"])


def test_a_backward_that_takes_nothing_must_be_of_a_loss() -> None:
    """Several outputs have several upstream gradients: that is a refusal, no verdict."""

    class Each(Squares):
        def forward(self, prediction: Array, target: Array) -> Array:
            self.difference = prediction - target
            return np.asarray((self.difference**2).mean(1))

    with pytest.raises(
        UsageError, match=r"backward\(\) takes no upstream gradient, and y is of shape \(3,\); expected a"
    ):
        examine(partial(Each().forward, target=TARGET), inputs=(X,), budget="1ms")


class Stacked(Dense):
    """Keeps what each forward saves on a stack."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__(factor=factor)
        self.stack: list[Any] = []

    def forward(self, x: Array) -> Array:
        """Put it on."""
        y = super().forward(x)
        self.stack.append(self.cache)
        return y

    def backward(self, dy: Array) -> Array:
        """Take the last one off."""
        self.cache = self.stack.pop()
        return super().backward(dy)


class Ahead(Stacked):
    """Takes the first one off, which is of another forward as soon as one was not gone back."""

    def backward(self, dy: Array) -> Array:
        """The oldest."""
        self.cache = self.stack.pop(0)
        return Dense.backward(self, dy)


def test_a_stack_is_a_hazard_and_not_wrong() -> None:
    """It is right as long as each forward is followed by its own backward."""
    found = examine(Stacked(), inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert set(found.hazards) == {"saved state"}
    assert examine(Stacked(2.0), inputs=(X,), budget="1ms", laws=["adjoint"]).wrong


def test_a_queue_is_wrong() -> None:
    """One forward alone, as in evaluation, puts all others out of step."""
    assert examine(Ahead(), inputs=(X,), budget="1ms", laws=LAWS).wrong


class Entropy:
    """A loss whose backward may be told dy, and gives no gradient of its targets, which are called y."""

    def forward(self, x: Array, y: Array) -> Any:
        """Minus the mean of y log softmax x."""
        rows = np.exp(x - x.max(-1, keepdims=True))
        self.p, self.y = rows / rows.sum(-1, keepdims=True), y
        return -np.sum(np.log(self.p) * y) / len(x)

    def backward(self, g: float = 1) -> Array:
        """That of x alone."""
        return np.asarray(g * (self.p - self.y) / len(self.y))


def test_a_loss_whose_backward_can_do_without_dy_has_targets() -> None:
    """Called y, their gradient would be called as the upstream gradient is."""
    found = examine(Entropy(), inputs=(np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]]), np.eye(3)[:2]), budget="1ms")
    assert not found.wrong, story(found)
    assert "held as given, since the backward gives no gradient of it: y" in found.notes
