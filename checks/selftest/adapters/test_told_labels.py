"""Losses of objects whose backward is told the labels again, beside dy, x or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.types import Array

P = np.random.default_rng(0).uniform(0.5, 1, (3, 4))
T = np.random.default_rng(1).standard_normal((3, 4))
LABELS = np.array([0, 3, 1])
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


class Halves:
    """Half the sum of squares; ``factor`` is 1 where it is right."""

    dinputs: Array

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor

    def forward(self, prediction: Array, label_tensor: Array) -> Any:
        """Keeps the prediction."""
        self.p = prediction
        return np.sum((prediction - label_tensor) ** 2) / 2

    def right(self, label: Array, dy: float = 1.0) -> Array:
        """The derivative."""
        return np.asarray(self.factor * dy * (self.p - label))


class Picked(Halves):
    """The logarithm of each probability that a label names."""

    def forward(self, prediction: Array, label_tensor: Array) -> Any:
        """Keeps the prediction."""
        self.p = prediction
        return -np.log(prediction[np.arange(len(prediction)), label_tensor]).sum()

    def backward(self, label_tensor: Array) -> Array:
        """The derivative."""
        found, at = np.zeros_like(self.p), (np.arange(len(self.p)), label_tensor)
        found[at] = -self.factor / self.p[at]
        return found


def left(self: Halves, dvalues: Array, label_tensor: Array) -> None:
    """Leaves its gradient in an attribute."""
    self.dinputs = self.factor * (dvalues - label_tensor)


def by(backward: Callable[..., Any]) -> type[Halves]:
    """The same with this backward."""
    return type("Halves", (Halves,), {"backward": backward})


TOLD = {
    "by its name": by(lambda self, label_tensor: self.right(label_tensor)),
    "by another name of labels": by(lambda self, y_true: self.right(y_true)),
    "beside dy": by(lambda self, dy, label_tensor: self.right(label_tensor, dy)),
    "beside x": by(lambda self, prediction, label_tensor: self.factor * (prediction - label_tensor)),
    "beside x that is called like dy": by(left),
}


@pytest.mark.parametrize("kind", TOLD.values(), ids=TOLD)
def test_labels_are_told_again_as_the_forward_was_given_them(kind: type[Halves]) -> None:
    """A right loss is right, one that is a little wrong is wrong, and a note says how it is called."""
    found = examine(kind(), inputs=(P, T), **QUICK)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: label_tensor (" in story(found).splitlines()[0]
    assert "note: called with what the forward was given: Halves.backward(" in story(found)
    assert examine(kind(1.001), inputs=(P, T), **QUICK).findings.keys() == {"finite differences"}


@pytest.mark.parametrize("supports", [{}, {"gradients": ["prediction"]}])
def test_whole_labels_are_told_again(supports: dict[str, Any]) -> None:
    """Also where the layer says itself that it gives no gradient of them."""
    assert not examine(Picked(), inputs=(P, LABELS), supports=supports, **QUICK).wrong
    assert examine(Picked(1.5), inputs=(P, LABELS), supports=supports, **QUICK).wrong


def test_a_script_tells_the_labels_again() -> None:
    """As the case was examined."""
    kind = TOLD["by its name"]
    told = story(examine(kind(1.5), inputs=(P[:1, :2], T[:1, :2]), **QUICK))
    assert "layer.backward(label_tensor=np.array([[" in told


def test_a_backward_without_dy_is_one_of_a_single_number() -> None:
    """Of several the upstream gradients are not known: that is a refusal, no verdict."""

    class Each(Halves):
        def forward(self, prediction: Array, label_tensor: Array) -> Array:
            return np.asarray(((prediction - label_tensor) ** 2).mean(1))

        def backward(self, dvalues: Array, label_tensor: Array) -> Array:
            if dvalues.shape != label_tensor.shape:
                raise ValueError("predictions are asked for")
            return 2 * (dvalues - label_tensor) / 4

    with pytest.raises(UsageError, match=r"no upstream gradient, but what the forward was given, and y is of shape"):
        examine(Each(), inputs=(P, T), **QUICK)


def test_a_parameter_that_is_no_label_is_examined() -> None:
    """A backward that is told the weight again and gives its gradient keeps it; this one is wrong for it."""

    class Scaled:
        def forward(self, x: Array, w: Array) -> Array:
            self.x, self.w = x, w
            return x * w

        def backward(self, dy: Array, w: Array | None = None) -> tuple[Array, Array]:
            return dy * (self.w if w is None else w), 2 * dy * self.x

    assert {each.verdict.of for each in examine(Scaled(), inputs=(P, T), **QUICK).findings.values()} == {"dw"}


class Exp:
    """Takes what the forward gave as y."""

    def forward(self, x: Array) -> Array:
        """The exponential."""
        return np.asarray(np.exp(x))

    def backward(self, y_pred: Array, y: Array) -> Array:
        """By names that look like predictions and labels."""
        return y_pred * y


class Plain(Exp):
    """The same by names that say what they are."""

    def backward(self, dy: Array, y: Array) -> Array:
        """By its derivative."""
        return dy * y


def test_a_note_says_what_a_name_was_taken_for() -> None:
    """The upstream gradient as y_pred, and what the forward gave as y; a parameter called dy needs no note."""
    note = "Exp.backward(y_pred, y), where y_pred is the upstream gradient, y is what the forward gave"
    assert note in story(found := examine(Exp(), inputs=(P,), **QUICK))
    assert not found.wrong
    assert "called by the names" not in story(examine(Plain(), inputs=(P,), **QUICK))
