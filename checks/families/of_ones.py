"""Upstream gradients of ones alone, which a sum hands back: the commonest of all, for which a layer may have a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from math import prod

import numpy as np

from checks.case import Case
from checks.data import WHOLE
from checks.families.covered import CoveredFamily

#: The most numbers of such a dy: they stand in the text of the case.
FEW = 1_000
#: The most samples.
SAMPLES = 2


def of_ones(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Cases with ones for dy: the settings of the case that shows most, and of small ones as networks have them most.

    The other numbers are real ones: of an average whole ones would have to be multiples of what it divides by.
    """
    cases = (_of_ones(sheet, case) for case in chain(sheet.showing(seed), sheet.common(seed, axes)))
    return (case for case in cases if 0 < prod(case.shapes["dy"]) <= FEW)


def _of_ones(sheet: CoveredFamily, case: Case) -> Case:
    """Of a few samples, and of one channel where each goes by itself."""
    found, kind = sheet.geometry(case), next(kind for kind in sheet.kinds if kind not in WHOLE)
    channels = {} if "groups" in sheet.space else {"inputs": 1, "outputs": 1}
    real = sheet.case(replace(found, batch=min(found.batch, SAMPLES), **channels), case.dtype, kind, case.seed)
    return real.holding("dy", np.ones(real.shapes["dy"], real.array("dy").dtype))
