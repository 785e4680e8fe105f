"""A layer that takes a keyword apart and does not say so is handed a number for each axis."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters import adapt
from checks.adapters.counted import counted
from checks.errors import SubjectError
from checks.types import Array
from reference_impl import conv_backward, conv_forward, max_pool_backward, max_pool_forward

QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["reference"]}
NOTE = "handed over as a number for each axis: for a single one it raised TypeError: cannot unpack non-iterable int"


def pooled(x: Array, pool_size: Any) -> Array:
    """Max pooling side by side, of windows of two sides."""
    rows, columns = pool_size
    return np.asarray(max_pool_forward(x, (rows, columns), (rows, columns))[0])


def pooled_back(dout: Array, original: Array, pool_size: Any) -> Array:
    """It takes the window apart again."""
    rows, columns = pool_size
    _, saved = max_pool_forward(original, (rows, columns), (rows, columns))
    return np.asarray(max_pool_backward(dout, saved))


def striding(x: Array, weight: Array, bias: Array | None, stride: Any, padding: int) -> tuple[Array, Any]:
    """A convolution whose strides are two, and whose padding is one."""
    rows, columns = stride
    return conv_forward(x, weight, bias, stride=(rows, columns), padding=(padding * 1, padding * 1))


def both(x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0) -> tuple[Array, Any]:
    """Both are two."""
    return conv_forward(x, weight, bias, stride=(stride[0], stride[1]), padding=(padding[0], padding[1]))


class Striding:
    """A class whose constructor does so."""

    def __init__(self, weight: Array, bias: Array, stride: Any) -> None:
        self.weight, self.bias, (self.rows, self.columns) = weight, bias, stride

    def forward(self, x: Array) -> Array:
        """Keep what was saved."""
        y, self.saved = conv_forward(x, self.weight, self.bias, stride=(self.rows, self.columns))
        return np.asarray(y)

    def backward(self, dy: Array) -> Array:
        """The gradient of x; the others are kept."""
        dx, self.dweight, self.dbias = conv_backward(dy, self.saved)
        return np.asarray(dx)


class Pooling(torch.autograd.Function):
    """Average pooling of PyTorch's."""

    @staticmethod
    def forward(ctx: Any, x: Any, kernel_size: Any) -> Any:
        """Side by side."""
        ctx.rows, ctx.columns = kernel_size
        ctx.shape = x.shape
        return torch.nn.functional.avg_pool2d(x, kernel_size)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Each window gets its share."""
        dx = dy.new_zeros(ctx.shape)
        spread = dy.repeat_interleave(ctx.rows, 2).repeat_interleave(ctx.columns, 3) / (ctx.rows * ctx.columns)
        dx[:, :, : spread.shape[2], : spread.shape[3]] = spread
        return dx, None


def averaged(x: Any, kernel_size: Any) -> Any:
    """The same as a function."""
    rows, columns = kernel_size
    return torch.nn.functional.avg_pool2d(x, (rows, columns))


def viewed(x: Array, kernel_size: Any) -> tuple[Array, Any]:
    """By a view, of which NumPy asks for a window along each axis."""
    _ = np.lib.stride_tricks.sliding_window_view(x, kernel_size, (2, 3))
    return max_pool_forward(x, kernel_size)


@pytest.mark.parametrize(
    ("layer", "like", "words"),
    [
        pytest.param((pooled, pooled_back), "max_pool2d", "kernel_size is", id="pair"),
        pytest.param((pooled, pooled_back), "max_pool", "kernel_size is", id="of as many axes as it takes"),
        pytest.param((striding, conv_backward), "conv2d", "stride is", id="one of two keywords"),
        pytest.param(Striding, "conv2d", "stride is", id="class"),
        pytest.param(Pooling, "avg_pool2d", "kernel_size is", id="autograd.Function"),
        pytest.param(averaged, "avg_pool2d", "kernel_size is", id="function"),
    ],
)
def test_a_keyword_that_is_taken_apart_has_a_number_for_each_axis(layer: Any, like: str, words: str) -> None:
    """It is right so, and a note says what was done."""
    found = examine(layer, like, **QUICK)
    assert not found.wrong, story(found)
    assert f"{words} {NOTE}" in story(found)


def test_what_numpy_says_of_a_single_number_is_no_limit() -> None:
    """By a ValueError."""
    found = examine((viewed, max_pool_backward), "max_pool2d", **QUICK)
    assert not found.wrong, story(found)
    assert "kernel_size is handed over as a number for each axis: for a single one it raised ValueError" in story(found)


def test_several_keywords_that_are_taken_apart_have_a_number_for_each_axis() -> None:
    """What is indexed instead is told so, too."""
    found = examine((both, conv_backward), "conv2d", **QUICK)
    assert not found.wrong, story(found)
    assert "stride and padding are handed over as a number for each axis" in story(found)
    assert "TypeError: 'int' object is not subscriptable" in story(found)


def test_a_mistake_of_such_a_layer_is_found_and_its_script_hands_over_as_many_numbers() -> None:
    """As the layer itself takes them."""

    def wrong(dout: Array, original: Array, pool_size: Any) -> Array:
        return 2 * pooled_back(dout, original, pool_size)

    found = examine((pooled, wrong), "max_pool2d", **QUICK)
    assert re.search(r"pool_size=\(\d, \d\)", found.findings["reference"].script)


def test_a_layer_that_raises_a_type_error_either_way_is_wrong_as_it_was_called() -> None:
    """Nothing is said of what did not help."""

    def forward(x: Any, kernel_size: Any) -> tuple[Any, Any]:
        return x + [None] * kernel_size, None

    found = examine((forward, pooled_back), "max_pool2d", **QUICK)
    assert found.wrong
    assert "a number for each axis: for" not in story(found)


def test_what_cannot_be_told_apart_is_left_as_it_is() -> None:
    """An object was built before; a subject has no signature."""
    subject = adapt((striding, conv_backward))
    built = Striding(np.ones((1, 1, 2, 2)), np.ones(1), (1, 1))
    for layer in (subject, built, torch.nn.Conv2d(1, 1, 2), torch.ops.aten.relu):
        assert counted(layer, ("x", "weight", "bias"), ("stride",), 2) is layer


def test_other_keywords_of_such_a_layer_are_handed_over_as_one_number() -> None:
    """Though nothing is said of them either."""
    layer = counted((striding, conv_backward), ("x", "weight", "bias"), ("stride",), 2)
    arrays = {"x": np.ones((1, 1, 4, 4)), "weight": np.ones((1, 1, 2, 2)), "bias": np.ones(1)}
    y = adapt(layer).apply(arrays, {"stride": 1, "padding": 1})
    assert y.shape == (1, 1, 5, 5)
    with pytest.raises(SubjectError, match="cannot unpack"):
        adapt((striding, conv_backward)).apply(arrays, {"stride": 1, "padding": 1})
