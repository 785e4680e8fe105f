"""What a layer's rounding is like: most add up plain products, some use a transform, some cut their operands short.

plain sum    every entry is a sum of products in some order; exact on small integers (Higham 2002, chapter 3)
transform    FFT, Winograd and other fast algorithms, whose error follows the norms of whole planes
exact transform  the same where it is exact on small integers, as Winograd's F(2, 3) is, which halves and adds
running sums differences of sums over the plane so far, as in an integral image: exact on small integers
flushed subnormals  values are selected, and among the subnormals digits, or all of them, are lost on the way
scaled sums  each sum is divided and multiplied again, as a mean times a count is: two more roundings of the result
tf32         operands cut to 11 binary digits, sums in float32: exact on integers below 2**11

A subject may declare its arithmetic; where it does not, it is observed: on integers a plain sum gives integers.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from checks.errors import UsageError
from checks.rounding import TINIEST, exact_limit, gamma, unit_roundoff
from checks.types import Array, carrier

PLAIN, TRANSFORM, RUNNING, TF32, OBSERVED = "plain sum", "transform", "running sums", "tf32", "observed"
EXACT_TRANSFORM, FLUSHING, SCALED = "exact transform", "flushed subnormals", "scaled sums"
ARITHMETICS = (OBSERVED, PLAIN, TRANSFORM, EXACT_TRANSFORM, RUNNING, TF32, FLUSHING, SCALED)

#: Roundings of a sum that is divided and multiplied again, and one for those that it went through before.
SCALINGS = 3

#: The one format whose operands are cut.
TF32_FORMAT = "float32"

#: Binary digits that TensorFloat-32 keeps of an operand.
TF32_DIGITS = 11

#: Largest relative error of an operand of which these are left. Libraries round the others away, which errs by half of
#: it; a kernel that hands float32 to the tensor cores as it is (Triton's dot) has them left out.
TF32_CUT = 2.0 ** (1 - TF32_DIGITS)


#: How often a right layer may halve or double a number on its way: x / 2 + |x| / 2 loses a digit among the subnormals,
#: (x + |x|) / 2 is infinite next to the largest number.
HALVINGS = 2


def demand_known(arithmetic: str) -> str:
    """The arithmetic itself.

    Raises UsageError that lists the ones there are.
    """
    if arithmetic not in ARITHMETICS:
        raise UsageError(f"arithmetic={arithmetic!r} is unknown; expected one of {', '.join(ARITHMETICS)}")
    return arithmetic


def transform_growth(cells: int, dtype: str) -> float:
    """Largest error of a convolution by FFT of 2**n cells, as a multiple of the product of the operands' 2-norms.

    (1 + u)**3n (1 + u sqrt 5)**(3n + 1) (1 + mu)**3n - 1 with mu = u (Brent, Percival and Zimmermann, Error bounds on
    complex floating-point multiplication, 2007, theorem 5.1); Winograd's small tiles stay below it.
    """
    n, u = math.ceil(math.log2(max(2 * cells, 2))), unit_roundoff(dtype)
    return math.expm1(6 * n * math.log1p(u) + (3 * n + 1) * math.log1p(u * math.sqrt(5)))


def running_growth(cells: int, axes: int, dtype: str) -> float:
    """Largest error of a window's sum from running sums, as a multiple of the sum of absolute values of the plane.

    Each of the 2**axes corners went through at most ``cells`` additions (Higham 2002, 3.5), and they are added up;
    ``cells`` counts those of all axes together.
    """
    corners = 2**axes
    return float(corners * gamma(cells + corners, dtype))


def operand_limit(arithmetic: str, dtype: str) -> float:
    """Largest integer up to which all are exact as operands."""
    cut = arithmetic == TF32 and dtype == TF32_FORMAT
    return 2.0**TF32_DIGITS if cut else exact_limit(dtype)


def operand_growth() -> float:
    """Largest relative error of a product whose two operands are cut to tf32: 2 u + u**2."""
    return 2 * TF32_CUT + TF32_CUT**2


@cache
def smallest_normal(dtype: str) -> float:
    """Below it a number has fewer digits, and some hardware flushes it to 0."""
    return float(np.finfo(carrier(dtype)).smallest_normal)


def flushed(mass: Array, dtype: str) -> Array:
    """Largest error of values of this magnitude that may be halved on their way, and flushed to 0 below normal ones.

    A halved value loses a digit where it becomes subnormal, and all of them where subnormals are flushed.
    """
    normal = smallest_normal(dtype)
    lost = np.maximum(np.minimum(mass, normal), HALVINGS * TINIEST[dtype])
    return np.where(mass < 2**HALVINGS * normal, lost, 0.0)
