"""Numerical derivatives that know their own error: NaN where it is unknown."""

from __future__ import annotations

import numpy as np

from checks.rounding import dot
from checks.types import Array


def quotient(moved: Array, start: Array, dy: Array, width: float, noise: Array) -> tuple[float, float]:
    """Derivative of sum(dy * f) from f at two points that lie ``width`` apart, f being linear between them.

    ``noise`` bounds the error of each element of either f; all arrays have the shape of y and moved, start and dy
    the wide format. Of complex numbers, the real part of sum(conj(dy) * f) is derived. Returns value and error bound:
    twice the noise weighted with abs(dy), plus the rounding of the sum in float64 unless it is a sum of exact integers.
    """
    value, summing = dot(dy, moved - start)
    return value / width, (2.0 * float(np.sum(np.abs(dy) * noise)) + summing) / abs(width)
