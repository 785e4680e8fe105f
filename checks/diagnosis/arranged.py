"""The right gradient in another arrangement: reversed, exchanged, shifted, reordered, or without its signs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import exp, lgamma, log

import numpy as np

from checks.diagnosis.chance import share
from checks.diagnosis.difference import Difference
from checks.types import Array

#: Orders in which the numbers of a gradient could stand, from which on chance does not explain that two are the same.
LEAST_ORDERS = 100
#: Probability from which on chance explains that the wrong elements are just those below 0.
CHANCE = 0.01
#: Parts along an axis that are looked for in another order at most, and whose order is told.
MOST_PARTS, MOST_TOLD = 64, 8
#: Shifts that are tried along each axis.
FARTHEST = 3


def arranged(difference: Difference) -> Iterator[str]:
    """The arrangements that explain what was given, in words."""
    said = [words for words, other in _arranged(difference) if _same(difference, other)]
    yield from said or _reordered(difference)
    if not _by_chance(difference):
        signless = _without_signs(difference.want)
        yield from (words for words, other in signless if _same(difference, other))


def _arranged(difference: Difference) -> Iterator[tuple[str, Array]]:
    """The right gradient in other arrangements, in words."""
    want, along = difference.want, difference.along
    long = [axis for axis in range(want.ndim) if want.shape[axis] > 1]
    for many in range(1, len(long) + 1):
        for chosen in combinations(long, many):
            yield f"the right one reversed along {along(chosen)}", np.flip(want, chosen)
    for first, second in combinations(range(want.ndim), 2):
        if want.shape[first] == want.shape[second] > 1:
            yield f"the right one with {along((first, second))} exchanged", want.swapaxes(first, second)
    for axis in long:
        for by in range(1, min(FARTHEST, want.shape[axis] - 1) + 1):
            yield f"the right one shifted by {by} along {along([axis])}", _shift(want, axis, by)
            back = np.flip(_shift(np.flip(want, axis), axis, by), axis)
            yield f"the right one shifted by -{by} along {along([axis])}", back
        for by in (1, -1):
            yield f"the right one rolled by {by} along {along([axis])}", np.roll(want, by, axis)


def _reordered(difference: Difference) -> Iterator[str]:
    """The right one with its parts along an axis in another order, no two of which are the same."""
    if _orders(difference.want) < LEAST_ORDERS:
        return
    for axis, length in enumerate(difference.want.shape):
        if length <= MOST_PARTS and (order := _order(difference, axis)):
            told = f": {', '.join(map(str, order))}" if length <= MOST_TOLD else ""
            yield f"the right one with its {difference.along([axis])} in another order{told}"
            return


def _order(difference: Difference, axis: int) -> list[int]:
    """Which right part stands at each place along an axis; empty where they are not all there, or where they belong."""
    given = (difference.got, difference.want, difference.bound)
    got, want, bound = (np.moveaxis(each, axis, 0).reshape(each.shape[axis], -1) for each in given)
    near = (np.all(np.abs(want - each) <= slack, axis=1) for each, slack in zip(got, bound, strict=True))
    fits = list(map(np.flatnonzero, near))
    order = [int(places[0]) for places in fits if len(places) == 1]
    return order if sorted(order) == list(range(len(want))) != order else []


def _without_signs(want: Array) -> Iterator[tuple[str, Array]]:
    yield "the magnitude of the right one", np.abs(want)
    yield "the positive part of the right one", np.maximum(want, 0)


def _by_chance(difference: Difference) -> bool:
    """Whether as many elements may be those below 0 by chance."""
    wrong = int(np.count_nonzero(difference.wrong))
    return share(wrong, max(wrong, int(np.count_nonzero(difference.telling))), wrong) >= CHANCE


def _shift(array: Array, axis: int, by: int) -> Array:
    """Moved along an axis, zeros moving in."""
    moved = np.roll(array, by, axis)
    np.moveaxis(moved, axis, 0)[:by] = 0
    return moved


def _same(difference: Difference, other: Array) -> bool:
    near = np.abs(difference.got - other) <= difference.bound
    return bool(near.all()) and _orders(other) >= LEAST_ORDERS


def _orders(array: Array) -> float:
    """In how many orders the numbers of an array could stand: one of few may be another by chance."""
    _, counts = np.unique(array, return_counts=True)
    return exp(min(lgamma(array.size + 1) - sum(lgamma(count + 1) for count in counts), log(LEAST_ORDERS) + 1))
