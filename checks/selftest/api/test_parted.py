"""One key head for several query heads hides how the gradients of several are summed: two of them show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families.parted import parted
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)


def grouped(q: Array, k: Array) -> tuple[Array, tuple[Array, Array, int]]:
    """Each key head times as many query heads, one after another."""
    times = q.shape[1] // k.shape[1]
    return q * np.repeat(k, times, 1), (q, k, times)


def _back(dy: Array, saved: tuple[Array, Array, int], apart: Callable[[Array, int], Array]) -> tuple[Array, Array]:
    q, k, times = saved
    return dy * np.repeat(k, times, 1), apart(dy * q, times)


def repeated(dk: Array, times: int) -> Array:
    """The sums over the query heads of each key head."""
    return np.asarray(dk.reshape(len(dk), -1, times, *dk.shape[2:]).sum(2))


def tiled(dk: Array, times: int) -> Array:
    """As if the heads came by turns."""
    return np.asarray(dk.reshape(len(dk), times, -1, *dk.shape[2:]).sum(1))


@pytest.mark.parametrize("heads", [4, 3])
@pytest.mark.parametrize("apart", [repeated, tiled])
def test_one_head_of_several_is_also_examined_as_two(heads: int, apart: Any) -> None:
    """Of three there is no half: then they are twice as many. What is wrong there is found."""
    example = (RNG.normal(size=(2, heads, 3)), RNG.normal(size=(2, 1, 3)))
    found = examine(
        (grouped, lambda dy, saved: _back(dy, saved, apart)), inputs=example, budget="1ms", laws=["adjoint"]
    )
    assert set(found.findings) == ({"adjoint"} if apart is tiled else set()), story(found)


def test_a_length_of_one_that_is_there_to_be_stretched_stays() -> None:
    """Into no part of a length a gamma of each channel is stretched."""

    def back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        x, gamma = saved
        return dy * gamma, (dy * x).sum(-2, keepdims=True)

    example = (RNG.normal(size=(2, 4, 3)), RNG.normal(size=(2, 1, 3)))
    found = examine((lambda x, g: (x * g, (x, g)), back), inputs=example, budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)
    assert any("of length 1 in every variation of the example: axis 1 of g" in note for note in found.notes)


def test_a_length_that_is_held_is_not_doubled() -> None:
    """It may still be parted; what no axis stands beside has no parts."""
    shapes = {"q": (2, 4), "k": (2, 1)}
    assert list(parted(shapes, [("k", 1)], {"q", "k"}, {4})) == [{"q": (2, 4), "k": (2, 2)}]
    assert list(parted(shapes, [("k", 1)], {"k"}, ())) == [{"q": (2, 4), "k": (2, 2)}]
    assert not list(parted({"q": (2, 4), "k": (1,)}, [("k", 0)], {"q", "k"}, ()))
