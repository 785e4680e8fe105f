"""How far the results of a layer move when its numbers do by one rounding: what cancels inside is seen by that alone.

A normalization of nearly equal numbers divides their roundings by their difference; its results are no worse than those
of numbers that were rounded once more (Higham, section 1.6), and as far apart where sums are taken in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from checks.data import round_to
from checks.rounding import unit_roundoff
from checks.types import Array, Arrays

#: Roundings of what cancels, as of a product of dy and y, that may be left of one backward where all else is 0.
CANCELLING = 8

#: How often all numbers are moved, each up or down, on every case.
DRAWS = 2


def sensitivity(
    results: Callable[[Arrays], Arrays],
    arrays: Arrays,
    dtype: str,
    draws: int = DRAWS,
    before: Arrays | None = None,
) -> Mapping[str, float]:
    """The largest change of an entry of each result, where every entry of ``arrays`` moves by two unit roundoffs.

    They are moved so ``draws`` times; ``before`` are the results where none is, if they are known.

    Jumps are left out: changes by more than the square root of the unit roundoff, of the largest entry of any result.
    One that is 0 but for rounding, as the gradient of a bias before a normalization, moves by what cancels inside,
    and that is of the size of the others. Where all results are no more than such a part of the arguments, as a
    normalization of equal numbers is, they may be rounding alone, and jumps are measured by the arguments.
    """
    rng, before, part = np.random.default_rng(1), before or results(arrays), np.sqrt(unit_roundoff(dtype))
    largest, given = (max(map(_largest, held.values())) for held in (before, arrays))
    found, most = dict.fromkeys(before, 0.0), part * (largest if largest > part * given else given)
    for _ in range(draws):
        for name, after in results({name: moved(value, dtype, rng) for name, value in arrays.items()}).items():
            found[name] = max(found[name], _change(before[name], after, most))
    return found


def moved(values: Array, dtype: str, rng: np.random.Generator) -> Array:
    """The same numbers, in any shape, each by two unit roundoffs of itself farther from 0 or nearer to it."""
    return round_to(values * (1 + 2 * unit_roundoff(dtype) * rng.choice([-1.0, 1.0], values.shape)), dtype)


def _change(before: Array, after: Array, most: float) -> float:
    with np.errstate(invalid="ignore", over="ignore"):
        change = np.abs(after.astype(np.float64) - before)
    return float(np.max(change, initial=0.0, where=change <= most))


def _largest(values: Array) -> float:
    return float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))
