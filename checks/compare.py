"""The one function that judges: a claim becomes a verdict."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from checks.claim import Claim, Status, Verdict, Worst
from checks.types import Array

#: What was judged already: a law looks itself at what its first claims come to.
_verdicts: WeakKeyDictionary[Claim, Verdict] = WeakKeyDictionary()


def compare(claim: Claim) -> Verdict:
    """Judge a claim element by element, once.

    An element is right where it equals what it must be (two NaN are equal) or lies within its bound, blind where its
    bound is NaN or infinite (where inputs are), and wrong otherwise. A claim with one wrong element gets its severity
    (wrong or hazard); it is blind where nothing was compared but something was left out, and right otherwise; an empty
    array is right when its shape is.
    """
    if claim not in _verdicts:
        _verdicts[claim] = _compared(claim)
    return _verdicts[claim]


@np.errstate(all="ignore")
def _compared(claim: Claim) -> Verdict:
    if not claim.got.shape == claim.want.shape == claim.bound.shape:
        return _shape_verdict(claim)
    equal = claim.got == claim.want
    if not equal.all():
        equal |= (claim.got != claim.got) & (claim.want != claim.want)
    return _all_equal(claim) if equal.all() else _judged(claim, equal)


def _all_equal(claim: Claim) -> Verdict:
    size = claim.got.size
    status, resolution = _status(size, claim.blind), _resolution(claim)
    return Verdict(
        claim.law, claim.of, status, claim.why, size, blind=claim.blind, exact=size > 0, resolution=resolution
    )


def _judged(claim: Claim, equal: Array) -> Verdict:
    error, blind = _distance(claim), 0
    if not np.isfinite(error + claim.bound).all():
        error, blind = _told_apart(claim, equal, error)
    wrong = int(np.count_nonzero(error > claim.bound))
    compared = claim.got.size - blind
    share = np.where(error == 0, 0.0, error / claim.bound)
    return Verdict(
        claim.law,
        claim.of,
        claim.severity if wrong else _status(compared, claim.blind + blind),
        claim.why,
        compared=compared,
        wrong=wrong,
        blind=claim.blind + blind,
        share=float(share.max(initial=0.0)),
        worst=_worst(claim, error, share),
        resolution=_resolution(claim),
        counted=claim.counted,
    )


def _distance(claim: Claim) -> Array:
    """Of each element from what it must be."""
    wide = np.result_type(claim.got, claim.want, np.float64)
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
    if np.isfinite(largest := relative.max(initial=-np.inf)):
        return float(largest)
    known = relative[np.isfinite(relative)]
    return float(known.max()) if known.size else None


def _status(compared: int, blind: int) -> Status:
    return "blind" if blind and not compared else "right"


def _worst(claim: Claim, error: Array, share: Array) -> Worst | None:
    if not error.max(initial=0.0) > 0 or claim.places == ():
        return None
    flat = int(np.where(share == share.max(), error, -1.0).argmax())
    index = tuple(int(i) for i in np.unravel_index(flat, error.shape))
    want = claim.want[index]
    place = claim.places[flat] if claim.places is not None else index
    bound, off = float(claim.bound[index]), float(error[index])
    return Worst(place, claim.got[index].item(), want.item(), bound, off, _ulp(want, off, claim.got.dtype))


def _ulp(want: Array, error: float, dtype: np.dtype[Any]) -> float:
    """Error in units in the last place of ``want`` in the format of what was computed."""
    real = np.abs(np.zeros(1, dtype)).dtype if dtype.kind in "fc" else np.dtype(np.float64)
    spacing = float(np.spacing(np.abs(want).astype(real)))
    return float(error) / spacing if spacing and np.isfinite(spacing) else float("nan")  # longdouble's may underflow


def _shape_verdict(claim: Claim) -> Verdict:
    why = f"shape {claim.got.shape}, expected {_expected_shape(claim)}; {claim.why}"
    return Verdict(claim.law, claim.of, claim.severity, why, wrong=max(claim.want.size, 1), share=float("inf"))


def _expected_shape(claim: Claim) -> tuple[int, ...]:
    """The bound's shape where got and want share a shape: both then come from the subject."""
    return claim.want.shape if claim.got.shape != claim.want.shape else claim.bound.shape
