"""Examples as their owners seldom give them: rows alike, rows of zeros, one sign, numbers nearer to 0 or to another.

Each number stays within what was given of its argument, and one whose numbers belong together stays as it is: a sorted
one, a symmetric matrix, rows that share their sum or their length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from checks.families.rules import rule
from checks.types import Array, Arrays

#: What stands in ``span`` of an example with rows and columns alike, of one with rows of zeros, and of one without
#: numbers above 0.
REPEATED, EMPTIED, NEGATIVE = 7, 8, 9
#: The same of those whose numbers lie between those given and 0, one of them with all signs changed, and of one whose
#: numbers lie between 0 and this part of them: within a ball, or below a threshold, where the example is not.
BETWEEN, MIRRORED, WITHIN, INWARDS = 10, 11, 12, 1 / 32
#: The same of those in which all numbers of the first argument, of the second, ... are 0.
ABSENT = (13, 14, 15, 16)
#: The same of one whose numbers lie close to each other, and far from 0 beside that.
HUDDLED = 36
#: The same of one with numbers in the arguments that hold nothing but zeros, as a first state does.
FILLED = 38

#: To what part of the next power of two a number is cut of which any count is to have exactly it for their mean.
FEW_DIGITS = 2.0**-8

#: How close numbers lie, beside the one that is the farthest from 0: a variance is less than what is added to one as a
#: rule, and a deviation less than the floor that is put under one, and of float64 most digits are left.
CLOSE = 2.0**-13

#: How far the number that stands the farthest out on one side of 0 goes on the other, of what was given there.
ALMOST = 31 / 32
#: Rows from which on there is one between the first two and the last.
MANY = 4
#: One row of so many is made 0.
EVERY = 4


def degenerate(arrays: Arrays, span: int) -> Arrays:
    """An example as it is with this in ``span``, not yet rounded to its format."""
    if span in ABSENT:
        return _absent(arrays, ABSENT.index(span))
    if span == FILLED:
        return _filled(arrays)
    return {name: value if rule(value) else _CHANGES[span](value) for name, value in arrays.items()}


def _absent(arrays: Arrays, place: int) -> Arrays:
    """One of several arguments with numbers on both sides of 0 is all 0; the others are as they were.

    Of a single one nothing would be left to tell how it is rounded.
    """
    there = [name for name, value in arrays.items() if len(arrays) > 1 and _on_both_sides(value)]
    return arrays | {name: np.zeros_like(arrays[name]) for name in there[place : place + 1]}


def _filled(arrays: Arrays) -> Arrays:
    """Arguments of zeros hold numbers about as large as those of the others; all others are as they were."""
    rng, sizes = np.random.default_rng(67), [np.abs(value[value != 0]) for value in arrays.values()]
    size = float(np.median(np.concatenate(sizes))) if any(each.size for each in sizes) else 1.0
    return {
        name: value if np.any(value) or value.dtype.kind == "c" else size * rng.standard_normal(value.shape)
        for name, value in arrays.items()
    }


def _on_both_sides(value: Array) -> bool:
    """Whether 0 is within what was given: of probabilities and variances it may be meant for none."""
    return bool(np.any(value.real < 0) and np.any(value.real > 0))


def _repeated(value: Array) -> Array:
    """The second row is the first one's copy, the last of many, too, and the first column one number of few digits.

    So the ends are alike, and what stands between them is not. Not of a square matrix, which may be there to be
    inverted.
    """
    if value.ndim < len("ij") or _square(value) or not value.size:
        return value
    found = value.copy()
    found[1:2] = found[:1]
    if len(found) >= MANY and not _tall(value):
        found[-1:] = found[:1]
    first = found[(0,) * value.ndim]
    size = FEW_DIGITS * 2.0 ** np.ceil(np.log2(np.abs(first))) if first else 1.0
    found[..., 0] = np.trunc(first.real / size) * size
    return found


def _emptied(value: Array) -> Array:
    """The last row is 0; of a single one the last third of its numbers."""
    rows = value.reshape(len(value), -1) if value.ndim and len(value) > 1 and value.ndim > 1 else value.reshape(-1, 1)
    if not _on_both_sides(value):
        return value
    found = rows.copy()
    found[len(rows) - max(1, len(rows) // EVERY) :] = 0
    return found.reshape(value.shape)


def _negative(value: Array) -> Array:
    """What is above 0 stands below it, and not as far from it as the lowest number: no two of them meet."""
    return np.where(value > 0, value * (ALMOST * np.min(value) / np.max(value)), value) if _two_sided(value) else value


def _mirrored(value: Array) -> Array:
    """Each number on the other side of 0, as far as the numbers there allow, and then between there and 0."""
    if not _two_sided(value):
        return value
    least, most = np.min(value), np.max(value)
    return _between(value * np.where(value > 0, least / most, most / least), MIRRORED)


def _huddled(value: Array) -> Array:
    """Each number close to the one that is the farthest from 0, on its own side of it; in float64, of other digits.

    None goes beyond what was given. Not of a square matrix, which may be there to be inverted.
    """
    if value.dtype != np.float64 or _square(value) or not value.size:
        return value
    most = value.flat[np.argmax(np.abs(value))]
    apart = np.ptp(value)
    return most + (value - most) * min(1.0, CLOSE * abs(most) / apart) if apart else value


def _tall(value: Array) -> bool:
    """Whether two rows of a matrix may be alike, and not three: as many columns are to be no combinations of others."""
    return value.ndim == len("ij") and value.shape[0] - 2 < value.shape[1] < value.shape[0]


def _square(value: Array) -> bool:
    return value.ndim == len("ij") and value.shape[0] == value.shape[1]


def _two_sided(value: Array) -> bool:
    return value.dtype.kind != "c" and _on_both_sides(value)


def _between(value: Array, number: int) -> Array:
    """Each number times a factor in (0, 1]; none comes near 0 where 0 is not within what was given."""
    if not _on_both_sides(value):
        return value
    return value * (1 - np.random.default_rng([53, number]).random(value.shape))


def _within(value: Array) -> Array:
    return _between(value, WITHIN) * INWARDS if _on_both_sides(value) else value


#: How the numbers of an argument are changed, by what stands in ``span``.
_CHANGES: Mapping[int, Callable[[Array], Array]] = {
    REPEATED: _repeated,
    EMPTIED: _emptied,
    NEGATIVE: _negative,
    BETWEEN: partial(_between, number=BETWEEN),
    MIRRORED: _mirrored,
    WITHIN: _within,
    HUDDLED: _huddled,
}
