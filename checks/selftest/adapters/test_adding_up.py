"""Objects whose gradients add up from call to call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters import adapt
from checks.invariants.repetition import GROWS
from checks.selftest.adapters.agreement import ARRAYS, CONFIG, DY
from checks.selftest.adapters.test_numpy import Layer
from checks.selftest.adapters.test_state import X
from checks.selftest.diagnosis import by_itself
from checks.types import Array


class Adding:
    """x W, whose gradients are sums over all calls."""

    def __init__(self) -> None:
        self.W = np.random.default_rng(0).standard_normal((3, 4))
        self.dW = np.zeros_like(self.W)

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return np.asarray(x @ self.W)

    def backward(self, dy: Array) -> Array:
        """Add to what there is."""
        self.dW += self.x.T @ dy
        return np.asarray(dy @ self.W.T)


class Zeroing(Adding):
    """The same with the method that training calls."""

    def zero_grad(self) -> None:
        """Begin at zero."""
        self.dW[...] = 0


class AddingDoubled(Zeroing):
    """Wrong, and adds up."""

    def backward(self, dy: Array) -> Array:
        """Add too much."""
        return super().backward(2 * dy) / 2


def test_gradients_that_are_set_to_zero_before_each_backward_may_add_up() -> None:
    """By the layer's own method, as in training; what is wrong besides is found."""
    found = examine(Zeroing, inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)
    assert "adjoint" in examine(AddingDoubled(), inputs=(X,), budget="1ms").findings


class ZeroingForItself(Adding):
    """Its constructor calls the method, and so may its training."""

    def __init__(self) -> None:
        super().__init__()
        self._reset_gradients()

    def _reset_gradients(self) -> None:
        self.dW = np.zeros_like(self.W)


def test_a_method_with_an_underscore_sets_gradients_to_zero_as_well() -> None:
    """What adds up from call to call is right then."""
    found = examine(ZeroingForItself(), inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)


class Updated(Adding):
    """Whose update begins the next sum."""

    def update(self, learning_rate: float, weight_decay: float = 0.01) -> None:
        """A step, with a decay."""
        self.W = (1 - weight_decay) * self.W - learning_rate * self.dW
        self.dW = np.zeros_like(self.W)


class UpdatedDoubled(Updated):
    """Wrong, and adds up."""

    def backward(self, dy: Array) -> Array:
        """Add too much."""
        return super().backward(2 * dy) / 2


class UpdatedOnly(Adding):
    """Whose update leaves the sum as it is."""

    def update(self, learning_rate: float) -> None:
        """A step."""
        self.W = self.W - learning_rate * self.dW


def test_gradients_add_up_until_the_layers_own_update_sets_them_to_zero() -> None:
    """At a rate of 0 it shows which; where it does not, they grow."""
    found = examine(Updated(), inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)
    told = "Updated.update(learning_rate, weight_decay) sets dW to zero, as is done here before each backward"
    assert told in found.notes
    wrong = examine(UpdatedDoubled(), inputs=(X,), budget="1ms")
    assert "adjoint" in wrong.findings
    assert "layer.dW = np.zeros_like(layer.dW)" in story(wrong)
    assert set(examine(UpdatedOnly(), inputs=(X,), budget="1ms").findings) == {"repeatable"}


@pytest.mark.parametrize("layer", [Adding, Adding()])
def test_gradients_that_nobody_can_set_to_zero_and_that_add_up_break_one_law(layer: Any) -> None:
    """Its reason says what they do."""
    found = examine(layer, inputs=(X,), budget="1ms")
    assert set(found.findings) == {"repeatable"}, story(found)
    assert found.findings["repeatable"].verdict.why == GROWS
    assert found.findings["repeatable"].verdict.of == "dW"


ACCUMULATING = """
import numpy as np

class Dense:
    def __init__(self):
        self.W, self.dW = np.ones((4, 2)), np.zeros((4, 2))

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dy):
        self.dW += self.x.T @ dy
        return dy @ self.W.T
"""


@pytest.mark.usefixtures("plainest")
def test_a_script_leaves_what_adds_up_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows the gradient grow: nothing is set to zero before a backward."""
    layer = by_itself.written(ACCUMULATING, tmp_path, monkeypatch).Dense()
    found = examine(layer, inputs=(np.ones((3, 4)),), budget="1ms", laws=["repeatable"]).findings["repeatable"]
    (said,) = by_itself.printed([found.script], tmp_path)
    first, second, third = (float(line.rpartition(" ")[2]) for line in said.splitlines()[:3])
    assert (second, third) == (2 * first, 3 * first)
    assert first


def test_a_subject_that_nobody_touches_shows_how_gradients_grow() -> None:
    """The second is the first plus the first."""

    class Accumulates(Layer):
        def backward(self, dout: Array) -> Array:
            before = getattr(self, "dW", 0.0)
            dx = super().backward(dout)
            self.dW = self.dW + before
            return dx

    subject = adapt(Accumulates(ARRAYS["weight"], ARRAYS["bias"], 2, 1))
    first, second = (subject.pull(ARRAYS, CONFIG, DY).gradients["dweight"] for _ in range(2))
    np.testing.assert_array_equal(second, first)
    assert subject.untouched is not None
    np.testing.assert_array_equal(subject.untouched.pull(ARRAYS, CONFIG, DY).gradients["dweight"], 2 * first)
