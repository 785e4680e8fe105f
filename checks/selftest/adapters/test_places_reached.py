"""Whole numbers in a closure or an object may be places: compiled code does not look whether an axis is as long."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from checks import examine, story
from checks.adapters.places_reached import whole_numbers_of

PLACES, STEPS = np.array([3, 0, 1]), np.array([40])


def picked(asked: set[int], places: Any, x: Any) -> Any:
    """The entries of each row at some places, which are counted around where there are fewer."""
    asked.add(x.shape[-1])
    return x[..., places % x.shape[-1]], x.shape


def spread(places: Any, dy: Any, shape: Any) -> Any:
    """Its gradient."""
    dx = np.zeros(shape, dy.dtype)
    for number, place in enumerate(places % shape[-1]):
        dx[..., place] += dy[..., number]
    return dx


class Picking:
    """The same as an object that keeps its places."""

    def __init__(self, asked: set[int]) -> None:
        self.asked, self.places, self.steps = asked, PLACES, STEPS

    def forward(self, x: Any) -> Any:
        """Of each row."""
        y, self.shape = picked(self.asked, self.places, x)
        return y

    def backward(self, dy: Any) -> Any:
        """To each row."""
        return spread(self.places, dy, self.shape)


def closure(asked: set[int]) -> Any:
    """The same as a pair of functions that find them around."""
    places, steps = PLACES, STEPS

    def forward(x: Any) -> Any:
        assert len(steps) == 1
        return picked(asked, places, x)

    return forward, lambda dy, shape: spread(places, dy, shape)


def test_no_axis_is_made_shorter_than_the_places_that_a_layer_keeps_reach() -> None:
    """Other lengths are tried, and the largest of several arrays does not speak for the others."""
    asked = set[int]()
    found = examine(closure(asked), inputs=(np.random.default_rng(0).normal(size=(2, 6)),), budget=2)
    assert not found.wrong, story(found)
    assert len(asked) > 2
    assert min(asked) >= PLACES.max() + 1


def test_whole_numbers_are_found_in_what_a_layer_reaches() -> None:
    """In a closure, a partial and an object; an array of other numbers is none."""
    layers = [closure(set()), partial(picked, set(), PLACES), Picking(set())]
    assert all([3, 0, 1] in [each.tolist() for each in whole_numbers_of(layer)] for layer in layers)
    assert not list(whole_numbers_of(partial(picked, set(), np.ones(3))))
