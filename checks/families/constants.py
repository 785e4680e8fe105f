"""Arrays that hold one number alone: they stay so where a case is given other shapes, or other numbers."""

from __future__ import annotations

import numpy as np

from checks.case import Case, nested


def with_constants_of(other: Case, case: Case) -> Case:
    """The case with every array that is told in ``other``, holds one number alone and is there all of that number."""
    if not other.values:
        return case.but(values={}) if case.values else case
    given = {name: np.unique(np.asarray(value)) for name, value in other.values.items() if name in case.shapes}
    numbers = {name: found[0] for name, found in given.items() if found.size == 1}
    return case.but(values={name: nested(np.full(case.shapes[name], number)) for name, number in numbers.items()})
