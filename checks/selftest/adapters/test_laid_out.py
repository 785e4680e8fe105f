"""Layers that keep channels last are examined as they are: only the order of axes has to be said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import UsageError, examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward, relu_backward, relu_forward


def forward(x: Array, weight: Array, bias: Array | None = None, stride: int = 1) -> tuple[Array, Any]:
    """Convolution of (N, H, W, C) with (H, W, I, O)."""
    y, saved = conv_forward(x.transpose(0, 3, 1, 2), weight.transpose(3, 2, 0, 1), bias, stride=stride)
    return np.ascontiguousarray(y.transpose(0, 2, 3, 1)), saved


def backward(dy: Array, saved: Any) -> tuple[Array, Array, Array | None]:
    """Its gradients, in the order of its arguments."""
    dx, dweight, dbias = conv_backward(dy.transpose(0, 3, 1, 2), saved)
    return dx.transpose(0, 2, 3, 1), dweight.transpose(2, 3, 1, 0), dbias


def without_turning(dy: Array, saved: Any) -> tuple[Array, Array, Array | None]:
    """A weight's gradient whose rows come in opposite order."""
    dx, dweight, dbias = backward(dy, saved)
    return dx, dweight[::-1], dbias


def spoiling(dy: Array, saved: Any) -> tuple[Array, Array, Array | None]:
    """The right gradients, and dy is written to."""
    found = backward(dy, saved)
    dy *= 2
    return found


@pytest.mark.sweep("layouts of layers", 2)
@pytest.mark.parametrize("layout", ["NHWC", "channels last", {"x": "nhwc", "weight": "HWIO"}])
def test_a_right_layer_that_keeps_channels_last_is_right(layout: Any) -> None:
    """However its order of axes is said; the kernel is HWIO beside NHWC."""
    found = examine((forward, backward), "conv2d", supports={"layout": layout}, budget="1ms")
    assert not found.wrong, story(found)
    assert found.compared


class Turned(torch.nn.Module):
    """PyTorch's convolution of (N, H, W, C)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(2, 3, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """In its own order."""
        found: torch.Tensor = self.conv(x.permute(0, 3, 1, 2))
        return found.permute(0, 2, 3, 1)


def test_a_module_that_keeps_channels_last_is_right_by_every_law() -> None:
    """Whatever is asked of PyTorch's layers alone is asked in their own order, too."""
    layout = {"x": "NHWC", "weight": "OIHW"}
    found = examine(Turned(), "conv2d", supports={"layout": layout, "dtype": ["float64"]}, budget="1ms")
    assert not found.wrong, story(found)
    assert "subsets" in found.tallies


@pytest.mark.long
def test_a_wrong_one_is_wrong_and_its_script_turns_its_arrays() -> None:
    """The numbers of a report are in the order (N, C, *spatial)."""
    found = examine((forward, without_turning), "conv2d", supports={"layout": "NHWC"}, budget="1ms")
    assert "dweight equals the right one reversed along kernel rows" in story(found)
    assert "ahead, back = forward, backward  # of NHWC" in story(found)


def by_memory(dy: Array, saved: Any) -> tuple[Array, Array, Array | None]:
    """A dy in Fortran order is read as if it were in C order."""
    return backward(dy.ravel("K").reshape(dy.shape) if np.isfortran(dy) else dy, saved)


def test_such_a_layer_meets_the_layouts_that_others_meet() -> None:
    """In its own order of axes, and so does its script."""
    found = examine((forward, by_memory), "conv2d", supports={"layout": "NHWC"}, budget="1ms", laws=["layout"])
    assert {*found.findings} == {"layout"}, story(found)
    assert "turned(dy, 0, 2, 3, 1)" in found.findings["layout"].script


def test_what_such_a_layer_writes_to_its_arguments_is_seen() -> None:
    """It gets copies, and what it does to them is done to the caller's."""
    found = examine(
        (forward, spoiling), "conv2d", supports={"layout": "NHWC"}, budget="1ms", laws=["arguments unchanged"]
    )
    assert set(found.findings) == {"arguments unchanged"}


def test_arrays_of_any_number_of_axes_are_turned() -> None:
    """ReLU takes (N, C) and (N, C, D, H, W) as well."""
    seen = set[tuple[int, ...]]()

    def kept(x: Array) -> tuple[Array, Any]:
        seen.add(x.shape)
        return relu_forward(x)

    found = examine((kept, relu_backward), "relu", supports={"layout": "channels last"}, budget="1ms")
    assert not found.wrong
    shapes = {case.shapes["x"] for case in found.judged}
    assert {(shape[0], *shape[2:], shape[1]) for shape in shapes} <= seen


@pytest.mark.parametrize("layout", ["NHCW", "HWC", "NC", 3, {"y": "NHWC"}, {"weight": "HWI"}, {"bias": "1"}])
def test_an_order_that_is_none_is_refused(layout: Any) -> None:
    """With what was expected."""
    with pytest.raises(UsageError, match=r"layout .*; expected "):
        examine((forward, backward), "conv2d", supports={"layout": layout})


@pytest.mark.parametrize(("layout", "told"), [("NWHC", 1), ("NHWC", 0), ("NDHWC", 0), ("NWC", 0)])
def test_a_width_before_the_height_is_told_to_be_taken_as_it_stands(layout: str, told: int) -> None:
    """It may be misspelt, or meant: the names of spatial axes turn nothing."""
    found = examine((relu_forward, relu_backward), "relu", supports={"layout": layout}, budget="1ms", laws=["adjoint"])
    assert [note.partition(":")[0] for note in found.notes if "spatial axes" in note] == [f"layout {layout}"] * told


