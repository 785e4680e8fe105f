"""Upstream gradients as there are most: ones, which a sum hands back, and a single 1, for a row of a Jacobian.

A layer may have a path of its own for them.
"""

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


def plain_upstream(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Cases with such a dy: the settings of the case that shows most, and of small ones as networks have them most.

    The other numbers are real ones: of an average whole ones would have to be multiples of what it divides by.
    """
    rng = np.random.default_rng([seed, 71])
    for case in chain(sheet.showing(seed), sheet.common(seed, axes)):
        small = _small(sheet, case)
        if 0 < (size := prod(small.shapes["dy"])) <= FEW:
            single = np.zeros(size)
            single[rng.integers(size)] = 1
            for dy in (np.ones(size), single):
                yield small.holding("dy", dy.reshape(small.shapes["dy"]).astype(small.array("dy").dtype))


def _small(sheet: CoveredFamily, case: Case) -> Case:
    """Of a few samples, and of one channel where each goes by itself."""
    found, kind = sheet.geometry(case), next(kind for kind in sheet.kinds if kind not in WHOLE)
    few = replace(found, batch=min(found.batch, SAMPLES))
    small = few if "groups" in sheet.space else replace(few, inputs=1, outputs=1)
    return sheet.case(small, case.dtype, kind, case.seed)
