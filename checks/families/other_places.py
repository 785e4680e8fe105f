"""Other places than an example's, from between its smallest and its largest, that differ wherever those differ.

Places that are all different within a row may be meant to be so, as those of the largest numbers of a row are, or the
order of a sorted one: a right layer may then assign where it else had to add.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.types import Array

#: Draws of which one is taken: the first in which a place comes again in another row, or any at all.
TRIES = 64


def others(rows: Array, shape: tuple[int, ...], order: int) -> Array:
    """As many others as there are in these rows of an array of this ``shape``; as they are where none is found.

    Of some in order (1 where rows rise, -1 where they fall) the first and the last stay.
    """
    rng, fallback = np.random.default_rng(53), rows
    for _ in range(TRIES):
        found = _drawn(rows, shape, rng)
        if order:
            found = np.sort(found, axis=0)[::order]
            found[[0, -1]] = rows[[0, -1]]
        if not _as_different(found, rows, shape):
            continue
        if order or rows.shape[1] == 1 or _across(found):
            return found
        fallback = found if fallback is rows else fallback
    return fallback


def distinct(rows: Array) -> bool:
    """Whether no row is as another."""
    return len(np.unique(rows, axis=0)) == len(rows)


def overlap(lines: Array) -> bool:
    """Whether the ranges of several lines, from the smallest number to the largest, leave no gap between them."""
    least, most = lines.min(axis=1), lines.max(axis=1)
    order = np.argsort(least)
    return bool(np.all(least[order][1:] <= np.maximum.accumulate(most[order])[:-1]))


def _drawn(rows: Array, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Numbers for each column, which may be of a table of its own; of one table for each block of different ones."""
    whole, blocks = rows.astype(np.int64), next(_blocks(rows, shape), None)
    if blocks is None or not overlap(whole.T):
        return np.stack([_between(column, rng, distinct(rows)) for column in whole.T], axis=1)
    least, most = whole.min(), whole.max()
    drawn = [rng.choice(most - least + 1, blocks.shape[1], replace=False) + least for _ in blocks]
    return np.stack(drawn).reshape(rows.shape)


def _between(column: Array, rng: np.random.Generator, different: bool) -> Array:
    least, most = column.min(), column.max()
    if different and len(np.unique(column)) == len(column):
        return np.asarray(rng.choice(most - least + 1, len(column), replace=False) + least)
    return rng.integers(least, most, len(column), endpoint=True)


def _as_different(found: Array, rows: Array, shape: tuple[int, ...]) -> bool:
    """Whether rows, and places within rows or smaller blocks, differ where those of the example do."""
    if distinct(rows) and not distinct(found):
        return False
    count = sum(1 for _ in _blocks(rows, shape))
    return sum(1 for _ in _blocks(found, shape)) >= count


def _blocks(rows: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    """The array as rows of its last axes, as many as are all different in each row: the longest such, and shorter."""
    first = next((axis for axis, length in enumerate(shape) if length > 1), 0)  # a batch of one is what is in it
    for axis in range(first + 1, len(shape)):
        blocks = rows.reshape(-1, int(np.prod(shape[axis:])))
        if blocks.shape[1] > 1 and all(len(np.unique(block)) == block.size for block in blocks):
            yield blocks


def _across(rows: Array) -> bool:
    """Whether a place of one row is in another, too."""
    return sum(len(np.unique(row)) for row in rows) > len(np.unique(rows))
