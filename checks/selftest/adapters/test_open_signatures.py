"""Methods behind a decorator that says nothing of them, and constructors that take any keyword or refuse it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward

X = np.random.default_rng(0).standard_normal((3, 4))


def traced(method: Callable[..., Any]) -> Callable[..., Any]:
    """What people write without ``functools.wraps``."""

    def inner(*given: Any, **named: Any) -> Any:
        return method(*given, **named)

    return inner


class Relu:
    """Right where ``at`` is 0."""

    at = 0.0

    @traced
    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.maximum(x, 0)

    @traced
    def backward(self, dy: Array) -> Array:
        """By x."""
        return np.asarray(dy * (self.x > self.at))


def squared(x: Array, weight: Array, bias: Array | None = None, stride: int = 1) -> Any:
    """A convolution without most of PyTorch's keywords."""
    return conv_forward(x, weight, bias, stride=stride)


def any_arguments(*given: Any, **named: Any) -> Any:
    """What hands everything on, and holds nothing."""
    return squared(*given, **named)


def test_a_function_behind_a_decorator_is_asked_for_what_it_decorates() -> None:
    """It takes no padding, and is given none."""
    found = examine((traced(traced(squared)), traced(conv_backward)), "conv2d", budget="1ms", laws=["reference"])
    assert not found.wrong, story(found)
    assert found.compared


def test_a_function_that_hands_on_any_keyword_is_told_how_to_say_which() -> None:
    """Nobody can see what it calls."""
    told = story(examine((any_arguments, conv_backward), "conv2d", budget="1ms"))
    assert "hint     one that hands on whatever keywords it is given says what it takes: by functools.wraps" in told


class WrongRelu(Relu):
    """Cuts at 0.5."""

    at = 0.5


@pytest.mark.parametrize("asked", [{"inputs": (X,)}, {"like": "relu"}], ids=["inputs", "like"])
def test_a_method_behind_a_decorator_is_called_by_position(asked: dict[str, Any]) -> None:
    """A mistake is found there, too."""
    quick: dict[str, Any] = {"budget": "1ms", "laws": ["adjoint"]}
    found = examine(Relu, **asked, **quick)
    assert not found.wrong, story(found)
    assert found.compared
    assert examine(WrongRelu, **asked, **quick).wrong


class Conv:
    """A convolution that has parameters of its own; its dx is ``factor`` times the right one."""

    factor = 1.0

    def __init__(self, in_channel: int, out_channel: int, kernel_size: int, stride: int = 1, **rest: Any) -> None:
        assert not rest, f"unused: {rest}"
        self.weight, self.bias = np.zeros((out_channel, in_channel, kernel_size, kernel_size)), np.zeros(out_channel)
        self.stride = stride

    def forward(self, x: Array) -> Array:
        """By the reference."""
        y, self.saved = conv_forward(x, self.weight, self.bias, stride=self.stride)
        return y

    def backward(self, dy: Array) -> Array:
        """Keeps those of the parameters."""
        found = conv_backward(dy, self.saved)
        self.dweight, self.dbias = found.dweight, found.dbias
        return np.asarray(found.dx * self.factor)


class Open(Conv):
    """One that takes its stride through ``**rest``."""

    def __init__(self, in_channel: int, out_channel: int, kernel_size: int, **rest: Any) -> None:
        super().__init__(in_channel, out_channel, kernel_size, stride=rest.get("stride", 1))


@pytest.mark.parametrize("kind", [Conv, Open])
def test_a_constructor_is_handed_no_keyword_that_it_does_not_name_where_it_can_only_be_built_so(kind: Any) -> None:
    """What it names is examined, and mistakes are found."""
    found = examine(kind, "conv2d", budget="1ms", laws=["adjoint"], supports={"dilation": 1, "groups": 1, "padding": 0})
    assert not found.wrong, story(found)
    assert any(case.config["stride"] != 1 for case in found.judged)
    wrong = type("Wrong", (kind,), {"factor": 2.0})
    assert examine(wrong, "conv2d", budget="1ms", laws=["adjoint"]).wrong


def test_a_function_that_names_nothing_is_told_its_examples_by_name() -> None:
    """As they were given."""

    def product(**given: Array) -> tuple[Array, Any]:
        return given["a"] * given["b"], given

    right = (product, lambda dy, saved: {"a": dy * saved["b"], "b": dy * saved["a"]})
    wrong = (product, lambda dy, saved: {"a": dy * saved["a"], "b": dy * saved["b"]})
    for layer, outcome in ((right, False), (wrong, True)):
        found = examine(layer, inputs={"a": X, "b": X + 1}, budget="1ms", laws=["finite differences"])
        assert found.wrong == outcome, story(found)
