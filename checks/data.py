"""Arrays from a seed: the same few numbers give the same bits on every machine.

Nine kinds of data, four of them away from every kink:

integers   x, weight, bias and dy uniform on unit * {-span, ..., span}
sparse     as integers, but only one entry in ``span`` is not zero, and that one is unit or -unit: long sums stay small
normal     everything standard normal
distinct   x holds distinct non-zero multiples of unit, in random order, so neighbours differ by at least unit; the
           rest as integers
spread     x = distinct plus a random fraction of a fifth, scaled to about one; the rest as normal
near       x = 1 or -1 plus distinct multiples of 16 ULP: neighbours are all but tied; the rest as normal
patterns   as integers, each array in an order of its own (``checks.patterns``): ones, one-hot, sparse, mirrored, ...
ordered    x as distinct, all of one sign or each plane sorted; the rest as patterns
fractions  x holds non-zero integers and such numbers divided by powers of two: multiples of 1/64; the rest as integers
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import prod
from zlib import crc32

import numpy as np

from checks.errors import CaseError
from checks.patterns import arranged, ordered
from checks.rounding import exact_limit
from checks.types import Array, Arrays, Shape, Shapes, carrier

KINDS = ("integers", "sparse", "normal", "distinct", "spread", "near", "patterns", "ordered", "fractions")

#: Kinds whose numbers are all integers.
WHOLE = frozenset({"integers", "sparse", "distinct", "patterns", "ordered"})

#: The same numbers in orders that uniform draws never give.
PATTERNED = {"integers": "patterns", "distinct": "ordered"}

#: How many of the smallest steps between fractions make 1, and the largest number that is divided.
PARTS, LARGEST_FRACTION = 64, 15

#: Entries of x up to which all distinct values differ from each other.
ALL_DISTINCT = 2**16

#: ULP between neighbours that are all but tied, and by how many each may move without crossing another.
NEAR, NEAR_REACH = 16, 4


def draw(shapes: Shapes, dtype: str, kind: str, span: int, unit: int, seed: int) -> Arrays:
    """Draw one array for each name in ``shapes``, in the values of ``dtype`` (carried by a NumPy format).

    Raises CaseError where the kind is unknown. Each name has its own stream, so dropping ``bias`` leaves the others
    as they were.
    """
    if kind not in KINDS:
        msg = f"data={kind!r} is unknown; expected one of {', '.join(KINDS)}"
        raise CaseError(msg)
    return {name: _draw_one(name, shape, dtype, kind, span, unit, seed) for name, shape in shapes.items()}


def distinct_together(shape: Shape, dtype: str) -> int:
    """Entries of x that differ from each other: all of few, those of each plane of more, which have room to move then.

    No window crosses planes.
    """
    size = prod(shape)
    few = size <= ALL_DISTINCT and size // 2 + 1 <= exact_limit(dtype)
    return size if few or len(shape) <= len("NC") else prod(shape[2:])


def reach(kind: str, dtype: str, unit: int, shape: Shape) -> float:
    """How far every entry of x may move at once without crossing a kink; 0 where the data do not keep away from them.

    Distinct values need whole steps: with ``unit`` between neighbours, both may move by less than half. Spread values
    lie 0.6 of their scale apart before rounding. Both may move by a quarter of it and be rounded again as long as the
    roundings take less than the tenth that is left: 4 of them, each at most 1/64 in so small an array.
    Near values lie ``NEAR`` ULP of 1 apart, twice as many below 1; few formats have so many numbers for many.
    """
    size = prod(shape)
    if kind == "near":
        return NEAR_REACH * ulp(dtype) if size * NEAR <= exact_limit(dtype) / 2 else 0.0
    if (kind == "distinct" and unit * (distinct_together(shape, dtype) // 2 + 1) <= exact_limit(dtype)) or (
        kind == "ordered" and unit * (size + 1) <= exact_limit(dtype)
    ):
        return float((unit - 1) // 2)
    return 0.25 * spread_scale(size) if kind == "spread" and size <= exact_limit(dtype) / 32 else 0.0


def ulp(dtype: str) -> float:
    """Distance from 1 to the next number of a format."""
    return 2.0 / exact_limit(dtype)


def spread_scale(size: int) -> float:
    """Power of two that brings ``size`` distinct integers down to about one."""
    return float(2.0 ** -max(int(size - 1).bit_length() - 2, 0))


def round_to(values: Array, dtype: str) -> Array:
    """Round to the nearest number of ``dtype`` (ties to even) and return it in the format that carries it."""
    rounded = values.astype(carrier(dtype))
    if dtype != "bfloat16":
        return rounded
    bits = rounded.view(np.uint32)
    one, half, high = (np.uint32(number) for number in (1, 0x7FFF, 0xFFFF0000))  # NumPy 1 widens beside plain numbers
    kept = (bits + half + ((bits >> np.uint32(16)) & one)) & high
    return np.where(np.isnan(rounded), rounded, kept.view(np.float32)).view(carrier(dtype))


def _draw_one(name: str, shape: Shape, dtype: str, kind: str, span: int, unit: int, seed: int) -> Array:
    rng = np.random.default_rng([seed, crc32(name.encode())])
    if name == "x" and kind in {"distinct", "spread", "near", "ordered"}:
        return round_to(_apart(rng, shape, dtype, kind, unit), dtype)
    if kind == "integers":
        return round_to(_parts(dtype, lambda: unit * rng.integers(-span, span + 1, shape)), dtype)
    if kind == "sparse":
        return round_to(_parts(dtype, lambda: unit * _sparse(rng, shape, span)), dtype)
    if kind in PATTERNED.values():
        step = unit if kind == "patterns" else 1
        return round_to(_parts(dtype, lambda: step * arranged(rng, rng.integers(-span, span + 1, shape))), dtype)
    if kind in {"distinct", "fractions"}:
        one = _fractions if name == "x" else partial(_integers, span)
        return round_to(_parts(dtype, lambda: one(rng, shape)), dtype)
    return round_to(_parts(dtype, lambda: rng.standard_normal(shape)), dtype)


def _apart(rng: np.random.Generator, shape: Shape, dtype: str, kind: str, unit: int) -> Array:
    """Values that keep away from each other, from distinct integers."""
    distinct = partial(_distinct, rng, shape, distinct_together(shape, dtype))
    if kind == "distinct":
        return distinct() * unit
    if kind == "ordered":
        return ordered(rng, distinct()) * unit
    if kind == "spread":
        fraction = rng.uniform(-0.2, 0.2, shape)
        return np.asarray((distinct() + fraction) * spread_scale(prod(shape)))
    side = rng.choice((-1, 1))
    steps = distinct().astype(np.longdouble)  # some format's ULP are too short for float64
    return np.asarray(side + steps * NEAR * ulp(dtype))


def _sparse(rng: np.random.Generator, shape: Shape, span: int) -> Array:
    """One of ``span`` entries is 1 or -1; never none, where there are entries."""
    values, kept = rng.choice([-1, 1], shape), rng.random(shape) * span < 1
    if kept.size and not kept.any():
        kept.flat[rng.integers(kept.size)] = True
    return np.asarray(values * kept)


def _integers(span: int, rng: np.random.Generator, shape: Shape) -> Array:
    return rng.integers(-span, span + 1, shape)


def _fractions(rng: np.random.Generator, shape: Shape) -> Array:
    """Non-zero integers, every other one divided by a power of two: thresholds between 0 and 1 are crossed, too."""
    whole = rng.choice((-1, 1), shape) * rng.integers(1, LARGEST_FRACTION + 1, shape)
    halvings = rng.integers(0, PARTS.bit_length(), shape) * rng.integers(0, 2, shape)
    return np.asarray(whole * 2.0**-halvings)


def _distinct(rng: np.random.Generator, shape: Shape, together: int) -> Array:
    """Integers of which as many are distinct ``together``: all, or those of each plane."""
    if together == prod(shape):
        return np.asarray(rng.permutation(_around_zero(together)).reshape(shape))
    planes = np.tile(_around_zero(together), (prod(shape[:2]), 1))
    return np.asarray(rng.permuted(planes, axis=1).reshape(shape))


def _around_zero(count: int) -> Array:
    """The integers nearest to zero, without it."""
    values = np.arange(count) - count // 2
    return np.asarray(values + (values >= 0))


def _parts(dtype: str, one: Callable[[], Array]) -> Array:
    return np.asarray(one() + 1j * one()) if dtype.startswith("complex") else one()
