"""Derivatives of a smooth subject's own forward along single entries, as limits that know their own error."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import takewhile
from time import monotonic

import numpy as np

from checks.claim import Claim, unable
from checks.counted import count
from checks.kink import kinks_met
from checks.oracles import lines
from checks.oracles.bends import NO_GRADIENT, Bends, unit
from checks.oracles.estimates import errors, in_words, own_rounding, values
from checks.rounding import is_complex
from checks.smooth import Estimate
from checks.smooth.brief import brief
from checks.types import Array, Shape, gradient_of
from checks.witness import Trial


def entrywise(law: str, trial: Trial, argument: str, places: list[Shape]) -> Claim:
    """A gradient at some places, each against the derivative of sum(dy * f) along that entry.

    Where a layer is slow fewer places are looked at than are given: those that ``SECONDS`` leave time for.
    """
    of = gradient_of(argument)
    got = trial.got.gradients[of]
    if is_complex(trial.case.dtype):
        return unable(law, of, got.size, "smooth layers are derived along real arguments only")
    own = own_rounding(trial, of)
    each = _derived(trial, argument, own, places)
    looked_at, found = tuple(places[number] for number in sorted(each)), [each[number] for number in sorted(each)]
    tried = np.array([got[place] for place in looked_at], got.dtype)
    held = np.array([own[place] for place in looked_at])
    why = in_words(found) + (f"; {count(len(each), 'entry')}, no time for more" if len(each) < len(places) else "")
    bounds, want = held + errors(found, tried, held), values(found)
    off = np.flatnonzero(np.abs(tried - want) > bounds)
    bends = Bends(trial, argument)
    bent = list(takewhile(lambda at: bends.without_gradient(looked_at[at], found[at], float(tried[at])), off))
    if bent:
        bounds[bent], why = np.nan, f"{why}; {NO_GRADIENT}"
    return Claim(law, of, tried, want, bounds, why, got.size - len(each), looked_at)


def _derived(trial: Trial, argument: str, own: Array, places: list[Shape]) -> dict[int, Estimate]:
    """Derivatives along entries, by the number of the place; the first and the last first, then in no order."""
    end = lines.end(trial)
    derivative = _along_entries(trial, argument, own, len(places), end)
    order = np.random.default_rng([trial.case.seed, 37]).permutation(len(places)).tolist()
    order.sort(key=lambda number: 0 < number < len(places) - 1)
    found = dict[int, Estimate]()
    for number in order:
        if found and monotonic() > end:
            break
        found[number] = derivative(places[number])
    trial.shared(kinks_met)[argument] = [places[number] for number, each in found.items() if each.at_a_kink]
    return found


def _along_entries(trial: Trial, argument: str, own: Array, many: int, end: float) -> Callable[[Shape], Estimate]:
    """What derives along one entry: by what the layer is seen to be, analytic or affine.

    A slow one, of which there is time for few entries, is not asked.
    """
    few = lines.hurried(trial, end, many)
    seen = None if lines.hurried(trial, end) else lines.seen_in(trial, argument, many)

    def derivative(place: Shape) -> Estimate:
        line = lines.through(trial, {argument: unit(own.shape, place)})
        return lines.along(line, seen, brief if few else partial(lines.settled, held=float(own[place])))

    return derivative
