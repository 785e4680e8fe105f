"""Whether f is another function along the shortest steps alone, as one is a part of which is rounded to float32.

``casts`` sees such a part where it makes much of f's slope. Where it makes little, the steps that are longer than its
stairs tell: what they say by themselves, with an error of their own, is not what the finest say. A ripple may look the
same, but for its size: it moves f by more than float32 rounds. At a kink longer steps say nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.rounding import unit_roundoff
from checks.smooth.estimate import Estimate
from checks.smooth.table import ROUNDINGS, Table
from checks.types import Array

#: The format of such parts, where f has more digits.
INNER = "float32"

#: Binary digits by which the longer steps end below the argument, from its last one in that format upwards.
CUTS = (18, 16, 14, 12, 10, 8)

#: How many roundings of that format f may be off by at the step from which on the short ones tell something else.
STAIRS = 16.0

#: The least part of a slope that is looked at, of f's size over the argument's.
SEEN = 2.0**-22

#: How many times the least error of its values a slope has to be off.
ROUGH = 16.0

#: Errors by which two derivatives are apart.
APART = 4.0


def on_stairs(table: Table, found: Estimate, derived: Callable[[Table], Estimate]) -> bool:
    """Whether a derivative that was ``found`` is that of a stair; ``derived`` makes one of a table."""
    if table.roundoff >= unit_roundoff(INNER):
        return False
    far = max(table.unit, table.size)
    ends = (int(np.count_nonzero(table.steps >= far * 2.0**-cut)) for cut in CUTS)
    return any(_apart(table, end, far, found, derived) for end in ends if 1 < end < table.steps.size)


def _apart(table: Table, end: int, far: float, found: Estimate, derived: Callable[[Table], Estimate]) -> bool:
    """Whether the first ``end`` steps tell otherwise, by no more than stairs explain."""
    slopes = (table.right - table.left) / (2 * table.steps)
    extrapolated = slopes[end - 1] + (slopes[end - 1] - slopes[end - 2]) / 3
    mass = float(table.floor[end - 1]) / (ROUNDINGS * table.roundoff)
    if not abs(extrapolated - found.value) > SEEN * mass / far:  # a table takes time
        return False
    other = derived(table.where(slice(None, end)))
    off = abs(other.value - found.value)
    if not other.known or off <= APART * (other.error + found.error):
        return False
    return off * _turn(table, slopes, other.value, off) <= STAIRS * unit_roundoff(INNER) * mass


def _turn(table: Table, slopes: Array, far: float, off: float) -> float:
    """The shortest step along which slopes are as ``far`` along longer ones, but for those that rounding explains."""
    heard = ROUGH * table.floor / table.steps < off
    return float(np.min(table.steps[heard & (np.abs(slopes - far) <= off / 2)], initial=np.inf))
