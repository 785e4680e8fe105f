"""Extrapolated differences of a line in one real format: from both sides, or from one side at an edge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from checks.rounding import DIGITS
from checks.smooth.estimate import Estimate, unknown
from checks.smooth.line import Line
from checks.smooth.richardson import FINER, central, one_sided
from checks.smooth.table import Table, sample, sample_ahead, without_stairs
from checks.types import Array


def differences(line: Line, form: str, noise: float | None = None) -> Estimate:
    """Derivative at 0 from values in format ``form``.

    ``noise`` bounds the error of every value, where that is known.
    """
    table = sample(line, form)
    if not np.isfinite(table.centre):
        return unknown("f is not finite here")
    table = without_stairs(table) if noise is None else replace(table, floor=np.full_like(table.floor, noise))
    found = _from_sides(table)
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


def _defined(finite: Array) -> slice:
    """The finest levels down from which every value is finite."""
    missing = np.flatnonzero(~finite)
    return slice(int(missing[-1]) + 1 if missing.size else 0, None)


def _name(found: Estimate, form: str) -> str:
    return f"extended {found.method}" if DIGITS.get(form, 0) > DIGITS["float64"] else found.method
