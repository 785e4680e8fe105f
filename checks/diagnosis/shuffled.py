"""A gradient that holds one term alone where several belong, seen on the numbers of its argument in other orders.

Where few elements enter several outputs, as of a pooling layer whose windows overlap, one example shows too few of
them, and a slow layer leaves no time for its derivatives. Here two calls for each element are enough: what y does as it
is moved to either side, alike on both, is what each output gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

import numpy as np

from checks.diagnosis.alike import SAME, several
from checks.diagnosis.difference import Unnamed
from checks.diagnosis.examples import Derived
from checks.diagnosis.jacobian import STEPS, Terms
from checks.diagnosis.terms import ENDS, FIRST, LAST, first_alone, last_alone, such
from checks.types import Array, Arrays
from checks.witness import Trial

#: Orders that are tried, elements of each, and seconds for all of them.
ORDERS, ELEMENTS, SECONDS = 8, 128, 1.0
#: So unlikely must it be that each wrong element holds just this one of its terms by chance.
CHANCE = 1 / 32


#: What every element may hold, how it is seen, and at which end its term stands.
MAY: dict[str, Callable[[Terms], bool]] = {LAST: last_alone, FIRST: first_alone}


def on_other_orders(trial: Trial, of: str) -> Iterator[str]:
    """The sentence where every element holds the last, or the first, of its terms alone, in every order tried."""
    end, may, chance = monotonic() + SECONDS, dict(MAY), 1.0
    for number in range(ORDERS):
        terms = _terms(trial, of, number, end)
        if terms is None:
            return
        may = {said: holds for said, holds in may.items() if holds(terms)}
        wrong = terms.found.difference.wrong
        chance /= float(np.prod(np.maximum(terms.answers.sum(1)[wrong], 1), initial=1.0, dtype=float))
        if len(may) == 1 and wrong.any() and chance <= CHANCE:
            ((said, _),) = may.items()
            told = said.format(of=of, such=such(terms, of, ENDS[said]))
            yield f"with the numbers of {of.removeprefix('d')} in other orders {told}"
            return


def _terms(trial: Trial, of: str, number: int, end: float) -> Terms | None:
    """Those on the argument's numbers in another order, with a dy of all different numbers; None of what has none."""
    argument, step = of.removeprefix("d"), STEPS.get(trial.case.dtype)
    x, rng = trial.case.inputs[argument], np.random.default_rng([trial.case.seed, 73, number])
    if step is None or trial.draws or not several(x.reshape(-1)):
        return None
    inputs = {**trial.case.inputs, argument: rng.permutation(x.reshape(-1)).reshape(x.shape)}
    dy = rng.standard_normal(trial.case.dy.shape).astype(trial.case.dtype)
    pulled = trial.subject.pull(inputs, trial.case.config, dy)
    chosen = np.sort(rng.permutation(x.size)[:ELEMENTS])
    slopes = dict[int, Array]()
    for flat in map(int, chosen):
        if monotonic() > end:
            return None
        sides = [_along(trial, inputs, argument, flat, by, pulled.y) for by in (step, -step)]
        if np.all(np.abs(sides[0] - sides[1]) <= SAME * max(np.max(np.abs(sides)), step)):
            slopes[flat] = (sides[0] + sides[1]) / 2
    if not slopes:
        return None
    rows, wide = np.array([*slopes.values()]), dy.astype(trial.wide)
    want, mass = rows @ wide.reshape(-1), np.abs(rows) @ np.abs(wide.reshape(-1))
    got = pulled.gradients[of].reshape(-1)[[*slopes]]
    places = tuple(tuple(map(int, np.unravel_index(flat, x.shape))) for flat in slopes)
    return Terms(Derived(Unnamed(of, got, want, 2 * SAME * mass), places, x.shape), rows, wide)


def _along(trial: Trial, inputs: Arrays, argument: str, flat: int, by: float, y: Array) -> Array:
    """By how much each output changes as an element does."""
    moved = inputs[argument].copy()
    moved.reshape(-1)[flat] += by
    ahead = trial.subject.apply({**inputs, argument: moved}, trial.case.config)
    return np.asarray((ahead.astype(trial.wide) - y).reshape(-1) / by)
