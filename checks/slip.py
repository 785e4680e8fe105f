"""What rounding may do to results that need not be right: a law must not break because another one did."""

from __future__ import annotations

from math import isfinite

import numpy as np

from checks.bounds import nothing
from checks.equality import highest
from checks.rounding import growth, whole
from checks.types import Array
from checks.witness import Trial

#: Roundings of a result that a wrong layer may make beside those of a right one, and answers that a law adds up.
SLIPPING = 4


def slip(trial: Trial, of: str, *results: Array) -> Array:
    """How far rounding may drive answers of a layer apart that are computed in other ways, as y or a gradient ``of``.

    A few roundings more than a right layer makes, of what came out; and where other numbers came out of integers, of
    the sums behind the right results. Nothing where integers came out of integers.
    """
    first, *others = (np.abs(each.astype(trial.wide, copy=False)) for each in results)
    size: Array = sum(others, first)
    if trial.exact_on_integers:
        if all(map(whole, results)):
            return nothing(size.shape)
        size = size + SLIPPING * float(np.max(trial.mass[of], initial=0.0))
    share = growth(trial.roundings[of] + SLIPPING, trial.case.dtype)[0]
    if size.size and not isfinite(highest(size)):
        size = np.where(np.isfinite(size), size, 0.0)
    return np.asarray(size * share, np.float64)
