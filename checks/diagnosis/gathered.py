"""The right gradient summed along an axis in one entry of it: what belongs to each was added in the same place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from checks.diagnosis.alike import SAME, several
from checks.diagnosis.along import FOLLOWING
from checks.diagnosis.difference import Difference
from checks.types import Array


def gathered(difference: Difference) -> Iterator[str]:
    """The sentence about the first axis of which that holds, of all lines along it whose right numbers are known.

    Those that are NaN are not.
    """
    ends = ((axis, end) for axis in range(difference.want.ndim) for end in (0, difference.want.shape[axis] - 1))
    said = (_said(difference, axis, end) for axis, end in ends if _holds_all(difference, axis, end))
    yield from islice(said, 1)


def _said(difference: Difference, axis: int, end: int) -> str:
    return (
        f"{difference.one_of(axis).format(end)} holds the sum of the right {difference.of} along "
        f"{difference.along([axis])}, and all else is 0: as where what belongs to each is added in one place"
    )


def _holds_all(difference: Difference, axis: int, end: int) -> bool:
    """Whether one entry of each line along an axis is what its right numbers sum to, and the others are 0."""
    got, want, bound = (_lines(each, axis) for each in (difference.got, difference.want, difference.bound))
    others = np.arange(len(got)) != end
    if np.any(got[others], where=~np.isnan(want[others])):
        return False
    telling = np.isfinite(want).all(0) & np.any(want[others], 0)
    sums, given = want.sum(0)[telling], got[end][telling]
    slack = SAME**2 * np.max(np.abs(given), initial=0.0) + bound.sum(0)[telling]
    return len(sums) >= FOLLOWING and several(sums) and bool(np.all(np.abs(given - sums) <= slack))


def _lines(values: Array, axis: int) -> Array:
    """Each line along an axis as a column."""
    return np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)
