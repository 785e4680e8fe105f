"""What nobody can see on an example that was moved far from 0, or whose numbers were moved close together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from checks.case import Case
from checks.claim import DERIVED, Verdict
from checks.families.degenerate import CLOSE, HUDDLED
from checks.families.example import ENLARGED, FAR, FARTHER, REACH, SPREAD
from checks.families.variations_told import DIGITS_CANCELLED, DIGITS_LOST, ORDER_LOST
from checks.rounding import unit_roundoff

#: Roundings of numbers that were enlarged, each of which loses that many times more beside others.
ROUNDINGS = 64

#: By how much products of numbers that were moved outwards have grown: those that are 8 times as large are multiplied.
#: And those beside squares of deviations where numbers lie close together, of a few numbers a 64th of the range.
GROWN: Mapping[int, float] = {FARTHER: 8.0**2, SPREAD: REACH**2, FAR: ENLARGED, HUDDLED: (64 / CLOSE) ** 2}


def blurred(case: Case, verdict: Verdict) -> str:
    """Far from 0, or close together, a small part of a number: what is smaller, or cancels, loses digits beside it.

    Where answers of the layer are held against one another, of the largest number of the case, and of the largest
    that must be where numbers lie close together: nearly all of it may cancel. In other layouts a forward adds up in
    another order than the backward, which may compute the same once more: farthest from 0 nobody knows by how much a
    layer magnifies that, and the example itself is tried in the same layouts.
    """
    if case.data != "given" or case.span not in GROWN or not verdict.worst:
        return ""
    if case.span == FAR and verdict.law == "layout":
        return ORDER_LOST
    size = max(abs(verdict.worst.got), abs(verdict.worst.want))
    if verdict.law not in DERIVED:
        size = max(size, *(float(np.max(np.abs(value), initial=0.0)) for value in case.inputs.values()))
    lost = ROUNDINGS * GROWN[case.span] * unit_roundoff(case.dtype)
    if case.span == HUDDLED:
        return DIGITS_CANCELLED if verdict.off <= lost or verdict.worst.error <= lost * size else ""
    return DIGITS_LOST if verdict.worst.error <= lost * size else ""
