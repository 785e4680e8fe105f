"""Whether f is another function along the shortest steps alone, as one is a part of which is rounded to float32.

``casts`` sees such a part where it makes much of f's slope. Where it makes little, steps that are longer than its
stairs tell: over a range of lengths they agree on a slope, and the shorter ones on another one. Where f is smooth none
agree before they are right. A ripple, or a kink close by, may look the same, but for its size: it moves f by more than
float32 rounds.
"""

from __future__ import annotations

import numpy as np

from checks.rounding import unit_roundoff
from checks.smooth.estimate import Estimate
from checks.smooth.richardson import CENTRAL, extrapolate
from checks.smooth.table import ROUNDINGS, Table
from checks.types import Array

#: The format of such parts, where f has more digits.
INNER = "float32"

#: Slopes at so many lengths of steps in a row, each half of the one before, must agree: to this part of what they are
#: off by. Powers of the step are taken out of them as in this column of the tableau.
AGREEING, CLOSE, COLUMN = 4, 0.125, 2

#: How many roundings of that format f may be off by at the step from which on the short ones tell something else.
STAIRS = 16.0

#: The least that a slope has to be off, of f's size over the argument's, and of what the derivative is known to.
SEEN, APART = 2.0**-36, 8.0

#: How many times the least error of its values a slope has to be off.
ROUGH = 16.0


def on_stairs(table: Table, found: Estimate) -> bool:
    """Whether a derivative that was ``found`` is that of a stair."""
    if not 0 < table.roundoff < unit_roundoff(INNER) or table.steps.size < AGREEING:
        return False
    with np.errstate(all="ignore"):
        slopes = extrapolate((table.right - table.left) / (2 * table.steps), CENTRAL)[COLUMN]
        rows = np.lib.stride_tricks.sliding_window_view(slopes, AGREEING)
        middle, mass = rows.mean(axis=1), float(np.nanmin(table.floor)) / (ROUNDINGS * table.roundoff)
        off = np.abs(middle - found.value)
        known = max(SEEN * mass / max(table.unit, table.size), APART * found.error)
        least = np.fmax(known, _unheard(table)[AGREEING - 1 :])
        agree = np.flatnonzero((np.ptp(rows, axis=1) <= CLOSE * off) & (off > least))
        most = STAIRS * unit_roundoff(INNER) * mass
        return any(off[at] * _turn(table, slopes, middle[at], off[at]) <= most for at in agree)


def _turn(table: Table, slopes: Array, longer: float, off: float) -> float:
    """The shortest step along which slopes are as along longer ones, but for those that rounding explains."""
    same = (np.abs(slopes - longer) <= off / 2) & (off > _unheard(table))
    return float(np.min(table.steps[same], initial=np.inf))


def _unheard(table: Table) -> Array:
    """What rounding explains of each slope."""
    return ROUGH * table.floor / table.steps
