"""Sums of a layer of one's own that are kept in half precision, where nobody says what the layer adds up.

A backward is linear: one large upstream number and many small ones give what both give alone. Who adds in float32, or
in halves of halves, rounds a sum as often as it has levels; who adds one small number after another to a large sum of
half precision loses each of them. That is within the bound of a sum in any order, so that it is a hazard, not wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import numpy as np

from checks.claim import Claim
from checks.computing import hushed
from checks.data import round_to
from checks.errors import SubjectError
from checks.rounding import DIGITS, gamma
from checks.sensitivity import CANCELLING, sensitivity
from checks.types import Array, Arrays, gradient_of
from checks.witness import Trial

#: Formats whose sums are looked at.
HALF = frozenset({"float16", "bfloat16"})
#: Outputs that one number of an argument must reach: fewer lose less than roundings may.
FEWEST = 32
#: By which part of its size the number is moved to see which outputs it reaches, and which way.
STEP = 0.25
#: Roundings of three answers, and of what is made of each number before it is added.
BESIDE = 6
#: The upstream gradient among the arrays that a layer is handed.
DY = "dy"


def swamped_sums(law: str, trial: Trial) -> Iterator[Claim]:
    """A claim for the gradient of the first argument whose numbers reach many outputs; the seed says which is first."""
    if not trial.family.smooth or trial.case.dtype not in HALF:
        return
    names, start = trial.case.arguments, trial.case.seed % len(trial.case.arguments)
    for of in map(gradient_of, (*names[start:], *names[:start])):
        with suppress(SubjectError):  # beside the example a layer may raise
            reached = hushed(_reached, trial, of)
            if np.count_nonzero(reached) >= FEWEST:
                yield from hushed(list, _claims(law, trial, of, reached))
                return


def _reached(trial: Trial, of: str) -> Array:
    """Which way each output moves where the number moves that has the largest gradient; 0 where it does not."""
    arrays = trial.case.inputs
    name, gradient = of.removeprefix("d"), np.abs(trial.got.gradients[of])
    place = np.unravel_index(np.argmax(np.where(np.isfinite(gradient), gradient, 0)), gradient.shape)
    value = arrays[name].copy()
    value[place] = round_to(value[place] + STEP * (abs(value[place]) or np.max(np.abs(value)) or 1), trial.case.dtype)
    moved = trial.subject.apply({**arrays, name: value}, trial.case.config)
    return np.asarray(np.nan_to_num(np.sign(moved.astype(trial.wide) - trial.got.y)))


def _claims(law: str, trial: Trial, of: str, reached: Array) -> Iterator[Claim]:
    """Of ones where outputs are reached, after a large number at the first of them: the whole, and both alone."""
    small = reached.astype(trial.got.y.dtype)
    large = np.zeros_like(small)
    first = np.unravel_index(np.flatnonzero(small)[0], small.shape)
    large[first], small[first] = small[first] * 2.0 ** DIGITS[trial.case.dtype], 0
    pull = partial(_pulled, trial, of)
    whole, *parts = (pull({**trial.case.inputs, DY: dy}) for dy in (small + large, small, large))
    if not all(np.all(np.isfinite(each)) for each in (whole, *parts)):
        return
    want = parts[0].astype(trial.wide) + parts[1]
    bound = _rounded(trial, int(np.count_nonzero(small)), parts)
    if not np.all(np.abs(whole - want) <= bound):
        moved = sensitivity(lambda held: {of: pull(held)}, {**trial.case.inputs, DY: small + large}, trial.case.dtype)
        bound += CANCELLING * moved[of]
    why = (
        f"B(a + b) = B(a) + B(b), a being 2**{DIGITS[trial.case.dtype]} at one output and b of size 1 at "
        f"{np.count_nonzero(small)} others: as much is lost only where a sum is kept in {trial.case.dtype} and each "
        "number is added to it by itself; add up in float32"
    )
    yield Claim(law, of, whole, want, np.full(want.shape, bound), why, severity="hazard")


def _pulled(trial: Trial, of: str, held: Arrays) -> Array:
    arrays = {name: held[name] for name in trial.case.arguments}
    found: Array = trial.subject.pull(arrays, trial.case.config, held[DY]).gradients[of]
    return found


def _rounded(trial: Trial, terms: int, parts: list[Array]) -> float:
    """Largest error of three answers whose sums are taken in float32, or by halves."""
    largest = sum(float(np.max(np.abs(part), initial=0.0)) for part in parts)
    return gamma(terms.bit_length() + BESIDE, trial.case.dtype) * largest
