"""Layers that turn the usual windows down are tried on others: whether these may be pairs, too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.opening import opened
from checks.types import Array
from reference_impl import conv_backward, conv_forward, max_pool_backward, max_pool_forward


def squares(x: Array, kernel_size: Any, stride: Any = None) -> tuple[Array, Any]:
    """The largest of each square, by reshaping: of one number."""
    size = kernel_size
    if (stride or size) != size:
        raise ValueError("stride must be the kernel size")
    rows, columns = (length // size for length in x.shape[2:])
    _ = x[:, :, : rows * size, : columns * size].reshape(*x.shape[:2], rows, size, columns, size)
    return max_pool_forward(x, size, size)


def rectangles(x: Array, kernel_size: Any, stride: Any = None) -> tuple[Array, Any]:
    """The same of a number for each axis, too."""
    if stride not in {None, kernel_size}:
        raise ValueError("stride must be the kernel size")
    return max_pool_forward(x, kernel_size, kernel_size)


def patches(x: Array, weight: Array, bias: Array, stride: int = 1) -> tuple[Array, Any]:
    """A convolution of patches, in squares."""
    if stride != weight.shape[2]:
        raise ValueError("patches lie side by side")
    return conv_forward(x, weight, bias, stride=(stride * 1, stride * 1))


def same(x: Array, weight: Array, bias: Array, padding: int = 0) -> tuple[Array, Any]:
    """A convolution that keeps the size, in squares."""
    if weight.shape[2] % 2 == 0 or padding != weight.shape[2] // 2:
        raise ValueError("same padding only")
    return conv_forward(x, weight, bias, padding=(padding * 1, padding * 1))


def overlapping(x: Array, kernel_size: int = 3, stride: int = 2) -> tuple[Array, Any]:
    """A pool whose windows share a row, in squares."""
    if kernel_size != stride + 1:
        raise ValueError("kernel must be stride + 1")
    return max_pool_forward(x, kernel_size, stride)


class Pairs:
    """A pool side by side that takes pairs alone."""

    def __init__(self, pool_size: Any, strides: Any = None) -> None:
        if strides is not None and tuple(strides) != tuple(pool_size):
            raise ValueError("strides must be pool_size")
        self.rows, self.columns = pool_size

    def forward(self, x: Array) -> Array:
        """Of what the windows divide."""
        if x.shape[2] % self.rows or x.shape[3] % self.columns:
            raise ValueError("does not divide")
        y, self.saved = max_pool_forward(x, (self.rows, self.columns), (self.rows, self.columns))
        return np.asarray(y)

    def backward(self, dy: Array) -> Array:
        """By what was saved."""
        return np.asarray(max_pool_backward(dy, self.saved))


@pytest.mark.parametrize(
    ("layer", "like"),
    [
        ((same, conv_backward), "conv2d"),
        ((overlapping, max_pool_backward), "max_pool2d"),
        (Pairs, "max_pool2d"),
    ],
    ids=["same", "overlapping", "pairs"],
)
def test_a_layer_that_takes_few_windows_is_right_on_those(layer: Any, like: str) -> None:
    """What it raises on others says what it takes; each was wrong, for a pair or a number made it stumble."""
    found = examine(layer, like, budget="1ms")
    assert not found.wrong, story(found)
    assert found.compared


def test_a_pool_of_squares_side_by_side_is_right_and_takes_no_pairs() -> None:
    """A note says what it raised on them; it was wrong, for pairs make it stumble."""
    found = examine((squares, max_pool_backward), "max_pool2d", budget="1ms")
    assert not found.wrong, story(found)
    assert any("not examined, for the layer raised there: kernel_size per axis" in note for note in found.notes)


@pytest.mark.parametrize(
    ("forward", "backward", "like", "square"),
    [
        (squares, max_pool_backward, "max_pool2d", {"kernel_size", "stride"}),
        (rectangles, max_pool_backward, "max_pool2d", set()),
        (patches, conv_backward, "conv2d", {"stride"}),
        (overlapping, max_pool_backward, "max_pool2d", {"kernel_size", "stride"}),
    ],
)
def test_what_may_be_a_pair_is_found_where_windows_lie_side_by_side(
    forward: Any, backward: Any, like: str, square: set[str]
) -> None:
    """A kernel and its stride are one number there, and are tried as one."""
    _, limits = opened((forward, backward), like, None, None)
    assert {*limits.allowed.get("square", ())} & {"kernel_size", "stride"} == square
