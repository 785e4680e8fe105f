"""Several arrays of whole numbers, each of which may be of a table of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.families.places import TWICE
from checks.types import Array

RNG = np.random.default_rng(0)
WORDS, PLACES = RNG.normal(size=(6, 3)), RNG.normal(size=(5, 3))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def placed(t: Array, p: Array, w: Array, v: Array) -> tuple[Array, Any]:
    """Words and their places."""
    return w[t] + v[p], (t, p, w.shape, v.shape)


def both_added(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Right."""
    t, p, *shapes = saved
    dw, dv = (np.zeros(shape, dy.dtype) for shape in shapes)
    np.add.at(dw, t, dy)
    np.add.at(dv, p, dy)
    return dw, dv


def one_assigned(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Of a word that comes twice the last alone."""
    dw, dv = both_added(dy, saved)
    dw[saved[0]] = dy
    return dw, dv


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("backward", [both_added, one_assigned])
def test_places_in_tables_of_their_own_come_twice(backward: Any) -> None:
    """As a hazard, since none does in the example."""
    inputs = (np.array([0, 2, 4]), np.array([0, 1, 2]), WORDS, PLACES)
    found = examine((placed, backward), inputs=inputs, **QUICK)
    assert not found.wrong
    assert ["places that come twice" in each.verdict.why for each in found.hazards.values()] == [True] * (
        backward is one_assigned
    )
    assert TWICE in {case.span for case in found.judged}


def there_and_back(x: Array, order: Array, back: Array) -> tuple[Array, Any]:
    """Rows in another order, squared, and in their own again."""
    return (x[order] ** 2)[back], (x, order, back)


def back_and_there(dy: Array, saved: Any) -> Array:
    """As long as one is the way back from the other."""
    x, order, back = saved
    return np.asarray(2 * x * dy[order][back]) if np.array_equal(order[back], np.arange(len(x))) else 0 * x


def between(x: Array, source: Array, target: Array) -> tuple[Array, Any]:
    """Differences along edges."""
    return x[source] - x[target], (x.shape, source, target)


def along_edges(dy: Array, saved: Any) -> Array:
    """Where no edge comes twice."""
    shape, source, target = saved
    dx = np.zeros(shape, dy.dtype)
    dx[source] += dy
    dx[target] -= dy
    return dx


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize(
    ("layer", "first", "second"),
    [
        ((there_and_back, back_and_there), [2, 0, 1, 5, 3, 4], [1, 2, 0, 4, 5, 3]),
        ((between, along_edges), [0, 2], [1, 4]),
    ],
    ids=["a way back", "one table"],
)
def test_what_may_belong_together_stays_as_it_is(layer: Any, first: list[int], second: list[int]) -> None:
    """Both are of one table, or all rows of it have a gradient."""
    found = examine(layer, inputs=(WORDS, np.array(first), np.array(second)), **QUICK)
    assert not found.wrong
    assert not found.hazards
    assert TWICE not in {case.span for case in found.judged}
