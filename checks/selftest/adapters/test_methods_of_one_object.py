"""A pair of methods of one object is that object, where it keeps the state between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks import examine
from checks.report.story import story
from checks.types import Array

X = np.random.default_rng(0).normal(size=(3, 4))


class Keeps:
    """A square that keeps x."""

    def forward(self, x: Array) -> Array:
        """Keep it."""
        self.x = x
        return x * x

    def backward(self, dy: Array) -> Array:
        """Of what was kept."""
        return 2 * self.x * dy


class KeepsNothing:
    """A square whose methods are a pair by themselves."""

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Hand x on."""
        return x * x, x.copy()

    def backward(self, dy: Array, x: Array) -> Array:
        """Of what was handed on."""
        return 2 * x * dy


class Half(Keeps):
    """Its gradient lacks a factor."""

    def backward(self, dy: Array) -> Array:
        """Half of what it must be."""
        return self.x * dy


def _asked(layer: Any) -> Any:
    return examine((layer.forward, layer.backward), inputs=(X,), budget="1ms")


def test_methods_between_which_an_object_keeps_its_state_are_no_pair() -> None:
    """To call them in another order is a hazard, as of the object."""
    found = _asked(Keeps())
    assert not found.wrong, story(found)
    assert found.hazards["saved state"].verdict.status == "hazard"
    assert _asked(Half()).wrong


def test_methods_that_hand_over_all_they_need_are_a_pair() -> None:
    """Nothing is a hazard there."""
    found = _asked(KeepsNothing())
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)
