"""What derivatives state of themselves beside what a subject's own roundings allow.

The bound of each comparison is what the subject's own roundings allow plus the error that the derivative states of
itself. Where that error is no smaller than a share of the value, and of the values around it, agreeing would mean
nothing: such an entry is blind.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from checks.bounds import widen
from checks.data import round_to
from checks.errors import SubjectError
from checks.rounding import HALF, unit_roundoff
from checks.smooth import Estimate
from checks.types import Array
from checks.witness import Trial

#: A stated error beyond this share of the value says nothing about the value.
VAGUE = 1.0 / 16.0
#: Roundings of the largest number that a layer in half precision may make of each entry unseen: of what it keeps so.
ROUNDINGS = 16.0
#: By what part of itself a number is moved so that it has more digits than half precision.
FINER = 2.0**-14
#: How many times such an error a gradient must be off to be wrong all the same.
FAR = 16.0


def values(found: list[Estimate]) -> Array:
    """Derivatives, NaN where unknown."""
    return np.array([each.value for each in found], np.float64)


def errors(found: list[Estimate], got: Array, held: Array) -> Array:
    """Stated errors; NaN where they are too large for agreement to mean anything, and there is agreement.

    A gradient that is many times as far from the derivative as that may be off is wrong, whatever the derivative: that
    of a sign is 0, and known to be. One that is infinite may be so with right: no step is small enough to show it.
    """
    derived, stated = values(found), np.array([each.error for each in found], np.float64)
    sizes = np.abs(derived)
    known = sizes[np.isfinite(sizes)]
    usual = np.median(known) if known.size else 0.0
    with np.errstate(invalid="ignore"):
        apart = np.isfinite(got) & (np.abs(got - derived) > held + FAR * stated)
    vague = stated > VAGUE * np.maximum(sizes, usual)
    return np.asarray(np.where(vague, np.where(apart, FAR * stated, np.nan), stated))


def in_words(found: list[Estimate]) -> str:
    """The sentence that derives the bound."""
    largest = max((each.error for each in found if each.known), default=0.0)
    methods = sorted({each.method for each in found}) or ["nothing to derive"]
    return f"the derivative's own error, at most {largest:.2g}, and the roundings of the subject ({', '.join(methods)})"


def own_rounding(trial: Trial, of: str) -> Array:
    """How far the subject's own roundings may have moved a gradient, entry by entry: what was seen, and what is known.

    Digits that cancel inside a layer (1 - y * y where y is nearly 1) are seen by no bound from outside. The same layer
    on the same numbers in a wider format does not lose them, while a mistake in a formula stays what it is: twice the
    distance to that is granted, but where it is beyond sqrt(u) of the largest entry, or of the largest product of dy
    with a number of the case, nearly all of which may cancel: that is more than rounding. In half precision that
    distance and ``ROUNDINGS`` of the largest entry are enough: as many as the case has numbers would excuse anything.
    """
    bound, narrow = trial.bound(of), trial.got.gradients[of]
    if (wider := _in_wider(trial, of)) is None:
        return bound
    with np.errstate(invalid="ignore"):
        apart = np.abs(wider - narrow)
    product = max(map(_largest, trial.case.inputs.values()), default=0.0) * _largest(trial.case.dy)
    largest, u = _largest(wider), unit_roundoff(trial.case.dtype)
    seen = apart <= np.sqrt(u) * max(largest, product)
    granted = np.where(seen, 2 * apart, 0.0).astype(np.float64)
    if trial.case.dtype not in HALF or trial.shared(rounds_inside):
        return np.asarray(bound + granted)
    return np.asarray(np.where(seen, np.minimum(bound, ROUNDINGS * u * largest), bound) + granted)


def _in_wider(trial: Trial, of: str) -> Array | None:
    """The gradient in a wider format; None where the layer does not answer in it."""
    form = "longdouble" if trial.case.dtype == "float64" else trial.wide
    try:
        dy = trial.case.dy.astype(form)
        wider = trial.subject.pull(widen(trial.case.inputs, form), trial.case.config, dy).gradients[of]
    except SubjectError:
        return None
    return wider if wider.dtype == np.dtype(form) and wider.shape == trial.shape_of(of) else None


def rounds_inside(trial: Trial) -> bool:
    """Whether a layer rounds to the format of the case whatever it is given: then no wider answer shows its roundings.

    Most of y has no more digits than that where its arguments have; so does y where it does not answer.
    """
    with suppress(SubjectError):
        moved = {name: value * (1 + FINER) for name, value in widen(trial.case.inputs, trial.wide).items()}
        y = trial.subject.apply(moved, trial.case.config)
        there = y != 0
        return bool(2 * np.count_nonzero((round_to(y, trial.case.dtype) != y)[there]) <= np.count_nonzero(there))
    return True


def _largest(array: Array) -> float:
    return float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))
