"""What is said of a layer beside what it does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward


def stride_one(
    x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0
) -> tuple[Array, Any]:
    """A convolution that turns every other stride down."""
    if np.max(stride) > 1:
        raise ValueError("stride 1 alone")
    return conv_forward(x, weight, bias, stride=stride, padding=padding)


def test_a_layer_that_refuses_what_it_is_said_to_take_is_told_so() -> None:
    """By the value; nothing of the kind is said where nobody said what it takes, or where it takes it."""
    pair = (stride_one, conv_backward)
    words = "note: supports says that it takes stride=2, and it refused all "
    assert words in story(examine(pair, "conv2d", supports={"stride": [1, 2]}, budget="1ms"))
    assert "note: supports" not in story(examine(pair, "conv2d", budget="1ms"))
    assert "note: supports" not in story(examine(pair, "conv2d", supports={"padding": [0, 1]}, budget="1ms"))


def test_what_is_changed_around_a_layer_cannot_be_denied_in_the_callers_process() -> None:
    """There it may not be put back, and is not looked at."""
    with pytest.raises(UsageError, match="expected isolate=True beside it"):
        examine((stride_one, conv_backward), "conv2d", deny=["surroundings"], budget="1ms")
