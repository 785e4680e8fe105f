"""A layer whose channels are last is told how to say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import avg_pool_backward, avg_pool_forward, conv_backward, conv_forward


class ChannelsLast:
    """A convolution of (N, H, W, C) and of kernels (H, W, I, O), built with its weights."""

    def __init__(self, weight: Array, bias: Array) -> None:
        self.weight, self.bias = weight, bias

    def forward(self, x: Array) -> Array:
        """Turned there and back."""
        y, self.saved = conv_forward(np.moveaxis(x, -1, 1), self.weight.transpose(3, 2, 0, 1), self.bias)
        return np.moveaxis(y, 1, -1)

    def backward(self, dy: Array) -> Any:
        """The same."""
        dx, dweight, dbias = conv_backward(np.moveaxis(dy, -1, 1), self.saved)
        return np.moveaxis(dx, 1, -1), dweight.transpose(2, 3, 1, 0), dbias


def pool_last(x: Array, size: int) -> tuple[Array, Any]:
    """An average pooling of (N, H, W, C)."""
    y, saved = avg_pool_forward(np.moveaxis(x, -1, 1), size)
    return np.moveaxis(y, 1, -1), saved


def pool_last_back(dy: Array, saved: Any) -> Array:
    """The same."""
    return np.moveaxis(avg_pool_backward(np.moveaxis(dy, -1, 1), saved), 1, -1)


TOLD = "alone: supports={'layout': 'NHWC'} says so"


@pytest.mark.parametrize(("layer", "like"), [(ChannelsLast, "conv2d"), ((pool_last, pool_last_back), "avg_pool2d")])
def test_a_layer_with_its_channels_last_of_which_nobody_said_so_is_told_what_to_say(layer: Any, like: str) -> None:
    """In the headline; where it is said nothing is."""
    assert TOLD in story(examine(layer, like=like, budget="1ms")).splitlines()[0]
    assert TOLD not in story(examine(layer, like=like, supports={"layout": "NHWC"}, budget="1ms"))


def course(x: Array, weight: Array, b: Array, stride: int, pad: int) -> tuple[Array, Any]:
    """A convolution of (N, H, W, C) and of kernels (H, W, I, O), whose bias is (1, 1, 1, O)."""
    y, saved = conv_forward(np.moveaxis(x, -1, 1), weight.transpose(3, 2, 0, 1), b[0, 0, 0], stride, pad)
    return np.moveaxis(y, 1, -1), saved


def course_back(dy: Array, saved: Any) -> Any:
    """The same."""
    dx, dweight, dbias = conv_backward(np.moveaxis(dy, -1, 1), saved)
    return np.moveaxis(dx, 1, -1), dweight.transpose(2, 3, 1, 0), np.array(dbias).reshape(1, 1, 1, -1)


def column(x: Array, weight: Array, b: Array) -> tuple[Array, Any]:
    """A convolution whose bias is a column, as one adds it to a matrix."""
    return conv_forward(x, weight, b[:, 0])


def column_back(dy: Array, saved: Any) -> Any:
    """The same."""
    dx, dweight, dbias = conv_backward(dy, saved)
    return dx, dweight, np.array(dbias).reshape(-1, 1)


@pytest.mark.parametrize(
    ("layer", "layout"),
    [((course, course_back), {"x": "NHWC", "bias": "111O"}), ((column, column_back), {"bias": "O1"})],
    ids=["of a course", "column"],
)
def test_so_is_one_with_axes_of_its_own_in_its_bias(layer: Any, layout: dict[str, str]) -> None:
    """What it is told to say is what it needs."""
    told = f"alone: supports={{'layout': {layout!r}}} says so"
    assert told in story(examine(layer, like="conv2d", budget="1ms")).splitlines()[0]
    found = examine(layer, like="conv2d", supports={"layout": layout}, budget="1ms")
    assert not found.wrong, story(found)
    assert told not in story(found)


def test_a_layer_that_is_wrong_in_either_order_is_told_nothing_of_the_kind() -> None:
    """Nor is one that is right as it is."""
    doubled = (lambda x, weight, bias: (2 * conv_forward(x, weight, bias)[0], None)), lambda dy, _: (dy, dy, dy)
    assert TOLD not in story(examine(doubled, like="conv2d", budget="1ms"))
    assert TOLD not in story(examine((conv_forward, conv_backward), like="conv2d", budget="1ms"))
