"""Derivatives of a smooth subject's own forward along single entries, as limits that know their own error."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from time import monotonic

import numpy as np

from checks.claim import Claim, unable
from checks.counted import count
from checks.oracles import lines
from checks.oracles.estimates import FAR, errors, in_words, measured_rounding, values
from checks.rounding import is_complex
from checks.smooth import Estimate, ahead, best
from checks.smooth.analytic import random_direction, seen_analytic
from checks.smooth.estimate import unknown
from checks.types import Array, Shape, gradient_of
from checks.witness import Trial

#: Steps of one entry that are longer than those of any other along a random direction.
APART = 2.0
#: Directions beside which an entry is moved until one shows a bend, each in both senses.
DIRECTIONS = 3

#: Said where derivatives along some entries exist, and f has none that is linear.
NO_GRADIENT = "where derivatives do not add up there is no gradient to compare with"

#: Entries from which on it pays to find out first whether the layer is analytic.
MANY = 6


def entrywise(law: str, trial: Trial, argument: str, places: list[Shape]) -> Claim:
    """A gradient at some places, each against the derivative of sum(dy * f) along that entry.

    Where a layer is slow fewer places are looked at than are given: those that ``SECONDS`` leave time for.
    """
    of = gradient_of(argument)
    got, own = trial.got.gradients[of], trial.bound(of)
    if is_complex(trial.case.dtype):
        return unable(law, of, got.size, "smooth layers are derived along real arguments only")
    each = _derived(trial, argument, got.shape, places)
    looked_at, found = tuple(places[number] for number in sorted(each)), [each[number] for number in sorted(each)]
    lost = measured_rounding(trial, of)
    tried = np.array([got[place] for place in looked_at], got.dtype)
    held = np.array([own[place] + lost[place] for place in looked_at])
    why = in_words(found) + (f"; {count(len(each), 'entry')}, no time for more" if len(each) < len(places) else "")
    bounds, want = held + errors(found, tried, held), values(found)
    off = np.flatnonzero(np.abs(tried - want) > bounds)
    if bent := list(takewhile(lambda number: _bends(trial, argument, looked_at[number], found[number]), off)):
        bounds[bent], why = np.nan, f"{why}; {NO_GRADIENT}"
    return Claim(law, of, tried, want, bounds, why, got.size - len(each), looked_at)


def _derived(trial: Trial, argument: str, shape: Shape, places: list[Shape]) -> dict[int, Estimate]:
    """Derivatives along entries, by the number of the place; the first and the last first, then in no order."""
    end = lines.end(trial)
    derivative = _along_entries(trial, argument, shape, len(places))
    order = np.random.default_rng([trial.case.seed, 37]).permutation(len(places)).tolist()
    order.sort(key=lambda number: 0 < number < len(places) - 1)
    found = dict[int, Estimate]()
    for number in order:
        if found and monotonic() > end:
            break
        found[number] = derivative(places[number])
    return found


def _bends(trial: Trial, argument: str, place: Shape, along: Estimate) -> bool:
    """Whether D(v + 2 e) - D(v - 2 e) is not 4 D(e) for an entry e and some v: f has derivatives and no gradient.

    As the median of three equal numbers, which moves with none of them and with all. The entry moves from below all
    others to above them, each derivative from the side to which the line goes. Of random v some order the others so
    that nothing is seen: max(a, min(b, c)) with b moves only where c is above a.
    """
    shape = trial.shape_of(gradient_of(argument))
    far = APART * _unit(shape, place)
    beside = (random_direction(shape, trial.case.seed + number) for number in range(DIRECTIONS))
    return any(_bent(trial, argument, (sign * v - far, sign * v + far), along) for v in beside for sign in (1, -1))


def _bent(trial: Trial, argument: str, ends: tuple[Array, Array], along: Estimate) -> bool:
    """Whether derivatives along two directions do not lie apart by as much as one between them says."""
    low, high = (ahead(lines.through(trial, {argument: end})) for end in ends)
    apart = abs(high.value - low.value - 2 * APART * along.value)
    stated = low.error + high.error + 2 * APART * along.error
    return low.known and high.known and bool(apart > FAR * stated)


def _along_entries(trial: Trial, argument: str, shape: Shape, many: int) -> Callable[[Shape], Estimate]:
    """What derives along one entry: complex steps, where there are many and the layer is seen to be analytic."""
    found = None
    if many >= MANY:
        found = seen_analytic(lines.through(trial, {argument: random_direction(shape, trial.case.seed)}))

    def derivative(place: Shape) -> Estimate:
        line = lines.through(trial, {argument: _unit(shape, place)})
        stepped = found.along(line) if found else unknown("not seen to be analytic")
        return stepped if stepped.known else best(line)

    return derivative


def _unit(shape: Shape, place: Shape) -> Array:
    direction = np.zeros(shape)
    direction[place] = 1.0
    return direction
