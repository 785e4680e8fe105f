"""What an object keeps from call to call: one object of a class is used again, as it is in training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import reference_impl
from checks import examine, story
from checks.adapters import adapt
from checks.invariants.repetition import GROWS
from checks.selftest.adapters.agreement import ARRAYS, CONFIG, DY
from checks.selftest.adapters.test_numpy import Built, Layer, Rectifier
from checks.types import Array

#: Laws that ask for more than one call, and one that knows what is right.
LAWS = ("reference", "repeatable", "saved state", "layout")

X = np.random.default_rng(0).standard_normal((5, 3))


class FirstOfItsShape(Rectifier):
    """Goes back with the first signs of each shape."""

    def __init__(self) -> None:
        self.first: dict[Any, Any] = {}

    def forward(self, x: Array) -> Array:
        """Find again what there is."""
        y = super().forward(x)
        self.positive = self.first.setdefault(x.shape, self.positive)
        return y


def test_a_class_that_finds_its_first_signs_again_is_wrong() -> None:
    """Though each object of it is right at its first call."""
    found = examine(FirstOfItsShape, "relu", budget="1ms", laws=["batch"])
    assert found.wrong


def test_one_object_of_a_class_is_used_until_its_constructor_is_told_otherwise() -> None:
    """Other numbers in its arrays are no reason to build another one; another setting or format is."""
    built: list[Any] = []

    class Counted(Layer):
        def __init__(self, W: Array, b: Array, stride: int = 1, pad: int = 0) -> None:
            super().__init__(W, b, stride, pad)
            built.append(self)

    subject = adapt(Counted)
    used = [subject.run_forward(arrays, config)[1].layer for arrays, config in _calls()]
    assert used[0] is used[1] is not used[2] is not used[3]
    y = subject.apply({**ARRAYS, "weight": -ARRAYS["weight"]}, CONFIG)
    np.testing.assert_array_equal(y, adapt(Layer).apply({**ARRAYS, "weight": -ARRAYS["weight"]}, CONFIG))


def _calls() -> list[Any]:
    single = {name: value.astype(np.float32) for name, value in ARRAYS.items()}
    return [
        (ARRAYS, CONFIG),
        ({**ARRAYS, "weight": -ARRAYS["weight"]}, CONFIG),
        (ARRAYS, {**CONFIG, "stride": 1}),
        (single, CONFIG),
    ]


class Turned(Layer):
    """Turns its weight when it is built."""

    def __init__(self, W: Array, b: Array, stride: int = 1, pad: int = 0) -> None:
        super().__init__(W, b, stride, pad)
        self.turned = W[:, :, ::-1].copy()

    def forward(self, x: Array) -> Array:
        """Turn it back."""
        self.W = self.turned[:, :, ::-1]
        return super().forward(x)


class Scaled(Layer):
    """Keeps a number of its weight when it is built."""

    def __init__(self, W: Array, b: Array, stride: int = 1, pad: int = 0) -> None:
        super().__init__(W, b, stride, pad)
        self.largest = float(np.abs(W).max()) or 1.0

    def forward(self, x: Array) -> Array:
        """The number goes in and out."""
        return super().forward(x) * (self.largest / (float(np.abs(self.W).max()) or 1.0))


@pytest.mark.sweep("kinds of right classes", 2)
@pytest.mark.parametrize("kind", [Layer, Built, Turned, Scaled])
def test_a_right_class_is_right_whatever_its_constructor_makes_of_its_arrays(kind: Any) -> None:
    """What it makes of a weight is made anew for the next."""
    found = examine(kind, "conv", budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)


def test_a_class_that_raised_is_built_anew() -> None:
    """It may have stopped half-way."""

    class Refusing(Rectifier):
        def __init__(self) -> None:
            self.broken = False

        def forward(self, x: Array) -> Array:
            if self.broken or x.ndim > 2:
                self.broken = True
                raise ValueError("two axes at most")
            return super().forward(x)

    subject = adapt(Refusing)
    with pytest.raises(Exception, match="two axes at most"):
        subject.apply({"x": np.zeros((1, 1, 1))}, {})
    np.testing.assert_array_equal(subject.apply({"x": np.ones((1, 1))}, {}), [[1.0]])


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


@pytest.mark.parametrize("layer", [Adding, Adding()])
def test_gradients_that_nobody_can_set_to_zero_and_that_add_up_break_one_law(layer: Any) -> None:
    """Its reason says what they do."""
    found = examine(layer, inputs=(X,), budget="1ms")
    assert set(found.findings) == {"repeatable"}, story(found)
    assert found.findings["repeatable"].verdict.why == GROWS
    assert found.findings["repeatable"].verdict.of == "dW"


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


def test_a_local_derivative_that_is_named_like_a_gradient_is_left_alone() -> None:
    """Only what was seen to grow is set to zero."""

    class Local(Rectifier):
        def forward(self, x: Array) -> Array:
            self.dx = np.asarray(x > 0, x.dtype)
            return np.asarray(x * self.dx)

        def backward(self, dy: Array) -> Array:
            return np.asarray(dy * self.dx)

    assert not examine(Local(), "relu", budget="1ms", laws=LAWS).wrong


def test_the_reference_as_an_object_is_right_in_all_laws() -> None:
    """One object for all cases of its settings."""

    class Whole:
        def forward(
            self, x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0
        ) -> Array:
            y, self.saved = reference_impl.conv_forward(x, weight, bias, stride, padding)
            return y

        def backward(self, dy: Array) -> Any:
            return reference_impl.conv_backward(dy, self.saved)

    for layer in (Whole, Whole()):
        found = examine(layer, "conv", budget="1ms", laws=LAWS)
        assert not found.wrong, story(found)


class Recurrent:
    """tanh(x W + h) and half of it, whose backward is told of both, one by one."""

    def __init__(self) -> None:
        self.W = np.random.default_rng(1).standard_normal((3, 2))

    def forward(self, x: Array, h: Array) -> tuple[Array, Array]:
        """Keep everything."""
        self.x, self.y = x, np.tanh(x @ self.W + h)
        return self.y, self.y / 2

    def backward(self, dh: Array, dc: Array) -> tuple[Array, Array]:
        """Both count."""
        inner = (dh + dc / 2) * (1 - self.y * self.y)
        self.dW = self.x.T @ inner
        return inner @ self.W.T, inner


class AtOnce(Recurrent):
    """The same with both in one tuple."""

    def backward(self, both: Any) -> tuple[Array, Array]:  # type: ignore[override]
        """One after the other."""
        return super().backward(*both)


class Forgets(Recurrent):
    """The second one is forgotten."""

    def backward(self, dh: Array, dc: Array) -> tuple[Array, Array]:
        """It comes to nothing."""
        return super().backward(dh, 0 * dc)


@pytest.mark.parametrize("kind", [Recurrent, AtOnce])
def test_an_object_may_have_several_outputs(kind: Any) -> None:
    """Its backward says how it is told of them; its parameters are found."""
    inputs = X, np.random.default_rng(2).standard_normal((5, 2))
    found = examine(kind(), inputs=inputs, budget="1ms", laws=["adjoint", "repeatable"])
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x", "h", "W")
    assert "note: y is 2 outputs raveled into one" in story(found)
    assert examine(Forgets(), inputs=inputs, budget="1ms", laws=["adjoint"]).wrong


def test_what_an_object_gives_beside_y_is_handed_to_its_backward_again() -> None:
    """A cache is no output; where the backward asks for none, what has no gradient is left out."""

    class Caching:
        def forward(self, x: Array) -> tuple[Array, Array]:
            return np.asarray(x.clip(0)), x

        def backward(self, dout: Array, cache: Array) -> Array:
            return np.asarray(dout * (cache > 0))

    class Telling(Rectifier):
        def forward(self, x: Array) -> Any:
            return super().forward(x), self.positive

    for layer in (Caching, Telling()):
        assert not examine(layer, "relu", budget="1ms", laws=["reference"]).wrong


class Slotted:
    """x W, with slots in place of a dictionary."""

    __slots__ = ("W", "dW", "x")

    def __init__(self, W: Any = None) -> None:
        self.W = np.random.default_rng(1).standard_normal((3, 2)) if W is None else W

    def forward(self, x: Array) -> Array:
        """Keep x."""
        self.x = x
        return np.asarray(x @ self.W)

    def backward(self, dy: Array) -> Array:
        """The gradient of x; the other is kept."""
        self.dW = self.x.T @ dy
        return np.asarray(dy @ self.W.T)


def test_an_object_may_keep_its_arrays_in_slots() -> None:
    """Its parameters are found, replaced and judged like any other."""
    subject = adapt(Slotted, ("x", "W"))
    for factor in (1.0, 2.0):
        weight = factor * np.ones((3, 2))
        np.testing.assert_array_equal(subject.apply({"x": X, "W": weight}, {}), X @ weight)
    for layer in (Slotted, Slotted()):
        found = examine(layer, inputs=(X,), budget="1ms", laws=["adjoint"])
        assert not found.wrong, story(found)
        assert found.family.arguments == ("x", "W")
