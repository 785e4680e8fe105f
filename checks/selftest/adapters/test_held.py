"""What functools.partial holds stays what it is, and what an object keeps and nobody examines is named."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4)) + 3.0
LAWS = ("adjoint", "linearity")


def _leaky(x: Array, cfg: Any) -> tuple[Array, Any]:
    return np.where(x > 3, x, x * cfg["slope"]), (x, cfg)


def _back(dy: Array, saved: Any) -> Array:
    x, cfg = saved
    return dy * np.where(x > 3, 1, cfg["slope"])


def test_a_dictionary_that_is_held_is_not_filled_anew() -> None:
    """Whatever its parameter is called; and its mistakes are found."""
    assert not examine((partial(_leaky, cfg={"slope": 0.2}), _back), inputs=(X,), budget="1ms", laws=LAWS).wrong
    forgets = (partial(_leaky, cfg={"slope": 0.2}), lambda dy, saved: dy + 0 * saved[0])
    assert examine(forgets, inputs=(X,), budget="1ms", laws=LAWS).wrong


class Keeps:
    """A dense layer that keeps its weight under some name, and its gradient under another."""

    def __init__(self, weight: Any, gradient: str) -> None:
        """Names and what stands there."""
        vars(self).update(weight)
        self._weight, self._gradient = next(iter(weight)), gradient

    def forward(self, x: Array) -> Array:
        """Y = x W."""
        self.x = x
        return np.asarray(x @ np.asarray(vars(self)[self._weight]).reshape(4, 2))

    def backward(self, dy: Array) -> Array:
        """Twice the right gradient of the weight."""
        vars(self)[self._gradient] = 2 * self.x.T @ dy
        return np.asarray(dy @ np.asarray(vars(self)[self._weight]).reshape(4, 2).T)


@pytest.mark.long(keep=3)
@pytest.mark.parametrize(
    ("name", "gradient"),
    [
        *(("W", "gradW"), ("weight", "gradWeight"), ("W", "delta_W"), ("W", "dW"), ("gamma", "gamma_gradient")),
        *(("gamma", "gamma_diff"), ("gamma", "dL_dgamma"), ("gamma", "gradient_gamma"), ("W", "dLdW")),
    ],
)
def test_a_gradient_that_is_kept_is_found_under_its_usual_names(name: str, gradient: str) -> None:
    """It is twice the right one here."""
    layer = Keeps({name: X.T[:, :2].copy()}, gradient)
    assert examine(layer, inputs=(X,), budget="1ms", laws=LAWS).findings


@pytest.mark.parametrize(
    ("kept", "name"), [(X.T[:, :2].copy(), "theta"), ([X.T[:, :2].copy()], "theta[0]")], ids=["an array", "a list"]
)
def test_what_is_kept_and_not_examined_is_named(kept: Any, name: str) -> None:
    """Nobody could tell its gradient: the headline says so."""
    said = story(examine(Keeps({"theta": kept}, "slopes"), inputs=(X,), budget="1ms", laws=LAWS))
    assert f"on the example given; NOT EXAMINED: {name} (" in said.splitlines()[0].replace(
        ", hazards: saved copies", ""
    )
    assert f"note: the layer keeps {name}, beside which no gradient was found: that is not examined" in said
    last = name.rpartition(".")[2]
    assert f"it would be found where the backward leaves it as d{last}, grad_{last}, " in said


class Normed:
    """A normalization with a gain and a shift of which it gives no gradient; ``late`` multiplies by the gain last."""

    def __init__(self, *, late: bool) -> None:
        self.gamma, self.beta, self.late = np.ones(4), np.zeros(4), late

    def forward(self, x: Array) -> Array:
        """Rows of mean 0 and variance 1, times gamma, plus beta."""
        centred = x - x.mean(-1, keepdims=True)
        self.std = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
        self.normed = centred / self.std
        return np.asarray(self.gamma * self.normed + self.beta)

    def backward(self, dy: Array) -> Array:
        """Right where gamma is all ones, late or not."""
        d = dy if self.late else dy * self.gamma
        d = d - d.mean(-1, keepdims=True) - self.normed * (d * self.normed).mean(-1, keepdims=True)
        return np.asarray(d / self.std * (self.gamma if self.late else 1))


@pytest.mark.parametrize("late", [False, True])
def test_a_gain_that_is_not_examined_is_not_left_at_ones(late: bool) -> None:
    """It holds numbers in a copy; its own stay, and the script sets those of the copy."""
    layer = Normed(late=late)
    found = examine(layer, inputs=(X,), budget="1ms", laws=LAWS)
    assert found.wrong == late, story(found)
    assert "gamma, beta, of which no gradient was found, hold other numbers here" in story(found)
    assert np.all(layer.gamma == 1)
    assert not np.any(layer.beta)
    assert ("layer.gamma = np.array([" in story(found)) == late


class Averages(Normed):
    """A mean over windows of ones, which is no parameter; its backward knows that."""

    def __init__(self) -> None:
        self.window = np.ones(4)

    def forward(self, x: Array) -> Array:
        """Rows times the window."""
        return np.asarray(x * self.window)

    def backward(self, dy: Array) -> Array:
        """As for ones."""
        return dy.copy()


def test_what_is_not_called_like_a_parameter_stays_as_it_is() -> None:
    """A window of ones is one for good."""
    assert not examine(Averages(), inputs=(X,), budget="1ms", laws=LAWS).wrong


@pytest.mark.parametrize("axis", [-1, (0, -1)])
def test_an_axis_counted_from_the_end_is_no_length(axis: Any) -> None:
    """It is held like any other number; what is varied has no axis of that length."""

    def forward(x: Array, axis: Any) -> tuple[Array, Any]:
        return x - x.mean(axis, keepdims=True), axis

    def backward(dy: Array, axis: Any) -> Array:
        return np.asarray(dy - dy.mean(axis, keepdims=True))

    found = examine((forward, backward), inputs=(X, axis), budget="1ms")
    assert not found.wrong
    assert f"axis={axis}" in story(found)
