"""Samples of a line on both sides of t = 0, at steps that are powers of two: the raw material of differences."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from checks.rounding import DIGITS
from checks.smooth.line import Line, roundoff
from checks.types import Array

#: Below this share of the unit an argument counts as 0 when the finest step is chosen.
SMALLEST = 2.0**-20
#: Steps at the coarse end that are left out where there are to be few.
SKIPPED = 3
#: Roundings that every value of f is taken to have made, at least: its own last one and one behind it.
ROUNDINGS = 2.0


@dataclass(frozen=True, eq=False)
class Table:
    """``left`` and ``right`` hold L(-h) and L(h) for each h of ``steps``, coarse to fine; ``centre`` is L(0).

    ``floor`` is the least error that each pair of values must be taken to have; shapes (levels,), extended precision.
    ``roundoff`` is that of f's answers, ``size``, ``unit`` and ``declared`` (its ``noise``) are those of the line.
    """

    steps: Array
    left: Array
    right: Array
    centre: Any
    floor: Array
    roundoff: float
    size: float
    unit: float
    declared: float = 0.0

    @property
    def resolution(self) -> float:
        """What f does within this distance may be the work of its own rounding: roundoff**(1/4) of the argument."""
        return float(self.roundoff**0.25 * max(self.unit, self.size))

    def where(self, levels: slice) -> Table:
        """The same table with some of its levels."""
        return replace(
            self,
            steps=self.steps[levels],
            left=self.left[levels],
            right=self.right[levels],
            floor=self.floor[levels],
        )


def steps(line: Line, form: str) -> Array:
    """Steps from twice the argument (at least twice the unit) down to four spacings of it."""
    top, digits = longest(line), line.digits(form)
    bottom = int(np.ceil(np.log2(max(line.size, line.unit * SMALLEST)))) + 3 - digits
    if line.levels:  # the ones in the middle tell most
        top, bottom = top - SKIPPED, max(bottom, top - SKIPPED - line.levels + 1)
    return np.ldexp(np.longdouble(1), np.arange(top, bottom - 1, -1))


def longest(line: Line) -> int:
    """The longest of all steps, as a power of two."""
    return int(np.ceil(np.log2(2.0 * max(line.unit, line.size))))


def sample(line: Line, form: str) -> Table:
    """Sample a line in format ``form``: two values at each step."""
    widths = steps(line, form)
    return _table(line, form, widths, _side(line, form, -widths), _side(line, form, widths))


def sample_ahead(line: Line, form: str) -> Table:
    """The same to the right alone: what is to the left is not asked, as where f is undefined."""
    widths = steps(line, form)
    return _table(line, form, widths, np.full((2, *widths.shape), np.nan, np.longdouble), _side(line, form, widths))


def _table(line: Line, form: str, widths: Array, to_left: Array, to_right: Array) -> Table:
    """The table of values on both sides, and the sums of absolute values behind them."""
    centre, (left, left_mass), (right, right_mass) = line.at(0, form), to_left, to_right
    mass = np.fmax(np.fmax(left_mass, right_mass), centre.mass)
    u = max(roundoff(form, centre.dtype), 2.0 ** -line.digits(form) if line.digits(form) < DIGITS[form] else 0.0)
    with np.errstate(all="ignore"):
        slope = np.fmax(np.abs(left - centre.value), np.abs(right - centre.value)) / widths
        # A rounded argument moves f by f' times that rounding: sin(1e8 x) is known to u * |x f'| only.
        floor = ROUNDINGS * u * (mass + (line.size + widths) * slope)
    return Table(widths, left, right, centre.value, floor, u, line.size, line.unit, line.noise)


def _side(line: Line, form: str, places: Array) -> Array:
    """Values at some places, and the sums of absolute values behind them; NaN where f is not finite."""
    samples = [line.at(t, form) for t in places]
    value, mass = np.array([(each.value, each.mass) for each in samples], np.longdouble).T
    return np.where(np.isfinite(value), (value, mass), np.nan)


def without_stairs(table: Table) -> Table:
    """Leave out the finest steps at which f does not change at all, where they are below what f resolves.

    log(1 + x) near 0 is a staircase: its 1 + x is rounded. On one stair every difference is 0 and looks exact. The
    first rise is then the least error of any value. A stair wider than that is taken for truly flat ground (a ReLU left
    of 0, a saturated tanh).
    """
    still = np.fmax(*(np.abs(side - table.centre) for side in (table.left, table.right))) == 0
    count = int(np.argmin(still[::-1])) if not np.all(still) else 0
    if not count or table.steps[-count] >= table.resolution:
        return table
    kept = table.where(slice(None, -count))
    rise = np.fmax(abs(kept.left[-1] - table.centre), abs(kept.right[-1] - table.centre))
    return replace(kept, floor=np.maximum(kept.floor, rise))
