"""Ranges of integers on which a sum of products is exact in every order."""

from __future__ import annotations

import math

from checks.rounding import exact_limit

#: Wide enough that wrong entries do not agree by chance; narrow enough that inner products of millions stay exact.
LARGEST_SPAN = 100
#: Movement that distinct values allow: half of this unit.
LARGEST_UNIT = 2**20
#: Integers of float64 that float32 does not hold.
WIDER_SPAN = 2**30


def span(dtype: str, terms: int, unit: int = 1) -> int:
    """Largest s for which ``terms`` products of integers up to ``unit * s``, moved by as much, sum exactly, or 0."""
    room = int(exact_limit(dtype)) // (4 * max(terms, 1) * unit * unit)
    return min(LARGEST_SPAN, math.isqrt(room))


def thinning(dtype: str, terms: int, unit: int = 1) -> int:
    """Smallest k such that sums stay exact, on average with room to spare, when one entry in k is not zero."""
    return max(2, math.isqrt(4 * terms * unit * unit // int(exact_limit(dtype))) + 1)


def unit(dtype: str, size: int) -> int:
    """Largest power of two of which ``size`` distinct multiples, moved by half of it, are numbers of ``dtype``."""
    room = int(exact_limit(dtype)) // (size + 2)
    return max(1, min(LARGEST_UNIT, 2 ** (room.bit_length() - 1) if room else 1))


def wider_span(unit: int = 1) -> int:
    """Span of multiples of ``unit`` of which most need more digits than float32 has; the usual one where unit does."""
    return max(WIDER_SPAN // unit, LARGEST_SPAN)
