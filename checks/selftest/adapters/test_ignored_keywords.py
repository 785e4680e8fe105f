"""A constructor that takes any keyword takes those that make another object of it, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters.constructor import Constructor
from checks.adapters.open_constructor import settled
from checks.types import Array
from reference_impl import conv_backward, conv_forward, max_pool_backward, max_pool_forward


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


class ByItsWindowAmongOptions(ByItsWindow):
    """One whose window has a default and comes among the options."""

    def __init__(self, size: int = 2, **options: Any) -> None:
        super().__init__(options.get("kernel_size", size))


class RoundedUp(ByItsWindow):
    """One that counts windows beyond the end where an option says so, and gives them nothing back."""

    def __init__(self, size: int, **options: Any) -> None:
        super().__init__(size)
        self.up = options.get("ceil_mode", False)

    def forward(self, x: Array) -> Array:
        """The reference's."""
        y, self.saved = max_pool_forward(x, self.size, self.stride, ceil_mode=self.up)
        return y

    def backward(self, dy: Array) -> Array:
        """Wrong with ceil_mode alone."""
        return super().backward(0 * dy if self.up else dy)


def test_a_window_among_the_options_is_taken() -> None:
    """No other keyword makes another object of it."""
    said = {"padding": 0, "dilation": 1, "ceil_mode": False}
    found = examine(ByItsWindowAmongOptions, like="max_pool2d", supports=said, budget="1ms")
    assert not found.wrong, story(found)
    assert len({case.config["kernel_size"] for case in found.judged}) > 2


def test_a_mistake_with_an_option_that_alone_is_heard_is_found() -> None:
    """Keywords that are rarely said are looked at too; others that it does nothing with are not taken beside it."""
    found = examine(RoundedUp, like="max_pool2d", budget="1ms")
    assert all(each.shrunk.config["ceil_mode"] for each in found.findings.values())
    assert found.wrong


@pytest.mark.parametrize(("kind", "heard"), [(ByItsWindow, False), (ByItsOptions, True)], ids=["ignored", "heard"])
def test_keywords_that_change_nothing_are_not_taken(kind: type, heard: bool) -> None:
    """Those that do are swept."""
    found = examine(kind, like="max_pool2d", supports={"padding": 0, "dilation": 1, "ceil_mode": False}, budget="1ms")
    assert not found.wrong, story(found)
    strides = {(case.config["stride"] == case.config["kernel_size"]) for case in found.judged}
    assert strides == ({True, False} if heard else {True})


class BySizesAmongOptions:
    """A convolution by windows of 3 that does not move them further; only its sizes are among the options."""

    def __init__(self, **options: Any) -> None:
        self.weight = np.zeros((options.get("out_channels", 1), options.get("in_channels", 1), 3, 3))

    def forward(self, x: Array) -> Array:
        """The reference's."""
        y, self.saved = conv_forward(x, self.weight, None)
        return y

    def backward(self, dy: Array) -> Array:
        """The reference's, with the weight's gradient in its place."""
        dx, self.dweight, _ = conv_backward(dy, self.saved)
        return np.asarray(dx)


def test_sizes_among_the_options_are_handed_over() -> None:
    """Though no keyword makes another object."""
    kept = settled(BySizesAmongOptions, Constructor.of(BySizesAmongOptions, ("weight",)), ("x", "weight"))
    bound = kept.bind({}, {"in_channels": 2, "out_channels": 5, "stride": 2})
    assert bound.kwargs == {"in_channels": 2, "out_channels": 5}
