"""The few numbers of x at which a layer that works on each entry alone is wrong."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from checks.case import Case
from checks.diagnosis.difference import Difference

#: So many numbers are few, and each must be that of as many wrong elements, on average, before it explains them.
FEW, TWICE = 3, 2


def at_values(difference: Difference, case: Case, others: Iterable[tuple[Difference, Case]]) -> str:
    """A sentence that names them, where they explain all that is wrong on this case and on others; empty elsewhere."""
    if case.shapes["x"] != difference.want.shape:
        return ""
    wrong = np.concatenate([each.array("x")[found.wrong] for found, each in ((difference, case), *others)])
    numbers = np.unique(wrong)
    if not 0 < numbers.size <= FEW or wrong.size < TWICE * numbers.size:
        return ""
    if np.isin(case.array("x")[~difference.wrong], numbers).any():
        return ""
    return f"x is {' or '.join(f'{number:.9g}' for number in numbers)} at every wrong element, and at no right one"
