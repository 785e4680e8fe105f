"""What is wrong at single numbers alone: a comparison of a backward leaves out that its two sides may be equal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.diagnosis.arrays import spelled_number
from checks.diagnosis.examples import derived
from checks.types import Array
from checks.witness import Trial

#: How far numbers are moved down and up, and how many times as far as its values there a gradient must be from them.
BESIDE, APART = 2.0**-8, 8.0

#: Numbers that are named at most.
MOST_NAMED = 3

ALONE = (
    "{of} is right just below and just above, and another number where {argument} is exactly {numbers}: a comparison "
    "there leaves out that both sides may be equal (< or >, where <= or >= belongs)"
)


def at_single_numbers(trial: Trial, of: str) -> Iterator[str]:
    """The sentence, where entries differ from what they are on both sides, which is alike there, and is right."""
    argument = of.removeprefix("d")
    x, got = trial.case.inputs[argument], trial.got.gradients[of]
    if x.dtype.kind != "f" or got.shape != x.shape or trial.draws:
        return
    sides = [trial.case.holding(argument, (x + by).astype(x.dtype)) for by in (-BESIDE, BESIDE)]
    below, above = (Trial(trial.subject, trial.family, side, until=trial.until) for side in sides)
    alone = _alone(got, below.got.gradients[of], above.got.gradients[of])
    numbers = np.unique(x[alone])
    if 0 < numbers.size <= MOST_NAMED and not alone.all() and all(_right(each, of, alone) for each in (below, above)):
        told = " or ".join(spelled_number(number) for number in numbers.tolist())
        yield ALONE.format(of=of, argument=argument, numbers=told)


def _alone(got: Array, below: Array, above: Array) -> Array:
    """Which entries are far from both of these, beside how far those are from each other."""
    nearest = np.minimum(np.abs(got - below), np.abs(got - above))
    return np.asarray(nearest > APART * np.abs(above - below) + BESIDE * np.max(np.abs(below), initial=0.0))


def _right(trial: Trial, of: str, alone: Array) -> bool:
    """Whether all that is known of a gradient is right, and some of these entries are known."""
    found = derived(trial, of)
    return bool(found and not found.difference.wrong.any() and any(alone[place] for place in found.places))
