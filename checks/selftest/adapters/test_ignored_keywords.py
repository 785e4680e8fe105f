"""A constructor that takes any keyword takes those that make another object of it, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import max_pool_backward, max_pool_forward


class ByItsWindow:
    """A max pooling that moves by its window; it does nothing with what else it is told."""

    def __init__(self, size: int, **options: Any) -> None:  # noqa: ARG002 - as it is met
        self.size, self.stride = size, size

    def forward(self, x: Array) -> Array:
        """The reference's."""
        y, self.saved = max_pool_forward(x, self.size, self.stride)
        return y

    def backward(self, dy: Array) -> Array:
        """The reference's."""
        return np.asarray(max_pool_backward(dy, self.saved))


class ByItsOptions(ByItsWindow):
    """One that has its stride among the options."""

    def __init__(self, size: int, **options: Any) -> None:
        self.size, self.stride = size, options.get("stride", size)


@pytest.mark.parametrize(("kind", "heard"), [(ByItsWindow, False), (ByItsOptions, True)], ids=["ignored", "heard"])
def test_keywords_that_change_nothing_are_not_taken(kind: type, heard: bool) -> None:
    """Those that do are swept."""
    found = examine(kind, like="max_pool2d", supports={"padding": 0, "dilation": 1, "ceil_mode": False}, budget="1ms")
    assert not found.wrong, story(found)
    strides = {(case.config["stride"] == case.config["kernel_size"]) for case in found.judged}
    assert strides == ({True, False} if heard else {True})
