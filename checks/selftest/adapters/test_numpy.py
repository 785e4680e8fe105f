"""NumPy pairs, classes and objects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import reference_impl
from checks import examine
from checks.adapters import adapt
from checks.adapters.words import Fixed
from checks.errors import UsageError
from checks.selftest.adapters.agreement import ARRAYS, CONFIG, DY, assert_agrees
from checks.types import Array


def forward_naive(x: Array, w: Array, b: Array, conv_param: dict[str, Any]) -> tuple[Array, Any]:
    """cs231n's signature."""
    return reference_impl.conv_forward(x, w, b, conv_param["stride"], conv_param["pad"])


def backward_naive(dout: Array, cache: Any) -> tuple[Any, ...]:
    """cs231n's answer: a tuple."""
    return tuple(reference_impl.conv_backward(dout, cache))


def backward_named(dout: Array, cache: Any) -> dict[str, Any]:
    """A dictionary in words of its own."""
    dx, dw, db = reference_impl.conv_backward(dout, cache)
    return {"db": db, "dW": dw, "dX": dx}


class Layer:
    """Arrays in the constructor, gradients in attributes."""

    def __init__(self, W: Array, b: Array, stride: int = 1, pad: int = 0) -> None:
        self.W, self.b, self.stride, self.pad = W, b, stride, pad

    def forward(self, x: Array) -> Array:
        """Keep what backward needs."""
        y, self.kept = reference_impl.conv_forward(x, self.W, self.b, self.stride, self.pad)
        return y

    def backward(self, dout: Array) -> Array:
        """The gradient of x; the others are attributes."""
        dx, self.dW, self.db = reference_impl.conv_backward(dout, self.kept)
        return dx


class Built:
    """Sizes in the constructor, arrays and gradients in dictionaries."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: tuple[int, ...], stride: int = 1, pad: int = 0
    ) -> None:
        shape = (out_channels, in_channels, *kernel_size)
        self.params: dict[str, Any] = {"W": np.zeros(shape), "b": np.ones(out_channels)}
        self.grads: dict[str, Any] = {}
        self.numbers = stride, pad

    def forward(self, x: Array) -> Array:
        """Keep what backward needs."""
        y, self.kept = reference_impl.conv_forward(x, self.params["W"], self.params["b"], *self.numbers)
        return y

    def backward(self, dout: Array) -> Array:
        """The gradient of x; the others are entries of ``grads``."""
        dx, self.grads["W"], self.grads["b"] = reference_impl.conv_backward(dout, self.kept)
        return dx


class Optional(Built):
    """Says in its constructor whether there is a bias."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, ...],
        stride: int = 1,
        pad: int = 0,
        bias: bool = True,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, pad)
        self.params["b"] = self.params["b"] if bias else None


class Pool:
    """A window in two attributes, as in Deep Learning from Scratch."""

    def __init__(self, pool_h: int, pool_w: int, stride: int = 1, pad: int = 0) -> None:
        self.pool_h, self.pool_w, self.stride, self.pad = pool_h, pool_w, stride, pad

    def forward(self, x: Array) -> Array:
        """Keep what backward needs."""
        window = self.pool_h, self.pool_w
        y, self.kept = reference_impl.max_pool_forward(x, window, self.stride, self.pad)
        return y

    def backward(self, dout: Array) -> Array:
        """The gradient of x."""
        return reference_impl.max_pool_backward(dout, self.kept)


class Rectifier:
    """Nothing in the constructor."""

    def forward(self, x: Array) -> Array:
        """Keep what backward needs."""
        self.positive = x > 0
        return x * self.positive

    def backward(self, dy: Array) -> Array:
        """The gradient of x."""
        return dy * self.positive


RIGHT = [
    pytest.param((reference_impl.conv_forward, reference_impl.conv_backward), id="a pair in our words"),
    pytest.param((forward_naive, backward_naive), id="cs231n's pair"),
    pytest.param((forward_naive, backward_named), id="a dictionary of gradients"),
    pytest.param((forward_naive, lambda dout, cache: iter(backward_naive(dout, cache))), id="a generator of them"),
    pytest.param(Layer, id="a class that takes arrays"),
    pytest.param(Layer(ARRAYS["weight"] * 0, ARRAYS["bias"] * 0, 2, 1), id="an object"),
    pytest.param(Built, id="a class that takes sizes"),
    pytest.param(Optional, id="a class that is told whether there is a bias"),
]


