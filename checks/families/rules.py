"""Rules that numbers of an argument keep, which they would not keep by chance: what is varied must not break them."""

from __future__ import annotations

import numpy as np

from checks.types import Array

#: The fewest numbers that are not sorted by chance, and by what part of its numbers an argument may miss a rule.
SORTED, MISSED = 4, 1e-6

#: What is said of a single row.
SUM_OF_ONE, LENGTH_OF_ONE = "its sum is 1", "as a vector it has length 1"

#: What each rule is called; of sorted numbers alone others can be made.
SYMMETRIC, IN_ORDER, SAME_SUM, SAME_LENGTH = (
    "it is symmetric",
    "its numbers are sorted",
    "its rows share their sum",
    "its rows share their length",
)


def rule(value: Array) -> str:
    """The rule that numbers of an argument keep; empty where they keep none, or all are 0, as of a first state."""
    if not np.any(value):
        return ""
    if symmetric(value):
        return SYMMETRIC
    if value.dtype.kind == "c" or not value.ndim or not value.size:
        return ""
    if in_order(value):
        return IN_ORDER
    rows = value.reshape(-1, value.shape[-1])
    said = (SAME_SUM, SAME_LENGTH) if len(rows) > 1 else (SUM_OF_ONE, LENGTH_OF_ONE)
    totals = dict(zip(said, (rows.sum(-1), np.sqrt((rows**2).sum(-1))), strict=True))
    shared = (name for name, total in totals.items() if _alike(total, total[:1] if len(rows) > 1 else np.ones(1)))
    return next(shared, "") if rows.shape[-1] > 1 else ""


def symmetric(value: Array) -> bool:
    """Whether the last two axes of an argument hold symmetric matrices, of more than one row."""
    matrices = value.ndim > 1 and value.shape[-1] == value.shape[-2] > 1
    return matrices and _alike(value, np.swapaxes(value, -1, -2))


def in_order(value: Array) -> bool:
    """Whether each row of an argument rises, or each falls."""
    if value.dtype.kind == "c" or not value.ndim or value.size < SORTED or value.shape[-1] < SORTED - 1:
        return False
    steps = np.diff(value, axis=-1)
    return bool(np.all(steps > 0) or np.all(steps < 0))


def _alike(one: Array, other: Array) -> bool:
    return bool(np.all(np.abs(one - other) <= MISSED * np.max(np.abs(one))))
