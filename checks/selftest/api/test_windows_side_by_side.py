"""Layers that turn every stride but the window down are tried on such windows: whether these may be pairs, too."""

from __future__ import annotations

from typing import Any

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
    ],
)
def test_what_may_be_a_pair_is_found_where_windows_lie_side_by_side(
    forward: Any, backward: Any, like: str, square: set[str]
) -> None:
    """A kernel and its stride are one number there, and are tried as one."""
    _, limits = opened((forward, backward), like, None, None)
    assert {*limits.allowed.get("square", ())} & {"kernel_size", "stride"} == square
