"""Ranges of integers on which a sum of products is exact in every order."""

from __future__ import annotations

import math

from checks.rounding import exact_limit

#: Wide enough that wrong entries do not agree by chance; narrow enough that inner products of millions stay exact.
LARGEST_SPAN = 100
#: Movement that distinct values allow: half of this unit.
LARGEST_UNIT = 2**20


def span(dtype: str, terms: int, unit: int = 1) -> int:
    """Largest s such that ``terms`` products of integers up to ``unit * s``, moved by as much, sum exactly.

    At least 1: whether a sum really is exact is decided later, from its mass.
    """
    room = int(exact_limit(dtype)) // (4 * max(terms, 1) * unit * unit)
    return max(1, min(LARGEST_SPAN, math.isqrt(room)))


def unit(dtype: str, size: int) -> int:
    """Largest power of two of which ``size`` distinct multiples, moved by half of it, are numbers of ``dtype``."""
    room = int(exact_limit(dtype)) // (size + 2)
    return max(1, min(LARGEST_UNIT, 2 ** (room.bit_length() - 1) if room else 1))
