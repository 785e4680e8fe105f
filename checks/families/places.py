"""Whole numbers among an example's options (places in a table, labels, a mask) as others might give them.

Each stays between the smallest and the largest that was given, but for a place 0, and what is sorted stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from checks.families.other_places import distinct, others, overlap
from checks.families.rules import symmetric
from checks.types import Array

#: What stands in ``span`` of an example with its places in another order, with others from between them, with some
#: that come again where the example has such, and where it has none, and with the place 0 where it has none such.
REORDERED, OTHERS, AGAIN, TWICE, AT_ZERO = 20, 21, 22, 23, 24

#: The same of truth values one of which is no longer true in each row of several.
LESS_TRUE = 37

#: The same with all of them true, and of places that come twice along other axes than the first.
ALL_TRUE, TWICE_ACROSS = 39, 40

#: One place of so many is that of its neighbour.
COPIES = 3


def rearranged(value: Array) -> dict[int, Array]:
    """An array of whole numbers or truth values varied, by what stands in ``span``; only what that changes.

    Of one with rows these change their places, and each column has numbers of its own: they may be of two tables.
    """
    if value.size < 2:  # noqa: PLR2004 - one has no other place
        return {}
    rows = _rows(value)
    found = {span: change(rows).astype(value.dtype).reshape(value.shape) for span, change in _CHANGES.items()}
    if value.dtype.kind != "b":  # a truth value says where something is: another number of them is another shape
        found[OTHERS] = others(rows, value.shape, _order(rows)).astype(value.dtype).reshape(value.shape)
    found[TWICE_ACROSS] = twice_across(value)
    return {span: found[span] for span in sorted(found) if not np.array_equal(found[span], value)}


def veiled(value: Array) -> dict[int, Array]:
    """The same of a mask beside other whole numbers, which belong to its rows: with another number of true values."""
    return {span: new for span, new in rearranged(value).items() if span in {LESS_TRUE, ALL_TRUE}}


def _rows(value: Array) -> Array:
    """A matrix of its rows; those within the only one of an array that has one, as a batch of one has."""
    if value.ndim < 2:  # noqa: PLR2004 - which has no rows
        return value.reshape(-1, 1)
    return _rows(value[0]) if len(value) == 1 else value.reshape(len(value), -1)


def _order(rows: Array) -> int:
    """1 where the rows rise, -1 where they fall: what is in order may be meant to be; 0 elsewhere."""
    steps = np.diff(rows.astype(np.int64), axis=0)
    return int(np.all(steps >= 0)) - int(np.all(steps <= 0))


def _reordered(rows: Array) -> Array:
    return rows if _order(rows) else rows[::-1]


def _again(rows: Array) -> Array:
    return rows if distinct(rows) else _copied(rows)


def _twice(rows: Array) -> Array:
    return _copied(rows) if distinct(rows) else rows


def _copied(rows: Array) -> Array:
    """One of ``COPIES``, the second first and never the last of several, is as the one before it."""
    if rows.dtype.kind == "b":
        return rows
    found, places = rows.copy(), np.arange(1, max(len(rows) - 1, 2), COPIES)
    found[places] = rows[places - 1]
    return found


def _at_zero(rows: Array) -> Array:
    """The smallest is 0: a place that every table has."""
    return np.where(rows == rows.min(), 0, rows) if rows.dtype.kind != "b" and rows.min() > 0 else rows


def _less_true(rows: Array) -> Array:
    """Of each row that has several true values another one is false; of symmetric ones none, nor of a single column."""
    if rows.dtype.kind != "b" or symmetric(rows.astype(np.int8)):
        return rows
    found = rows.copy()
    for number, (row, there) in enumerate(zip(found, map(np.flatnonzero, rows), strict=True)):
        if len(there) > 1:
            row[there[number % len(there)]] = False
    return found


def _all_true(rows: Array) -> Array:
    return np.ones_like(rows) if rows.dtype.kind == "b" else rows


def twice_across(value: Array) -> Array:
    """Places some of which come twice along each axis but the first, as far as none does there: within a row, say.

    Not where some lines have no number between the ends of the others: they may be of two tables.
    """
    for axis in range(1, value.ndim if value.size and value.dtype.kind != "b" else 0):
        lines = np.moveaxis(value, axis, 0)
        columns = lines.reshape(len(lines), -1)
        if len(lines) > 1 and overlap(columns) and all(distinct(column[:, None]) for column in columns.T):
            value = np.moveaxis(_copied(lines), 0, axis)
    return value


def twice(value: Array) -> Array:
    """Places some of which come twice, where none does as they are given."""
    return _twice(_rows(value)).reshape(value.shape)


def in_their_order(given: Mapping[str, Array]) -> list[str]:
    """What is said of whole numbers, by name, that rise or fall as they are given: no variation has them otherwise."""
    rows = {name: _rows(value) for name, value in given.items() if value.size > 1}
    names = [name for name, each in rows.items() if _order(each) and np.any(each != each[:1])]
    told = f"in order in every variation of the example, as they are there: {', '.join(names)}"
    return [f"{told}; inputs= with others show more"] if names else []


_CHANGES: Mapping[int, Callable[[Array], Array]] = {
    REORDERED: _reordered,
    AGAIN: _again,
    TWICE: _twice,
    AT_ZERO: _at_zero,
    LESS_TRUE: _less_true,
    ALL_TRUE: _all_true,
}
