"""Extrapolated differences of a line in one real format: from both sides, or from one side at an edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from checks.rounding import DIGITS
from checks.smooth.estimate import Estimate, unknown
from checks.smooth.line import Line
from checks.smooth.richardson import FINER, central, one_sided
from checks.smooth.stairs import on_stairs
from checks.smooth.table import SMALLEST, Table, sample, sample_ahead, without_stairs
from checks.types import Array

#: In units of the line. Around 0 there are steps far below this one, at which a loop may stop that goes on until its
#: own steps are as short as rounding: f moves otherwise there, and by no more than it leaves out.
SHORT = 2.0**-40

#: Errors by which two derivatives are apart.
FAR = 4.0


def differences(line: Line, form: str, noise: float | None = None) -> Estimate:
    """Derivative at 0 from values in format ``form``.

    ``noise`` bounds the error of every value, where that is known.
    """
    table = sample(line, form)
    if not np.isfinite(table.centre):
        return unknown("f is not finite here")
    table = without_stairs(table) if noise is None else replace(table, floor=np.full_like(table.floor, noise))
    found = _from_sides(table)
    if found.known and line.size < line.unit * SMALLEST and _otherwise(table, found):
        return unknown("around 0 f moves otherwise along short steps than along all others")
    if found.known and noise is None and on_stairs(table, found):
        return unknown("along short steps f is another function: a part of it is rounded to a narrower format")
    return replace(found, method=_name(found, form)) if found.known else found


def ahead(line: Line, form: str) -> Estimate:
    """Derivative at 0 from the right alone, where that from the left may be another."""
    table = without_stairs(sample_ahead(line, form))
    there = _defined(np.isfinite(table.right))
    if not np.isfinite(table.centre) or table.steps[there].size <= FINER:
        return unknown("f is not finite here")
    return one_sided(table.where(there), 1)


def _from_sides(table: Table) -> Estimate:
    left, right = np.isfinite(table.left), np.isfinite(table.right)
    both = _defined(left & right)
    if table.steps[both].size > FINER:
        return central(table.where(both))
    for side, there in ((-1, left), (1, right)):
        if table.steps[_defined(there)].size > FINER:
            return one_sided(table.where(_defined(there)), side)
    return unknown("f is not finite on either side")


def _otherwise(table: Table, found: Estimate) -> bool:
    """Whether f has another derivative where nothing is looked at along short steps; where it has none, it is steep."""
    longer = table.where(slice(None, int(np.count_nonzero(table.steps >= SHORT * table.unit))))
    other = _from_sides(longer)
    return other.known and abs(other.value - found.value) > FAR * (other.error + found.error)


def _defined(finite: Array) -> slice:
    """The finest levels down from which every value is finite."""
    missing = np.flatnonzero(~finite)
    return slice(int(missing[-1]) + 1 if missing.size else 0, None)


def _name(found: Estimate, form: str) -> str:
    return f"extended {found.method}" if DIGITS.get(form, 0) > DIGITS["float64"] else found.method