@pytest.mark.parametrize("obj", RIGHT)
def test_every_kind_of_numpy_layer_agrees_with_the_reference(obj: Any) -> None:
    """Output and all gradients are the reference's."""
    assert_agrees(obj)


@pytest.mark.parametrize("layer", [Pool, Pool(3, 2, stride=2)], ids=["class", "object"])
def test_a_window_may_stand_in_two_attributes_or_parameters(layer: Any) -> None:
    """One for each axis."""
    found = examine(layer, "max_pool", budget="1ms", laws=["reference"])
    assert not found.wrong
    assert found.tallies["reference"].right


def test_a_backward_may_take_what_was_saved_first() -> None:
    """Where its second parameter is called as dy is called, and its first is not."""

    def saved_first(cache: Any, dout: Array) -> Any:
        return backward_naive(dout, cache)

    assert_agrees((forward_naive, saved_first))


def test_a_subject_is_returned_as_it_is() -> None:
    """Adapting twice changes nothing."""
    subject = adapt((forward_naive, backward_naive))
    assert adapt(subject) is subject


def test_a_dictionary_of_keywords_limits_what_can_be_asked() -> None:
    """cs231n's layers take two axes, one number for both, a bias, and the keys that their code names."""
    limits = adapt((forward_naive, backward_naive)).limits
    assert limits["words"] == limits["square"] == {"stride", "padding"}
    assert (limits["axes"], limits["bias"]) == (2, True)


def test_the_attributes_of_an_object_fix_its_configuration() -> None:
    """An object can be examined only as it was built."""
    limits = adapt(Layer(ARRAYS["weight"], ARRAYS["bias"], 2, 1)).limits
    assert (limits["stride"], limits["padding"], limits["bias"]) == (Fixed(2), Fixed(1), True)


def test_gradients_that_an_object_keeps_are_its_own_to_write_to_again() -> None:
    """Arrays for gradients that are filled anew by each backward, as optimisers want them."""

    class Refills(Layer):
        def backward(self, dout: Array) -> Array:
            before = getattr(self, "dW", None)
            dx = super().backward(dout)
            if before is not None:
                before[...] = self.dW
                self.dW = before
            return dx

    subject = adapt(Refills(ARRAYS["weight"], ARRAYS["bias"], 2, 1))
    _, saved = subject.run_forward(ARRAYS, CONFIG)
    first = subject.bare_backward(DY, saved, tuple(ARRAYS))["dweight"]
    kept = first.copy()
    subject.bare_backward(-DY, saved, tuple(ARRAYS))
    np.testing.assert_array_equal(first, kept)


def test_an_object_without_a_place_for_an_array_says_which_names_it_looked_for() -> None:
    """The message names the attributes that are there, and the adapter to write."""

    class Hidden(Layer):
        def __init__(self, in_channels: int) -> None:
            self.theta = np.zeros(in_channels)

    with pytest.raises(UsageError, match=r"no place for weight: its attributes are theta; expected one called weight"):
        adapt(Hidden).apply(ARRAYS, CONFIG)


def test_a_class_without_a_constructor_is_understood() -> None:
    """Nothing has to be given."""
    pull = adapt(Rectifier).pull({"x": np.array([-1.0, 2.0])}, {}, np.ones(2))
    np.testing.assert_array_equal(pull.gradients["dx"], [0.0, 1.0])


def test_dictionaries_whose_keys_are_no_words_are_a_layers_own_affair() -> None:
    """What it keeps by shape and format is no gradient, wherever it stands."""

    class ByShape(Rectifier):
        def __init__(self) -> None:
            self.masks: dict[Any, Any] = {}
            self.params, self.grads = {0: np.ones(1)}, {(1, 2): np.ones(1)}

        def forward(self, x: Array) -> Array:
            y = super().forward(x)
            self.masks[x.shape, x.dtype] = self.positive
            return y

    for layer in (ByShape, ByShape()):
        pull = adapt(layer).pull({"x": np.array([-1.0, 2.0])}, {}, np.ones(2))
        np.testing.assert_array_equal(pull.gradients["dx"], [0.0, 1.0])
    assert not examine(ByShape(), inputs=(np.array([-1.0, 2.0]),), budget="1ms").wrong
