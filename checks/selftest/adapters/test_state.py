"""What an object keeps from call to call: one object of a class is used again, as it is in training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import reference_impl
from checks import examine, story
from checks.adapters import adapt
from checks.selftest.adapters.agreement import ARRAYS, CONFIG
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


def test_a_local_derivative_that_is_named_like_a_gradient_is_left_alone() -> None:
    """Only what was seen to grow is set to zero."""

    class Local(Rectifier):
        def forward(self, x: Array) -> Array:
            self.dx = np.asarray(x > 0, x.dtype)
            return np.asarray(x * self.dx)

        def backward(self, dy: Array) -> Array:
            return np.asarray(dy * self.dx)

    assert not examine(Local(), "relu", budget="1ms", laws=LAWS).wrong


@pytest.mark.long
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


class OfTensors:
    """The same on tensors, with a multiple of the right gradient of its parameter."""

    __slots__ = ("W", "dW", "factor", "x")

    def __init__(self, factor: float) -> None:
        self.W = torch.linspace(-1.0, 2.0, 6, dtype=torch.float64).reshape(3, 2)
        self.factor = factor

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Keep x."""
        self.x = x
        return x @ self.W

    def backward(self, dy: torch.Tensor) -> torch.Tensor:
        """The gradient of x; the other is kept."""
        self.dW = self.factor * self.x.T @ dy
        return dy @ self.W.T


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_an_object_with_slots_may_keep_tensors(factor: float) -> None:
    """Of its class a dictionary is made, in which its arrays stand between our calls."""
    found = examine(OfTensors(factor), inputs=(torch.as_tensor(X),), budget="1ms", laws=["adjoint"])
    assert {each.verdict.of for each in found.findings.values()} == ({"dW"} if factor > 1 else set()), story(found)
