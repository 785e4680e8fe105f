"""Numerical derivatives that know their own error: NaN where it is unknown."""

from __future__ import annotations

import numpy as np

from checks.rounding import gamma
from checks.types import Array


def quotient(moved: Array, start: Array, dy: Array, width: float, noise: Array) -> tuple[float, float]:
    """Derivative of sum(dy * f) from f at two points that lie ``width`` apart, f being linear between them.

    ``noise`` bounds the error of each element of either f; all arrays have the shape of y. Returns value and error
    bound: twice the noise weighted with abs(dy), plus the rounding of the sum in float64 unless it is a sum of exact
    integers.
    """
    difference = np.subtract(moved, start, dtype=np.float64)
    value = float(np.sum(dy * difference)) / width
    mass = float(np.sum(np.abs(dy) * np.abs(difference)))
    summing = 0.0 if _exact(mass, noise, dy, difference) else gamma(difference.size + 2, "float64") * mass
    return value, (2.0 * float(np.sum(np.abs(dy) * noise)) + summing) / abs(width)


def _exact(mass: float, noise: Array, dy: Array, difference: Array) -> bool:
    whole = all(bool(np.all(values == np.rint(values))) for values in (dy, difference))
    return whole and not np.any(noise) and mass <= 2.0**53
