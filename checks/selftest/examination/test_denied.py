"""A hazard that is denied is wrong wherever its case is judged: where nothing was called before, too."""

from __future__ import annotations

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array


class KeepsReference:
    """ReLU that reads the caller's array again: right until somebody writes to it."""

    def __init__(self) -> None:
        self.x = np.zeros(0)

    def forward(self, x: Array) -> Array:
        """Keeps the very array."""
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dy: Array) -> Array:
        """By x as it is now."""
        return np.asarray(dy * (self.x > 0))


class KeepsCopy(KeepsReference):
    """The same with an array of its own."""

    def forward(self, x: Array) -> Array:
        """Keeps a copy."""
        return super().forward(x.copy())


@pytest.mark.parametrize("deny", ["saved copies", "all"])
def test_a_denied_hazard_is_no_mistake_of_earlier_calls(deny: str) -> None:
    """It was told as right in a first call, without a script; of a copy nothing is said."""
    found = examine(KeepsReference, "relu", budget="1ms", laws=["saved copies"], deny=[deny])
    denied = found.findings["saved copies"]
    assert "as a first call" not in story(found)
    assert (denied.alone, bool(denied.script)) == ("", True)
    assert not examine(KeepsCopy, "relu", budget="1ms", laws=["saved copies"], deny=[deny]).wrong
