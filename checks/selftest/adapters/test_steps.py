"""A backward that moves its layer's weights itself, at a rate that it takes or keeps: its steps show the gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.adapters.stepping_layers import KINDS, LAWS, ByOptimizers, InPlace, Plain, X
from checks.selftest.adapters.test_preamble import printed
from checks.types import Array
from reference_impl import conv_backward, conv_forward


@pytest.mark.sweep("formats of right steps", 2)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_steps_are_right_and_examined(kind: type[Plain], dtype: str) -> None:
    """The layer is where it was before each, its rate is its own again, and so are its numbers."""
    layer = kind()
    found = examine(layer, inputs=(X.astype(dtype),), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert set(found.family.arguments) == {"x", "W", "b"}
    assert np.max(np.abs(layer.W)) < 100  # the example moved outwards, and no step of a large rate
    assert getattr(layer, "learning_rate", 0.1) == 0.1


@pytest.mark.long(keep=1)
@pytest.mark.sweep("wrong steps", 3)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("factor", [2.0, -1.0, 1 + 1e-9])
def test_a_wrong_step_is_found(kind: type[Plain], factor: float) -> None:
    """However small the mistake is."""
    found = examine(kind(factor), inputs=(X,), budget="1ms", laws=LAWS)
    assert {each.verdict.of for each in found.findings.values()} == {"dW"}, story(found)


class MovedFirst(InPlace):
    """Moves its weights, and computes dx of what that made of them."""

    def backward(self, dy: Array, learning_rate: float) -> Array:
        """A step down."""
        super().backward(dy, learning_rate)
        return np.asarray(dy @ self.W.T)


@pytest.mark.parametrize(("kind", "late"), [(MovedFirst, True), (InPlace, False)])
def test_a_gradient_of_weights_that_were_moved_first_is_told(kind: type[Plain], late: bool) -> None:
    """It depends on the rate, whatever else is wrong with it; one that is computed before does not."""
    found = examine(kind(2.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert ("what the backward returns changes with its rate: it is computed after W, b moved" in story(found)) == late


class Centred(InPlace):
    """Without its mean over the columns: an upstream gradient of equal numbers moves nothing."""

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        y = super().forward(x)
        return np.asarray(y - y.mean(axis=1, keepdims=True))

    def backward(self, dy: Array, learning_rate: float) -> Array:
        """A step down."""
        return super().backward(dy - dy.mean(axis=1, keepdims=True), learning_rate)


@pytest.mark.parametrize(("factor", "wrong"), [(1.0, set()), (7.0, {"dW"})])
def test_steps_are_seen_where_equal_numbers_come_to_nothing(factor: float, wrong: set[str]) -> None:
    """As behind a normalization."""
    found = examine(Centred(factor), inputs=(X,), budget="1ms", laws=LAWS)
    assert set(found.family.arguments) == {"x", "W", "b"}
    assert {each.verdict.of for each in found.findings.values()} == wrong, story(found)


class Looked:
    """Rows of W by their numbers; ``once`` steps but once where a number comes again."""

    def __init__(self, *, once: bool = False) -> None:
        """Drawn rows."""
        self.W, self.once = np.random.default_rng(0).standard_normal((6, 3)), once

    def forward(self, ids: Array) -> Array:
        """Keeps the numbers."""
        self.ids = ids
        return np.asarray(self.W[ids])

    def backward(self, dy: Array, learning_rate: float) -> None:
        """A step down."""
        gradient = np.zeros_like(self.W)
        if self.once:
            gradient[self.ids] = dy
        else:
            np.add.at(gradient, self.ids, dy)
        self.W -= learning_rate * gradient


@pytest.mark.parametrize("once", [False, True])
def test_an_embedding_that_moves_its_rows_is_examined(once: bool) -> None:
    """Though there is no example but integers."""
    found = examine(Looked(once=once), inputs=(np.array([[0, 1, 1], [5, 2, 1]]),), budget="1ms", laws=LAWS)
    assert set(found.family.arguments) == {"W"}
    assert {each.verdict.of for each in found.findings.values()} == ({"dW"} if once else set()), story(found)


def test_the_story_says_how_the_gradients_were_read() -> None:
    """And that the weights are put back."""
    said = story(examine(ByOptimizers(), inputs=(X,), budget="1ms", laws=LAWS))
    assert "(before - after) / rate, where W_opt.lr, b_opt.lr is a power of two so large" in said
    assert "note: the backward moves W, b: put back after each" in said


class Conv:
    """Told its sizes and its rate; keeps no gradients."""

    factor = 1.0

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0
    ) -> None:
        """Parameters, to be replaced."""
        self.W = np.ones((out_channels, in_channels, kernel_size, kernel_size))
        self.b, self.stride, self.padding = np.zeros(out_channels), stride, padding

    def forward(self, x: Array) -> Array:
        """Of the reference."""
        y, self.saved = conv_forward(x, self.W, self.b, stride=self.stride, padding=self.padding)
        return y

    def backward(self, dy: Array, lr: float) -> Array:
        """A step down."""
        found = conv_backward(dy, self.saved)
        self.W -= lr * self.factor * found.dweight
        self.b -= lr * np.asarray(found.dbias)
        return found.dx


class DoubledConv(Conv):
    """Goes twice as far down in W."""

    factor = 2.0


def test_a_class_of_a_family_is_examined_by_its_steps() -> None:
    """Exactly on integers, whatever the size of dy; what half precision cannot show is blind."""
    laws = ["reference", "adjoint", "scaling", "linearity", "arguments unchanged"]
    right = examine(Conv, like="conv2d", budget="1ms", laws=laws)
    assert not right.wrong, story(right)
    wrong = examine(DoubledConv, like="conv2d", budget="1ms", laws=laws)
    assert "dweight" in {found.verdict.of for found in wrong.findings.values()}, story(wrong)
    assert "dx" not in {found.verdict.of for found in wrong.findings.values()}


class Late(Plain):
    """Gives the dx of the weights after their step."""

    def backward(self, dy: Array, lr: float) -> Array:
        """A step down, too early."""
        _, weight, bias = self._gradients(dy)
        self.W, self.b = self.W - lr * weight, self.b - lr * bias
        return np.asarray(dy @ self.W.T)


@pytest.mark.long
def test_dx_of_the_weights_after_their_step_is_found() -> None:
    """At a rate of 0 nobody would see it."""
    found = examine(Late(), inputs=(X,), budget="1ms", laws=LAWS)
    assert {each.verdict.of for each in found.findings.values()} == {"dx"}, story(found)


class Momentum(Plain):
    """Goes on as it went before."""

    def __init__(self) -> None:
        """At rest."""
        super().__init__(lr=0.1, speed=0.0)

    def backward(self, dy: Array) -> Array:
        """A step down, and a part of the last one."""
        dx, weight, _ = self._gradients(dy)
        self.speed = 0.9 * self.speed + weight  # type: ignore[has-type]
        self.W = self.W - self.lr * self.speed  # type: ignore[attr-defined]
        return dx


class Clipped(Plain):
    """Goes no further than 1."""

    def backward(self, dy: Array, lr: float) -> Array:
        """A short step down."""
        dx, weight, _ = self._gradients(dy)
        self.W = self.W - lr * np.clip(weight, -1, 1)
        return dx


class Decaying(Plain):
    """Shrinks its weights, too."""

    def backward(self, dy: Array, lr: float) -> Array:
        """A step down and one to 0."""
        dx, weight, _ = self._gradients(dy)
        self.W = self.W - lr * (weight + 0.1 * self.W)
        return dx


class Secret(Plain):
    """Nobody is told its rate."""

    def backward(self, dy: Array) -> Array:
        """A step down."""
        dx, weight, _ = self._gradients(dy)
        self.W = self.W - 0.125 * weight
        return dx


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        (Momentum(), "its second step from the same place is another, as with momentum"),
        (Clipped(), "its steps do not grow as dy does"),
        (Decaying(), "its steps do not grow as dy does"),
        (Secret(), "nobody knows the rate of its steps"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_is_no_plain_step_down_is_not_examined(layer: Any, why: str) -> None:
    """Its dx is right, and the headline names what was left out."""
    found = examine(layer, inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: W, b" in story(found).splitlines()[0]
    assert f"how the backward moves W, which is not examined: {why}" in story(found)


class Forgetful(Plain):
    """Draws its weights anew in each forward."""

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.W, self.b = np.random.random((4, 2)), np.random.random(2)  # noqa: NPY002 - as people write it
        return super().forward(x)

    def backward(self, dy: Array, learning_rate: float) -> Array:
        """A step down, which the next forward undoes."""
        dx, weight, bias = self._gradients(dy)
        self.W -= learning_rate * weight
        self.b -= learning_rate * bias
        return dx


def test_weights_that_each_forward_makes_anew_are_named() -> None:
    """Nobody could put others in their place; a layer with a rate and no weights has nothing to name."""
    found = examine(Forgetful(), inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: W, b" in story(found).splitlines()[0]
    assert "not examined: the forward makes it anew each time" in story(found)


class Doubling:
    """Has no weights, and is told a rate as all layers are."""

    def forward(self, x: Array) -> Array:
        """Keeps y."""
        self.y = 2 * x
        return np.asarray(self.y)

    def backward(self, dy: Array, learning_rate: float) -> Array:
        """Gives dx."""
        return 2 * dy + 0 * learning_rate


def test_a_layer_with_a_rate_and_no_weights_has_nothing_to_name() -> None:
    """Its backward moves nothing."""
    found = examine(Doubling(), inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert not found.family.unexamined


def test_steps_in_half_precision_are_not_examined() -> None:
    """No rate would be large enough for them."""
    found = examine(InPlace(), inputs=(X.astype("float16"),), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert set(found.family.unexamined) == {"W", "b"}


@pytest.mark.long
@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize("kind", KINDS)
def test_the_script_takes_the_same_steps(kind: type[Plain]) -> None:
    """It prints the wrong number and the right one, with NumPy and the layer alone."""
    script = (
        examine(kind(2.0), inputs=(X[:1],), budget="1ms", laws=["finite differences"])
        .findings["finite differences"]
        .script
    )
    wrong, right = (printed(script, kind, kind(factor)).split(" and must be ") for factor in (2.0, 1.0))
    assert wrong[0].startswith("dW[0, 0] is ")
    assert float(wrong[0].split()[-1]) == 2 * float(wrong[1])
    assert float(right[0].split()[-1]) == float(right[1])
