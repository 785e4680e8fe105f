"""Sums of a layer of one's own that are kept in half precision, where nobody says what the layer adds up.

A backward is linear: one large upstream number and many small ones give what both give alone. Who adds in float32, or
in halves of halves, rounds a sum as often as it has levels; who adds one small number after another to a large sum of
half precision loses each of them. That is within the bound of a sum in any order, so that it is a hazard, not wrong.
Where numbers are multiplied before they are added, upstream numbers are chosen so that each adds about as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from math import floor, isfinite, log2

import numpy as np

from checks.claim import Claim
from checks.computing import hushed
from checks.data import round_to
from checks.errors import SubjectError
from checks.rounding import DIGITS, HALF, gamma
from checks.sensitivity import CANCELLING, sensitivity
from checks.types import Array, Arrays, Shape, gradient_of
from checks.witness import Trial

#: Outputs that one number of an argument must reach: fewer lose less than roundings may.
FEWEST = 32
#: By which part of its size the number is moved to see which outputs it reaches, and which way.
STEP = 0.25
#: Beside the largest of what reaches outputs as much as a fourth of it is made as large; what is less is left aside.
EVENED = 4
#: What each small number adds, in units of the most that is lost beside a large one.
SMALL = 0.75
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
            place = _place(trial.got.gradients[of])
            reached = hushed(_reached, trial, of, place)
            if np.count_nonzero(reached) >= FEWEST:
                yield from hushed(list, _claims(law, trial, of, place, reached))
                return


def _place(gradient: Array) -> Shape:
    """Where the largest number of a gradient stands."""
    sizes = np.where(np.isfinite(gradient), np.abs(gradient), 0)
    return tuple(map(int, np.unravel_index(np.argmax(sizes), sizes.shape)))


def _reached(trial: Trial, of: str, place: Shape) -> Array:
    """How far, and which way, each output moves where the number at this place of an argument moves."""
    arrays, name = trial.case.inputs, of.removeprefix("d")
    value = arrays[name].copy()
    value[place] = round_to(value[place] + STEP * (abs(value[place]) or np.max(np.abs(value)) or 1), trial.case.dtype)
    moved = trial.subject.apply({**arrays, name: value}, trial.case.config)
    return np.asarray(np.nan_to_num(moved.astype(trial.wide) - trial.got.y, posinf=0.0, neginf=0.0))


def _evened(reached: Array) -> Array:
    """An upstream gradient of which each number adds about as much: 1 at the output that is reached the most.

    Signs alone where hardly any other is reached as well.
    """
    sizes, most = np.abs(reached), np.max(np.abs(reached), initial=0.0)
    there = sizes > most / EVENED
    if np.count_nonzero(there) < FEWEST:
        return np.asarray(np.sign(reached))
    return np.asarray(np.divide(most, reached, out=np.zeros_like(reached), where=there))


def _claims(law: str, trial: Trial, of: str, place: Shape, reached: Array) -> Iterator[Claim]:
    """Of small numbers where outputs are reached, after a large one at the first of them: the whole, and both alone."""
    dtype, pull = trial.case.dtype, partial(_pulled, trial, of)
    each = round_to(_evened(reached), dtype)
    first = np.unravel_index(np.flatnonzero(each)[0], each.shape)
    large = np.zeros_like(each)
    large[first], each[first] = each[first] * 2.0 ** DIGITS[dtype], 0
    alone = pull({**trial.case.inputs, DY: large})
    small = round_to(each * _lost_beside(float(alone[place])), dtype)
    whole, *parts = (pull({**trial.case.inputs, DY: dy}) for dy in (small + large, small))
    parts.append(alone)
    if not all(np.all(np.isfinite(each)) for each in (whole, *parts)):
        return
    want = parts[0].astype(trial.wide) + parts[1]
    bound = _rounded(trial, int(np.count_nonzero(small)), parts)
    if not np.all(np.abs(whole - want) <= bound):
        apart = partial(_apart, pull, large != 0)
        moved = sensitivity(lambda held: {of: apart(held)}, {**trial.case.inputs, DY: small + large}, dtype)
        bound += CANCELLING * moved[of]
    why = (
        f"B(a + b) = B(a) + B(b), a being large at one output, and b 2**{DIGITS[dtype]} times as small, or smaller, at "
        f"{np.count_nonzero(small)} others: as much is lost only where a sum is kept in {dtype} and each "
        "number is added to it by itself; add up in float32"
    )
    yield Claim(law, of, whole, want, np.full(want.shape, bound), why, severity="hazard")


def _apart(pull: Callable[[Arrays], Array], there: Array, held: Arrays) -> Array:
    """By how much a backward of two parts differs from both: what cancels inside, and is rounded, moves that, too."""
    one, other = (pull({**held, DY: np.where(part, held[DY], 0).astype(held[DY].dtype)}) for part in (there, ~there))
    return np.asarray(pull(held) - (one + other.astype(np.float64)))


def _lost_beside(large: float) -> float:
    """By how much a number becomes smaller of which 2**digits are this large one, to be lost beside it, not rounded up.

    A large number may be up to twice the power of two below it, by which it is rounded.
    """
    return SMALL * 2.0 ** floor(log2(abs(large))) / abs(large) if large and isfinite(large) else SMALL


def _pulled(trial: Trial, of: str, held: Arrays) -> Array:
    arrays = {name: held[name] for name in trial.case.arguments}
    found: Array = trial.subject.pull(arrays, trial.case.config, held[DY]).gradients[of]
    return found


def _rounded(trial: Trial, terms: int, parts: list[Array]) -> float:
    """Largest error of three answers whose sums are taken in float32, or by halves."""
    largest = sum(float(np.max(np.abs(part), initial=0.0)) for part in parts)
    return gamma(terms.bit_length() + BESIDE, trial.case.dtype) * largest
