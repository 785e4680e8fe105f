"""Lengths that a backward does not take are named; those that a layer takes in multiples alone are doubled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)


def test_a_length_at_which_the_backward_raises_is_named_though_another_axis_takes_it() -> None:
    """The forward gives y for one channel, too."""

    def largest(x: Array) -> tuple[Array, Any]:
        return x.max(1), (x.shape, x.argmax(1))

    def squeezed(dy: Array, saved: Any) -> Array:
        shape, where = saved
        dx = np.zeros(shape)
        dx[np.arange(shape[0])[:, None], where, np.arange(shape[2])] = dy.squeeze()
        return dx

    told = story(
        examine((largest, squeezed), inputs=RNG.normal(size=(3, 4, 2)), budget="1ms", laws=["finite differences"])
    )
    assert "since the backward raises: with a length of 1" in told


def shuffled(x: Array) -> tuple[Array, None]:
    """A pixel shuffle by 2: blocks of four channels become squares."""
    samples, channels, height, width = x.shape
    parts = x.reshape(samples, channels // 4, 2, 2, height, width).transpose(0, 1, 4, 2, 5, 3)
    return parts.reshape(samples, channels // 4, 2 * height, 2 * width), None


@pytest.mark.parametrize("order", [(0, 1, 3, 5, 2, 4), (0, 3, 5, 1, 2, 4)], ids=["right", "wrong"])
def test_lengths_that_must_be_multiples_are_doubled(order: tuple[int, ...]) -> None:
    """The wrong order of channels is the right one for the four of the example."""

    def apart(dy: Array, _: None) -> Array:
        samples, channels, height, width = dy.shape
        parts = dy.reshape(samples, channels, height // 2, 2, width // 2, 2).transpose(order)
        return parts.reshape(samples, 4 * channels, height // 2, width // 2)

    found = examine((shuffled, apart), inputs=RNG.normal(size=(1, 4, 2, 2)), budget="1ms", laws=["adjoint"])
    assert ("adjoint" in found.findings) == (order[1] != 1), story(found)
