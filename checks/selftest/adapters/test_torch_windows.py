"""A class of modules is told its window as it takes it: a number for each axis, or one for all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d

from checks import adapt, examine, story
from checks.errors import SubjectError
from checks.selftest.adapters.agreement import ARRAYS, CONFIG, assert_agrees


class Square(torch.nn.Module):
    """A convolution whose constructor takes the side of a square; ``factor`` is right at 1."""

    factor = 1.0

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0
    ) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = torch.nn.Parameter(torch.randn(out_channels))
        self.side, self.stride, self.padding = kernel_size, stride, padding

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A convolution with square windows."""
        bias = self.bias * self.factor + (self.bias * (1 - self.factor)).detach()
        return conv2d(x, self.weight, bias, self.stride, self.padding)


class Wrong(Square):
    """Its dbias is twice as large."""

    factor = 2.0


class Annotated(Square):
    """It says so."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: Any = 1, padding: Any = 0
    ) -> None:
        assert isinstance(kernel_size, int)
        super().__init__(in_channels, out_channels, kernel_size, stride, padding)


class Later(Square):
    """Its forward alone stumbles over a pair."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0
    ) -> None:
        torch.nn.Module.__init__(self)
        inside = torch.nn.Conv2d(in_channels, out_channels, kernel_size)
        self.weight, self.bias = (
            torch.nn.Parameter(inside.weight.detach()),
            torch.nn.Parameter(torch.randn(out_channels)),
        )
        self.side, self.stride, self.padding = kernel_size, stride, padding

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """It looks whether a window fits."""
        return super().forward(x) if self.side * 1.0 <= x.shape[-1] + 2 * self.padding else x


class Pair(Square):
    """It takes a number for each axis alone."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0
    ) -> None:
        height, width = kernel_size
        torch.nn.Module.__init__(self)
        self.weight = torch.nn.Parameter(torch.randn(out_channels, in_channels, height, width))
        self.bias = torch.nn.Parameter(torch.randn(out_channels))
        self.stride, self.padding = stride, padding


@pytest.mark.parametrize("kind", [Square, Annotated, Later, Pair])
def test_one_number_is_tried_where_a_pair_is_not_understood(kind: type) -> None:
    """Its gradients are the reference's."""
    assert_agrees(kind)


def test_it_is_examined_on_square_windows() -> None:
    """Those that differ between axes it raises on, which is said."""
    found = examine(Square, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert all(len(set(case.shapes["weight"][2:])) == 1 for case in found.judged)
    assert examine(Wrong, like="conv2d", budget="1ms").wrong


def test_the_script_builds_it_as_it_was_built() -> None:
    """From the form that was taken."""
    subject = adapt(Square)
    subject.pull(ARRAYS, CONFIG, np.ones((2, 4, 3, 3)))
    assert subject.preamble is not None
    assert "Square(in_channels=3, out_channels=4, kernel_size=3," in subject.preamble(ARRAYS, CONFIG)


class Broken(torch.nn.Module):
    """It raises in its forward, or its constructor does."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = None) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = torch.nn.Parameter({None: torch.randn(out_channels)}[stride])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Raises a TypeError."""
        sides: Any = x.shape[0]
        return x * len(sides)


def test_the_error_is_that_of_the_form_that_got_farthest() -> None:
    """A class that takes one number is not blamed for a pair."""
    with pytest.raises(SubjectError, match=r"KeyError: 2; it was built as Broken\(.*kernel_size=3"):
        adapt(Broken).pull(ARRAYS, CONFIG, np.ones((2, 4, 3, 3)))
    with pytest.raises(SubjectError, match=r"object of type 'int' has no len"):
        adapt(Broken).pull(ARRAYS, {}, np.ones((2, 4, 3, 3)))


def test_a_class_that_cannot_be_built_has_a_script_that_builds_it() -> None:
    """It shows the error there."""
    subject = adapt(Broken)
    assert subject.preamble is not None
    assert "layer = Broken(in_channels=3, out_channels=4, kernel_size=" in subject.preamble(ARRAYS, CONFIG)
