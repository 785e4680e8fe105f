"""An object that works with the sizes alone which it was built with is examined on these."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.adapters.built_window import settings_of, shape_of_all
from checks.adapters.objects import _shape_of
from checks.types import Array
from reference_impl import conv_backward, conv_forward


class Sized:
    """A convolution whose matrix of weights has the sizes that its constructor was given; ``factor`` is right at 1."""

    def __init__(self, inputs: int, outputs: int, side: int, factor: float = 1.0) -> None:
        self.sizes, self.factor = (outputs, inputs, side, side), factor
        self.W, self.b = np.ones(self.sizes), np.zeros(outputs)

    def forward(self, x: Array) -> Array:
        """Padding of 1 stays inside."""
        y, self.saved = conv_forward(x, self.W.reshape(self.sizes), self.b, padding=1)
        return y

    def backward(self, dy: Array) -> Any:
        """The reference's, but for a factor of dweight."""
        dx, dweight, dbias = conv_backward(dy, self.saved)
        return dx, self.factor * dweight, dbias


@pytest.mark.parametrize("factor", [1.0, 2.0], ids=["right", "wrong"])
def test_it_is_examined_with_weights_of_its_own_shape(factor: float) -> None:
    """Where other shapes break it: the report says what it raised on those."""
    found = examine(Sized(2, 4, 3, factor), like="conv2d", budget="1ms")
    assert found.wrong == (factor != 1), story(found)
    assert {case.shapes["weight"] for case in found.judged} == {(4, 2, 3, 3)}
    assert story(found).count("weights of another shape than (4, 2, 3, 3), with which it was built") == 1
    assert len({case.shapes["x"] for case in found.judged}) > 8


class Held(Sized):
    """One whose attribute ``name`` holds a number, or several."""

    def __init__(self, name: str, window: Any) -> None:
        super().__init__(2, 4, 3)
        setattr(self, name, window)

    def forward(self, x: Array) -> Array:
        """Of any channels, and of its own window alone."""
        y, self.saved = conv_forward(x, self.W.reshape(*self.W.shape[:2], 3, 3), self.b, padding=1)
        return y


class Upright(Sized):
    """One whose bias is of four axes."""

    def __init__(self) -> None:
        super().__init__(2, 4, 3)
        self.b = np.zeros((1, 4, 1, 1))

    def forward(self, x: Array) -> Array:
        """A plain row would be added along the last axis."""
        y, saved = conv_forward(x, self.W, padding=1)
        self.saved = saved
        return np.asarray(y + self.b)

    def backward(self, dy: Array) -> Any:
        """The bias's gradient in its own shape."""
        dx, dweight, _ = conv_backward(dy, self.saved)
        return dx, dweight, dy.sum((0, 2, 3), keepdims=True)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(("name", "window"), [("kernel", (3, 3)), ("k", 3), ("f", [3, 3]), ("ksize", 3), ("size", 28)])
