"""The one function that judges: a claim becomes a verdict."""

from __future__ import annotations

from functools import cache
from math import inf, isfinite, ulp
from typing import Any

import numpy as np

from checks.claim import DERIVED, ENTRY_BY_ENTRY, Claim, Status, Verdict, Worst
from checks.computing import hushed
from checks.equality import both_nan, every, highest
from checks.types import Array

#: Where a claim keeps what it was judged to be: a law looks itself at what its first claims come to.
_JUDGED = "_verdict"

_DOUBLE = np.dtype(np.float64)


def compare(claim: Claim) -> Verdict:
    """Judge a claim element by element, once.

    An element is right where it equals what it must be (two NaN are equal) or lies within its bound, blind where its
    bound is NaN or infinite (where inputs are), and wrong otherwise. A claim with one wrong element gets its severity
    (wrong or hazard); it is blind where nothing was compared but something was left out, and right otherwise; an empty
    array is right when its shape is.
    """
    found: Verdict | None = vars(claim).get(_JUDGED)
    if found is None:
        found = vars(claim)[_JUDGED] = _compared(claim)
    return found


def exact(claim: Claim) -> bool:
    """Whether all numbers of a claim about arrays of one shape are equal, and none is NaN: it is judged then."""
    if not every(claim.got == claim.want):
        return False
    vars(claim)[_JUDGED] = _all_equal(claim)
    return True


def _compared(claim: Claim) -> Verdict:
    if not claim.got.shape == claim.want.shape == claim.bound.shape:
        return _shape_verdict(claim)
    equal = claim.got == claim.want
    return _all_equal(claim) if every(equal) else hushed(_judged, claim, equal)


def _all_equal(claim: Claim) -> Verdict:
    size, blind = claim.got.size, claim.blind
    status: Status = "right" if size or not blind else "blind"
    resolution = hushed(_resolution, claim) if claim.law in ENTRY_BY_ENTRY else None
    finest = hushed(_finest, claim) if claim.law in DERIVED else None
    return Verdict(
        claim.law, claim.of, status, claim.why, size, blind=blind, exact=size > 0, resolution=resolution, finest=finest
    )


def _judged(claim: Claim, equal: Array) -> Verdict:
    error, blind = _distance(claim), 0
    share = error / claim.bound
    largest = highest(share)
    if not (isfinite(largest) and isfinite(highest(claim.bound))):
        if not every(np.isfinite(error + claim.bound)):
            equal |= both_nan(claim.got, claim.want)
            if every(equal):
                return _all_equal(claim)
            error, blind = _told_apart(claim, equal, error)
            share = error / claim.bound
        largest = np.fmax.reduce(share, axis=None, initial=0.0)  # without the NaN where neither is anything but 0
    wrong = int(np.count_nonzero(error > claim.bound)) if largest > 1 else 0
    compared = claim.got.size - blind
    return Verdict(
        claim.law,
        claim.of,
        claim.severity if wrong else _status(compared, claim.blind + blind),
        claim.why,
        compared=compared,
        wrong=wrong,
        blind=claim.blind + blind,
        share=float(largest),
        worst=_worst(claim, error, share, largest),
        resolution=_resolution(claim) if claim.law in ENTRY_BY_ENTRY else None,
        finest=_finest(claim) if claim.law in DERIVED else None,
        counted=claim.counted,
        seen=claim.seen if wrong else "",
        off=_off(claim, error) if wrong else inf,
    )


def _off(claim: Claim, error: Array) -> float:
    """The largest error out of its bound, as a part of the largest number that must be, and of 1."""
    size = np.max(np.abs(claim.want), where=np.isfinite(claim.want), initial=1.0)
    return float(np.max(error, where=error > claim.bound, initial=0.0) / size)


def _distance(claim: Claim) -> Array:
    """Of each element from what it must be."""
    wide = _DOUBLE if claim.got.dtype == claim.want.dtype == _DOUBLE else np.result_type(claim.got, claim.want, _DOUBLE)
    return np.asarray(np.abs(np.subtract(claim.got, claim.want, dtype=wide)))


def _told_apart(claim: Claim, equal: Array, error: Array) -> tuple[Array, int]:
    """The distances, 0 where equal or blind and infinite where they are NaN; and how many are blind."""
    blind = ~(np.isfinite(claim.bound) | equal)
    apart = np.where(np.isnan(error), np.inf, error)
    return np.where(equal | blind, 0.0, apart), int(np.count_nonzero(blind))


def _resolution(claim: Claim) -> float | None:
    """Largest bound of a nonzero element, relative to what the element must be."""
    if not any(claim.bound.strides) and claim.bound.size and claim.bound.flat[0] == 0:
        return 0.0
    relative = claim.bound / np.abs(claim.want)
    if relative.size and isfinite(largest := float(highest(relative))):
        return largest
    known = relative[np.isfinite(relative)]
    return float(known.max()) if known.size else None


def _finest(claim: Claim) -> float | None:
    """Smallest bound of an element, relative to what it must be; 0 where all must be 0, None where nobody knows."""
    relative = np.where(claim.want == 0, 0.0 if not np.any(claim.want) else np.inf, claim.bound / np.abs(claim.want))
    known = relative[~np.isnan(relative) & ~np.isnan(claim.bound)]
    return float(known.min()) if known.size else None


def _status(compared: int, blind: int) -> Status:
    return "blind" if blind and not compared else "right"


def _worst(claim: Claim, error: Array, share: Array, largest: np.floating[Any]) -> Worst | None:
    if (claim.places is not None and not len(claim.places)) or not (largest > 0 or error.max(initial=0.0) > 0):
        return None
    (ties,) = (share == largest).reshape(-1).nonzero()
    flat = int(ties[error.reshape(-1)[ties].argmax()] if len(ties) > 1 else ties[0])
    place = np.unravel_index(flat, error.shape) if claim.places is None else claim.places[flat]
    want, bound, off = claim.want.item(flat), float(claim.bound.item(flat)), float(error.item(flat))
    return Worst(tuple(map(int, place)), claim.got.item(flat), want, bound, off, _ulp(want, off, claim.got.dtype))


def _ulp(want: Array, error: float, dtype: np.dtype[Any]) -> float:
    """Error in units in the last place of ``want`` in the format of what was computed."""
    spacing = ulp(abs(want)) if dtype == _DOUBLE else float(np.spacing(_real(dtype).type(np.abs(want))))
    return float(error) / spacing if spacing and isfinite(spacing) else float("nan")  # longdouble's may underflow


@cache
def _real(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The format of the parts of complex numbers; float64 for what is no floating-point format."""
    return np.abs(np.zeros(1, dtype)).dtype if dtype.kind in "fc" else _DOUBLE


def _shape_verdict(claim: Claim) -> Verdict:
    why = f"shape {claim.got.shape}, expected {_expected_shape(claim)}; {claim.why}"
    return Verdict(claim.law, claim.of, claim.severity, why, wrong=max(claim.want.size, 1), share=float("inf"))


def _expected_shape(claim: Claim) -> tuple[int, ...]:
    """The bound's shape where got and want share a shape: both then come from the subject."""
    return claim.want.shape if claim.got.shape != claim.want.shape else claim.bound.shape
