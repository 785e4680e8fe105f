"""An object whose first forward was in another format than those that follow: what it keeps is not of that for good."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array


class Afresh:
    """Keeps x in a buffer of its own."""

    buffer = np.empty(0)

    def forward(self, x: Array) -> Array:
        """Tanh."""
        if self.outgrown(x):
            self.buffer = np.empty_like(x)
        self.buffer[...] = x
        return np.tanh(x)

    def outgrown(self, x: Array) -> bool:
        """Whether another buffer is needed."""
        return (self.buffer.shape, self.buffer.dtype) != (x.shape, x.dtype)

    def backward(self, dy: Array) -> Array:
        """From what was kept."""
        return np.asarray(dy * (1 - np.tanh(self.buffer.astype(dy.dtype)) ** 2))


class First(Afresh):
    """The buffer of the first format."""

    def outgrown(self, x: Array) -> bool:
        """By its shape alone."""
        return self.buffer.shape != x.shape


INPUTS = (np.random.default_rng(0).normal(size=(3, 4)),)


@pytest.mark.parametrize(("wrong", "right"), [(First, Afresh), (First(), Afresh())], ids=["class", "object"])
def test_what_an_object_keeps_in_its_first_format_is_seen(wrong: Any, right: Any) -> None:
    """Of a class, and of an object that can be copied."""
    found = examine(wrong, inputs=INPUTS, budget="1ms", laws=["saved state"])
    assert "first forward was in float32" in found.findings["saved state"].verdict.why
    assert not (found := examine(right, inputs=INPUTS, budget="1ms", laws=["saved state"])).wrong, story(found)


class Sole(Afresh):
    """Takes the first format alone."""

    def outgrown(self, x: Array) -> bool:
        """Never another format."""
        if self.buffer.size and self.buffer.dtype != x.dtype:
            raise TypeError(f"x is {x.dtype}, and was {self.buffer.dtype}")
        return super().outgrown(x)


def test_an_object_that_refuses_a_second_format_is_not_wrong() -> None:
    """Nobody trains on a gradient that does not come; the calls that follow find it as it was."""
    found = examine(Sole, inputs=INPUTS, budget="1ms", laws=["saved state"])
    assert not found.wrong, story(found)
