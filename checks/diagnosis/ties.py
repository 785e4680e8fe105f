"""What is wrong at ties alone: beside them a gradient is right, and at them each of equal numbers gets too much."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.diagnosis.alike import SAME
from checks.diagnosis.examples import derived
from checks.types import Array, Arrays
from checks.witness import Trial

#: Orders into which equal numbers are moved, and by what part of the way to the next other number at most.
ORDERS, APART = 12, 0.25

#: How what is wrong at ties alone begins to be told.
ONLY = "only at ties: "

WHOLE = (
    f"{ONLY}{{of}} is right where the equal numbers of {{argument}} are moved apart, and where they are equal each "
    "of them gets what it gets beside when it alone is chosen (a mask such as x == y): together they get too much; "
    "one of them must get it, or all together"
)


def at_ties(trial: Trial, of: str) -> Iterator[str]:
    """The sentence, on a case with numbers in common; nothing where it does not hold of every element."""
    argument = of.removeprefix("d")
    x = trial.case.inputs[argument]
    if trial.case.data != "given" or np.unique(x).size == x.size:
        return
    beside = [_moved(trial, argument, number) for number in range(ORDERS)]
    given = np.array([trial.subject.pull(arrays, trial.case.config, trial.case.dy).gradients[of] for arrays in beside])
    if not _each_gets_the_whole(trial.got.gradients[of], given):
        return
    held = Trial(trial.subject, trial.family, trial.case.holding(argument, beside[0][argument]))
    right = derived(held, of)
    if right and not right.difference.wrong.any():
        yield WHOLE.format(of=of, argument=argument)


def _each_gets_the_whole(got: Array, given: Array) -> bool:
    """Whether elements get what they get in every order in which they get anything, and two of them do not in all."""
    chosen = given != 0
    same = np.abs(given - got) <= SAME * np.abs(got)
    contested = chosen.any(0) & ~chosen.all(0)
    return bool(np.all(same | ~chosen) and np.all((got == 0) | chosen.any(0)) and np.count_nonzero(contested) > 1)


def _moved(trial: Trial, argument: str, number: int) -> Arrays:
    """Arguments with all numbers of one moved a little, so that none of equal ones stay so."""
    x, rng = trial.case.inputs[argument], np.random.default_rng([trial.case.seed, 71, number])
    far = APART * np.min(np.diff(np.unique(x)), initial=1.0) / max(x.size, 1)
    moved = (x + far * rng.permutation(x.size).reshape(x.shape)).astype(x.dtype)
    return {**trial.case.inputs, argument: moved}