def test_the_window_of_its_weight_is_known_by_other_names(name: str, window: Any) -> None:
    """And a size that is not that of its weight is none: 28 cells of an image, the shape of the whole weight."""
    found = examine(Held(name, window), like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert {case.shapes["weight"][2:] for case in found.judged} == {(3, 3)}


def test_the_shape_of_the_whole_weight_is_no_window() -> None:
    """It says all of its sizes, which are yet to be built."""
    layer: Any = SimpleNamespace(kernel_shape=(4, 2, 3, 3), stride=1)
    assert "kernel_size" not in settings_of(vars(layer), (4, 2, 3, 3))
    assert shape_of_all(vars(layer)) == (4, 2, 3, 3)
    assert shape_of_all({"kernel_size": (3, 3)}) == ()


def test_a_pooling_objects_kernel_beside_its_stride_is_its_window() -> None:
    """Alone it may be an array, or a function."""
    assert settings_of({"kernel": (2, 2), "stride": 2}, ())["kernel_size"].value == (2, 2)
    assert "kernel_size" not in settings_of({"kernel": 2}, ())


def test_its_bias_is_handed_over_in_its_own_shape() -> None:
    """Of four axes: a plain row would be added along the last one."""
    found = examine(Upright(), like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert "supports={'layout': {'bias': '1O11'}}" in story(found)


class Momentum(Sized):
    """A convolution whose backward adds the gradient of its weight to what it was built with."""

    def __init__(self, factor: float) -> None:
        super().__init__(2, 4, 3, factor)
        self.velocity = np.zeros(self.sizes)

    def forward(self, x: Array) -> Array:
        """Of weights of any shape."""
        y, self.saved = conv_forward(x, self.W, self.b, padding=1)
        return y

    def backward(self, dy: Array) -> Any:
        """Only weights of one shape fit."""
        dx, dweight, dbias = super().backward(dy)
        self.velocity = 0 * self.velocity + dweight
        return dx, dweight, dbias


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("factor", [1.0, 2.0], ids=["right", "wrong"])
def test_sizes_that_its_backward_alone_is_bound_to_are_its_own(factor: float) -> None:
    """The forward takes all others."""
    found = examine(Momentum(factor), like="conv2d", budget="1ms")
    assert found.wrong == (factor != 1), story(found)
    assert {case.shapes["weight"] for case in found.judged} == {(4, 2, 3, 3)}
    assert "in_channels and out_channels of other weights than one of shape (4, 2, 3, 3)" in story(found)


@pytest.mark.parametrize("weight", [None, SimpleNamespace(shape=None), 3.0])
def test_a_weight_that_has_no_shape_says_nothing_of_sizes(weight: Any) -> None:
    """One that is built later, or is something else."""
    assert _shape_of(SimpleNamespace(W=weight), "weight", {}) == ()


class Filters(Held):
    """One whose weight is called like its window."""

    def __init__(self) -> None:
        super().__init__("kernel", (3, 3))
        self.filters = vars(self).pop("W")

    def forward(self, x: Array) -> Array:
        """Of its own window alone."""
        y, self.saved = conv_forward(x, self.filters.reshape(*self.filters.shape[:2], 3, 3), self.b, padding=1)
        return y


def test_a_window_is_not_taken_for_the_weight_that_shares_its_name() -> None:
    """Both are called kernel, or filters, elsewhere."""
    assert not examine(Filters(), like="conv2d", budget="1ms").wrong


class Called:
    """A class without a method called forward, whose weight is HWIO and whose bias may be None."""

    def __init__(self, inChans: int, outChans: int, kernel: Any, stride: int = 1, *, bias: bool = True) -> None:
        sides = kernel if isinstance(kernel, tuple) else (kernel, kernel)
        self.weight, self.stride = np.ones((*sides, inChans, outChans)), stride
        self.bias = np.zeros(outChans) if bias else None

    def __call__(self, x: Array) -> Array:
        """Of NHWC."""
        weight = self.weight.transpose(3, 2, 0, 1)
        y, self.saved = conv_forward(np.moveaxis(x, -1, 1), weight, stride=self.stride)
        y = np.moveaxis(y, 1, -1)
        return y if self.bias is None else y + self.bias

    def backward(self, dy: Array) -> Array:
        """It leaves those of its parameters."""
        dx, dweight, _ = conv_backward(np.moveaxis(dy, -1, 1), self.saved)
        self.gradient_weight, self.gradient_bias = dweight.transpose(2, 3, 1, 0), dy.sum((0, 1, 2))
        return np.moveaxis(dx, 1, -1)


def test_a_class_that_is_called_and_has_no_forward_is_taken_as_it_is() -> None:
    """Without a bias it keeps None, which is no place for zeros: they would be as many as its kernel is high."""
    found = examine(Called, like="conv2d", supports={"layout": "NHWC"}, budget="1ms")
    assert not found.wrong, story(found)
    assert {"bias" in case.shapes for case in found.judged} == {False, True}


def test_the_proposed_adapter_calls_a_layer_that_has_no_forward() -> None:
    """And says where its arrays may be put."""

    class Odd(Called):
        def __init__(self, zork: int) -> None:
            super().__init__(zork, 1, 1)

    with pytest.raises(UsageError, match=r"layer.weight, layer.bias = weight, bias; return layer\(x\), layer"):
        examine(Odd, like="conv2d")
