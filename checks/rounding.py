"""How far apart rounding alone can drive two correct results: unit roundoff, gamma and per-element bounds.

Source of every formula: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002, chapters 2
and 3.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from checks.computing import hushed
from checks.equality import every
from checks.types import Array

#: Binary digits of the significand, the hidden one included.
DIGITS = {
    "bfloat16": 8,
    "float16": 11,
    "float32": 24,
    "float64": 53,
    "longdouble": int(np.finfo(np.longdouble).nmant) + 1,
    "complex64": 24,
    "complex128": 53,
}

#: Formats in which a sum of a few numbers is soon beyond them.
HALF = frozenset({"float16", "bfloat16"})

#: The power of a roundoff that is a small part of a number.
SMALL_PART = 0.375

#: Smallest positive number of each format: what one rounding may lose to underflow.
TINIEST = {
    "bfloat16": 2.0**-133,
    "float16": 2.0**-24,
    "float32": 2.0**-149,
    "float64": 2.0**-1074,
    "longdouble": 2.0**-1074,
    "complex64": 2.0**-149,
    "complex128": 2.0**-1074,
}

#: The format in which the harness computes what a result of each format must be.
WIDE = {
    "bfloat16": "float64",
    "float16": "float64",
    "float32": "float64",
    "float64": "float64",
    "longdouble": "longdouble",
    "complex64": "complex128",
    "complex128": "complex128",
}


def unit_roundoff(dtype: str) -> float:
    """Largest relative error of one rounding to nearest in ``dtype``: 2**-digits (Higham, section 2.1)."""
    return float(2.0 ** -DIGITS[dtype])


def small_part(dtype: str) -> float:
    """A part of a number that neither a jump nor a clip is as small as: 1e-6 in float64, 2e-3 in float32."""
    return float(unit_roundoff(dtype) ** SMALL_PART)


def exact_limit(dtype: str) -> float:
    """Largest n such that integers whose absolute values add up to n are summed exactly in ``dtype``: 2**digits.

    Complex: a quarter of it, because a product of complex numbers may be put together from three real ones that are up
    to three times as large (see ``growth``).
    """
    return float(2.0 ** (DIGITS[dtype] - (2 if is_complex(dtype) else 0)))


def is_complex(dtype: str) -> bool:
    """Whether the format holds complex numbers."""
    return dtype.startswith("complex")


def gamma(roundings: int, dtype: str) -> float:
    """Bound on the relative error of ``roundings`` successive roundings: n u / (1 - n u) (Higham, lemma 3.1).

    NaN where n u >= 1/2: the format is too coarse for that many roundings and nothing can be said.
    """
    product = roundings * unit_roundoff(dtype)
    return product / (1.0 - product) if product < 0.5 else float("nan")  # noqa: PLR2004


@lru_cache(1024)
def growth(roundings: int, dtype: str) -> tuple[float, str]:
    """Error of a sum of products as a share of the sum of their absolute values, and its name (Higham, (3.5)).

    gamma_n where numbers are real. A layer may multiply complex numbers by three real sums (Gauss, Higham section
    23.2.4; PyTorch's convolution does): ac, bd and (a + b)(c + d), of which the last is at most twice the product of
    the moduli and sees two more roundings, and two subtractions follow: at most 4 gamma_(n+4) with real and imaginary
    part together.
    """
    if is_complex(dtype):
        return 4 * gamma(roundings + 4, dtype), f"4 {_gamma_in_words(roundings + 4, dtype)}"
    return gamma(roundings, dtype), _gamma_in_words(roundings, dtype)


def _gamma_in_words(roundings: int, dtype: str) -> str:
    """The name of a gamma, with the reason where it is none."""
    known = not np.isnan(gamma(roundings, dtype))
    return f"gamma_{roundings}" if known else f"gamma_{roundings} ({roundings:,} roundings are too many for {dtype})"


def sum_bound(mass: Array, roundings: int, dtype: str) -> Array:
    """Largest error of a sum of products whose absolute values sum to ``mass``, in any order: ``growth`` of it.

    ``mass`` has the shape of the result; the bound has too, in the units of the result. No rounding, no error.
    """
    if roundings <= 0:
        return np.zeros_like(mass)
    return np.asarray(growth(roundings, dtype)[0] * mass + roundings * TINIEST[dtype])


def dot(a: Array, b: Array) -> tuple[float, float]:
    """Inner product in float64 and its largest error: none where all terms are integers and their sum is exact.

    Complex numbers count as pairs of real ones, so that the product is the real part of sum conj(a) * b. The error
    allows for one rounding of each operand too. Blocked, so that no temporary is larger than a block.
    """
    pairs = a.dtype.kind == "c" or b.dtype.kind == "c"
    first, second = (real_parts(values, pairs=pairs) for values in (a, b))
    starts = range(0, first.size, _BLOCK)
    parts = [hushed(_block_dot, first[start : start + _BLOCK], second[start : start + _BLOCK]) for start in starts]
    value, mass = float(sum(part[0] for part in parts)), float(sum(part[1] for part in parts))
    exact = all(part[2] for part in parts) and mass <= exact_limit("float64")
    return value, 0.0 if exact else gamma(first.size + 4, "float64") * mass


def weighted(weights: Array, values: Array) -> float:
    """Inner product in float64, blocked; its error is not told."""
    return hushed(_in_blocks, _wide_dot, weights, values)


def weighted_change(weights: Array, after: Array, before: Array) -> float:
    """Inner product of ``weights`` with ``after - before`` in float64, blocked; its error is not told.

    Of float32 the difference is taken there, in half of the time: that of whole numbers is exact.
    """
    return hushed(_in_blocks, _block_change, weights, after, before)


def _in_blocks(one: Callable[..., float], *arrays: Array) -> float:
    """The sum over the same few numbers of each array, and the next ones: no temporary is larger than a block."""
    pairs = any(map(np.iscomplexobj, arrays))
    rows = [real_parts(values, pairs=pairs) for values in arrays]
    return sum(one(*(row[start : start + _LONG] for row in rows)) for start in range(0, rows[0].size, _LONG))


def _block_change(weights: Array, after: Array, before: Array) -> float:
    if after.dtype == before.dtype == np.float32:
        return _wide_dot(weights, after - before)
    return _wide_dot(weights, np.subtract(after, before, dtype=np.float64))


def _wide_dot(a: Array, b: Array) -> float:
    return float(np.dot(a.astype(np.float64, copy=False), b.astype(np.float64, copy=False)))


def real_parts(values: Array, *, pairs: bool) -> Array:
    """The real numbers of an array in a row: as they are, or in ``pairs`` of real and imaginary part."""
    flat = values.reshape(-1)
    return np.stack([flat.real, flat.imag], axis=-1).reshape(-1) if pairs else flat


_BLOCK = 2**15

#: The same where nothing but a product is made of a block.
_LONG = 2**16


def _block_dot(a: Array, b: Array) -> tuple[float, float, bool]:
    """Sum of a * b, sum of abs(a * b), and whether all operands are integers."""
    products = np.multiply(a, b, dtype=np.float64)
    value, mass = (float(np.add.reduce(each, axis=None)) for each in (products, np.abs(products)))
    return value, mass, whole(a) and whole(b)


def whole(values: Array) -> bool:
    """Whether all values are integers (both parts of complex ones)."""
    return every(values == np.rint(values))
