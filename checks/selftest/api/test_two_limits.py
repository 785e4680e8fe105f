"""A layer with two limits that nobody declared is examined inside of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward


class Blocked:
    """A convolution of float32 alone, for channels in blocks of 8, with one number for all sides of its window."""

    scale = 1

    def __init__(self, in_ch: int, out_ch: int, kernel_size: Any, stride: Any = 1, pad: Any = 0) -> None:
        self.weight, self.bias = np.zeros((out_ch, in_ch, *[kernel_size + 0] * 2)), np.zeros(out_ch)
        self.stride, self.pad = stride + 0, pad + 0

    def forward(self, x: Array) -> Array:
        """The reference's."""
        if x.dtype != np.float32:
            raise TypeError("float32 only")
        if x.shape[1] % 8:
            raise ValueError("channels must be a multiple of 8")
        y, self.saved = conv_forward(x, self.weight, self.bias, stride=self.stride, padding=self.pad)
        return y

    def backward(self, dy: Array) -> Array:
        """The reference's, with the gradients of weight and bias in their places."""
        dx, self.dweight, self.dbias = conv_backward(dy, self.saved)
        return np.asarray(dx) * self.scale


class Doubled(Blocked):
    """One whose backward errs."""

    scale = 2


class Raising(Blocked):
    """One that takes nothing at all."""

    def forward(self, x: Array) -> Array:
        """No y."""
        raise ValueError(f"not {x.dtype}")


def test_two_limits_at_once_are_found_out() -> None:
    """And what else it takes, from the cases inside of them."""
    found = examine(Blocked, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert all(case.dtype == "float32" and case.shapes["x"][1] % 8 == 0 for case in found.judged)
    assert any("kernel_size per axis" in note and "multiple of 8" in note for note in found.notes)


@pytest.mark.parametrize(("kind", "law"), [(Doubled, "reference"), (Raising, "runs")])
def test_a_wrong_layer_with_two_limits_is_wrong(kind: type, law: str) -> None:
    """So is one that takes no case inside of any limits."""
    assert law in examine(kind, like="conv2d", budget="1ms").findings
