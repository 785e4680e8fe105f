"""How far apart rounding alone can drive two correct results: unit roundoff, gamma and per-element bounds.

Source of every formula: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., SIAM 2002, chapters 2
and 3.
"""

from __future__ import annotations

import numpy as np

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


def exact_limit(dtype: str) -> float:
    """Largest n such that every integer up to n is a number of ``dtype``: 2**digits."""
    return float(2.0 ** DIGITS[dtype])


def gamma(roundings: int, dtype: str) -> float:
    """Bound on the relative error of ``roundings`` successive roundings: n u / (1 - n u) (Higham, lemma 3.1).

    NaN where n u >= 1/2: the format is too coarse for that many roundings and nothing can be said.
    """
    product = roundings * unit_roundoff(dtype)
    return product / (1.0 - product) if product < 0.5 else float("nan")  # noqa: PLR2004


def sum_bound(mass: Array, roundings: int, dtype: str) -> Array:
    """Largest error of a sum of products whose absolute values sum to ``mass``, in any order (Higham, (3.5)).

    ``mass`` has the shape of the result; the bound has too, in the units of the result. No rounding, no error.
    """
    if roundings <= 0:
        return np.zeros_like(mass)
    return np.asarray(gamma(roundings, dtype) * mass + roundings * TINIEST[dtype])


def dot(a: Array, b: Array) -> tuple[float, float]:
    """Inner product in float64 and its largest error: none where all products and sums are exact integers.

    Blocked, so that no temporary is larger than a block.
    """
    first, second = a.reshape(-1), b.reshape(-1)
    starts = range(0, first.size, _BLOCK)
    parts = [_block_dot(first[start : start + _BLOCK], second[start : start + _BLOCK]) for start in starts]
    value, mass = float(sum(part[0] for part in parts)), float(sum(part[1] for part in parts))
    exact = all(part[2] for part in parts) and mass <= exact_limit("float64")
    return value, 0.0 if exact else gamma(a.size + 2, "float64") * mass


_BLOCK = 2**16


def _block_dot(a: Array, b: Array) -> tuple[float, float, bool]:
    """Sum of a * b, sum of abs(a * b), and whether all products are integers."""
    with np.errstate(all="ignore"):
        products = np.multiply(a, b, dtype=np.float64)
        whole = bool(np.all(products == np.rint(products)))
        return float(products.sum()), float(np.abs(products).sum()), whole
