"""Which variations of an example a layer takes: it is asked about those, and about no others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from checks.errors import SubjectError
from checks.families.degenerate import ABSENT, BETWEEN, EMPTIED, MIRRORED, NEGATIVE, REPEATED, WITHIN, degenerate
from checks.families.example import AS_GIVEN, FARTHER, NEARER, SHARED, TIED, ZEROED, rounded, varied
from checks.families.places import AT_ZERO, OF_COPIES, OF_ZERO, TWICE
from checks.subject import Subject
from checks.types import Array, Arrays, Config

#: What stands in ``span`` of the variations of an example, in the order in which they are tried.
CLOSE = (NEARER, TIED, ZEROED, FARTHER, SHARED)
DEGENERATE = (REPEATED, EMPTIED, NEGATIVE, BETWEEN, MIRRORED, WITHIN, *ABSENT)

#: Variations some of whose numbers were made the same, or 0.
MADE_ALIKE = frozenset({TIED, SHARED, REPEATED, EMPTIED, *ABSENT})
#: Variations with more zeros than the example has, of which y may be 0; and those with smaller numbers, of which it may
#: be small.
WITH_ZEROS = frozenset({ZEROED, EMPTIED, *ABSENT})
SMALLER = frozenset({NEGATIVE, BETWEEN, MIRRORED, WITHIN, *ABSENT})

#: How many times as large y of the example may be as of a varied one.
LEFT = 4.0
#: How many times as large y of a degenerate one may be: the layer is hardly meant for what is near a pole.
GROWN = 64.0

#: Arguments up to which each is tried alone where a layer does not take all of them varied.
ARGUMENTS = 8

#: Said of what is not right on an example that is farther from 0, and on one with a row of zeros.
OUTWARDS = (
    "with the example moved outwards, its numbers 2, 4 or 8 times as far from 0 as they were given; that is a hazard, "
    "since nobody said that the layer is meant to be right there"
)
OF_ZEROS = (
    "with the last row of each argument made 0, or the last numbers of one without rows; that is a hazard, since "
    "nobody said that the layer is meant to be right there"
)
#: What is said of it, by what stands in ``span``.
BEYOND = {FARTHER: OUTWARDS, EMPTIED: OF_ZEROS, TWICE: OF_COPIES, AT_ZERO: OF_ZERO}


@dataclass(frozen=True, eq=False)
class Variations:
    """What a layer takes of an example (``arrays``, in ``dtype``) that gave ``y``."""

    subject: Subject
    arrays: Arrays
    dtype: str
    y: Array

    def taken(self) -> dict[int, Arrays]:
        """The example as it was given and as the layer takes it varied, by ``span``.

        All arguments are varied at once; where the layer does not take that (a divisor of 0, a target beyond 1),
        those are that it takes varied alone.
        """
        found = {AS_GIVEN: self.arrays}
        for span in (*CLOSE, *DEGENERATE):
            whole = self._varied(span)
            if self._takes(whole, span):
                found[span] = whole
            elif self._takes(part := self._part(whole, span), span):
                found[span] = part
        return found

    def takes_with(self, config: Config) -> bool:
        """Whether the layer gives finite numbers of the same shape for the example with these keywords."""
        try:
            y = self.subject.apply(self.arrays, config)
        except SubjectError:
            return False
        return y.shape == self.y.shape and bool(np.all(np.isfinite(y)))

    def _varied(self, span: int) -> Arrays:
        if span in CLOSE:
            return varied(self.arrays, self.dtype, span)
        return rounded(degenerate(self.arrays, span), self.dtype)

    def _part(self, whole: Arrays, span: int) -> Arrays:
        """The example with those arguments varied that the layer takes so alone; as given where they are many."""
        if not 1 < len(whole) <= ARGUMENTS:
            return self.arrays
        alone = {name: self.arrays | {name: value} for name, value in whole.items()}
        return self.arrays | {name: whole[name] for name, tried in alone.items() if self._takes(tried, span)}

    def _takes(self, arrays: Arrays, span: int) -> bool:
        """Whether the layer gives finite numbers of the same shape for the example so varied, if that changes it.

        Not where hardly anything is left of y: what cancels inside (ties in a normalization) is seen from nowhere. A
        product of numbers of which one is 0 is exactly 0, and nothing has cancelled.
        """
        if all(np.array_equal(arrays[name], value) for name, value in self.arrays.items()):
            return False
        try:
            y = self.subject.apply(arrays, {})
        except SubjectError:
            return False
        if y.shape != self.y.shape or not all(np.all(np.isfinite(value)) for value in (y, *arrays.values())):
            return False
        if span in DEGENERATE and np.any(self.y) and _largest(y) > GROWN * _largest(self.y):
            return False
        return span in SMALLER or (span in WITH_ZEROS and not np.any(y)) or LEFT * _largest(y) >= _largest(self.y)


def _largest(y: Array) -> float:
    return float(np.max(np.abs(y), initial=0.0))