class Sized:
    """A convolution of (N, H, W, C) with (H, W, I, O), which is built for its sizes and refuses other ones."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any) -> None:
        """Sizes as everybody counts them."""
        window = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.sizes = (*window, in_channels, out_channels)
        self.weight, self.bias = np.zeros(self.sizes), np.zeros(out_channels)

    def forward(self, x: Array) -> Array:
        """Y of an x with as many channels as it was built for."""
        if (x.shape[-1], self.weight.shape) != (self.sizes[2], self.sizes):
            raise ValueError(f"x of {x.shape} and weight of {self.weight.shape}; built for {self.sizes}")
        y, self.saved = forward(x, self.weight, self.bias)
        return np.asarray(y)

    def backward(self, dy: Array) -> Array:
        """Keeps the gradients of its parameters."""
        dx, self.dweight, self.dbias = backward(dy, self.saved)
        return dx


def test_a_class_is_told_sizes_that_are_true_in_its_own_order_of_axes() -> None:
    """Its channels are those of its arrays, not rows that were taken for them."""
    found = examine(Sized, "conv2d", supports={"layout": "NHWC"}, budget="1ms", laws=["reference"])
    assert not found.wrong, story(found)
    assert found.refused == 0


class Shaped(Sized):
    """The same, told the shape of a sample in its own order."""

    def __init__(self, input_shape: tuple[int, int, int], filters: int, kernel_size: Any) -> None:
        self.height, self.width, channels = input_shape
        super().__init__(channels, filters, kernel_size)

    def forward(self, x: Array) -> Array:
        """Of a sample of that shape."""
        assert x.shape[1:3] == (self.height, self.width), x.shape
        return super().forward(x)


def test_a_class_that_is_told_the_shape_of_a_sample_has_it_in_its_own_order() -> None:
    """Height, width, channels; a case without a bias has zeros for each of its kernels, wherever their axis is."""
    found = examine(Shaped, "conv2d", supports={"layout": "NHWC"}, budget="1ms", laws=["reference"])
    assert not found.wrong, story(found)
    assert {"bias" in case.shapes for case in found.judged} == {True, False}
    assert any(len(set(case.shapes["x"][1:])) > 1 for case in found.judged)


def standing(x: Array, weight: Array, bias: Array, stride: int = 1) -> tuple[Array, Any]:
    """A convolution of a bias of shape (F, 1), as code has it that makes columns of x."""
    y, saved = conv_forward(x, weight, stride=stride)
    rows = y.swapaxes(0, 1).reshape(len(weight), -1) + bias
    return rows.reshape(y.swapaxes(0, 1).shape).swapaxes(0, 1), saved


def standing_back(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """Its gradients, that of the bias in its shape."""
    dx, dweight, _ = conv_backward(dy, saved)
    return dx, dweight, dy.sum((0, 2, 3)).reshape(-1, 1)


def standing_twice(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """The bias counts twice."""
    dx, dweight, dbias = standing_back(dy, saved)
    return dx, dweight, 2 * dbias


class Standing:
    """An object that keeps a bias of shape (1, F, 1, 1)."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        self.weight = np.zeros((out_channels, in_channels, kernel_size, kernel_size))
        self.bias = np.zeros((1, out_channels, 1, 1))

    def forward(self, x: Array) -> Array:
        """Stride 1, no padding."""
        y, self.saved = conv_forward(x, self.weight)
        return np.asarray(y + self.bias)

    def backward(self, dy: Array) -> Array:
        """Keeps what its arrays get."""
        dx, self.dweight, _ = conv_backward(dy, self.saved)
        self.dbias = dy.sum((0, 2, 3), keepdims=True)
        return np.asarray(dx)


BIASES = {"a column": ((standing, standing_back), "O1"), "a class": (Standing, "1O11")}


@pytest.mark.parametrize(("layer", "order"), BIASES.values(), ids=BIASES)
def test_a_bias_may_stand_among_axes_of_length_1(layer: Any, order: str) -> None:
    """Its gradient comes in the same shape; its numbers are the bias's."""
    found = examine(layer, "conv2d", supports={"layout": {"bias": order}}, budget="1ms")
    assert not found.wrong, story(found)
    assert not found.promises
    assert any("bias" in case.shapes for case in found.judged)


def test_a_wrong_gradient_of_such_a_bias_is_wrong() -> None:
    """And its script stands the bias up."""
    found = examine((standing, standing_twice), "conv2d", supports={"layout": {"bias": "O1"}}, budget="1ms")
    assert found.findings["reference"].verdict.of == "dbias"
    assert "ahead(x, weight, bias.reshape(-1, 1), stride=" in story(found)


@pytest.mark.long
def test_a_layer_with_such_a_bias_is_told_what_to_say() -> None:
    """Of a pair beside what broke, of a class in the headline."""
    said = "supports={'layout': {'bias': 'O1'}}"
    assert f"is of shape (F, 1) says so: {said}" in story(examine((standing, standing_back), "conv2d", budget="1ms"))
    assert f"for one of shape (F, 1) say {said}" in story(examine(Standing, "conv2d", budget="1ms")).splitlines()[0]


class Unpacking:
    """Takes its stride apart."""

    def forward(self, x: Array, weight: Array, stride: Any = 1) -> Array:
        """Keep what was saved."""
        rows, columns = stride
        y, self.saved = conv_forward(x, weight, stride=(rows, columns))
        return y

    def backward(self, dy: Array) -> tuple[Array, Array]:
        """Of both arrays."""
        return conv_backward(dy, self.saved)[:2]


def test_an_object_that_wants_a_number_for_each_axis_is_told_to_say_so_in_its_defaults() -> None:
    """Nobody builds it anew, with another signature."""
    found = examine(Unpacking(), "conv2d", budget="1ms")
    assert "hint     one that wants a keyword as a number for each axis has as many in its default" in story(found)
