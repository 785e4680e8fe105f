"""What derivatives state of themselves beside what a subject's own roundings allow.

The bound of each comparison is what the subject's own roundings allow plus the error that the derivative states of
itself. Where that error is no smaller than a share of the value, and of the values around it, agreeing would mean
nothing: such an entry is blind.
"""

from __future__ import annotations

import numpy as np

from checks.bounds import widen
from checks.errors import SubjectError
from checks.rounding import unit_roundoff
from checks.smooth import Estimate
from checks.types import Array
from checks.witness import Trial

#: A stated error beyond this share of the value says nothing about the value.
VAGUE = 1.0 / 16.0
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


def measured_rounding(trial: Trial, of: str) -> Array:
    """How far the subject's own roundings moved a gradient, entry by entry: twice the distance to its wider answer.

    Digits that cancel inside a layer (1 - y * y where y is nearly 1) are seen by no bound from outside. The same layer
    on the same numbers in a wider format does not lose them, while a mistake in a formula stays what it is. Nothing is
    granted where the layer does not answer in the wider format, nor beyond sqrt(u) of the largest entry, or of the
    largest product of dy with a number of the case, nearly all of which may cancel: that is more than rounding.
    """
    narrow, nothing = trial.got.gradients[of], np.zeros(trial.shape_of(of))
    form = "longdouble" if trial.case.dtype == "float64" else trial.wide
    try:
        dy = trial.case.dy.astype(form)
        wider = trial.subject.pull(widen(trial.case.inputs, form), trial.case.config, dy).gradients[of]
    except SubjectError:
        return nothing
    if wider.dtype != np.dtype(form) or wider.shape != narrow.shape:
        return nothing
    with np.errstate(invalid="ignore"):
        apart = np.abs(wider - narrow)
    product = max(map(_largest, trial.case.inputs.values()), default=0.0) * _largest(trial.case.dy)
    most = np.sqrt(unit_roundoff(trial.case.dtype)) * max(_largest(wider), product)
    return np.where(apart <= most, 2 * apart, 0.0).astype(np.float64)


def _largest(array: Array) -> float:
    return float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))
