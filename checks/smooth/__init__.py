"""Numerical derivatives that know their own error, by the best means that a function allows, chosen automatically.

1. extended precision   where f answers in the format of its arguments: extrapolated differences in ``longdouble``
2. complex step         where f also takes complex numbers, is found analytic (the differences agree with it) and the
                        stated error is smaller
3. differences          otherwise, in float64 if f follows that, else in the subject's own format

Each returns an Estimate: value, error, method; NaN where it does not know. Reading order: point, casts, line, table,
richardson, stairs, sides, complex_step. Beside them stand those that take far fewer values of f: analytic and affine,
where one line tells what f is, and brief. Out of reach of any sampling: a ripple smaller than the rounding of f's own
values, and ground that is flat in every sample within roundoff**(1/4) of x for another reason than being flat.

``python -m checks.selftest.smooth.accuracy`` prints true beside stated errors for some sixty functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.rounding import DIGITS
from checks.smooth import sides
from checks.smooth.complex_step import complex_step, moves_otherwise
from checks.smooth.estimate import Estimate
from checks.smooth.line import COMPLEX, REAL, Line
from checks.smooth.point import Point
from checks.smooth.sides import differences
from checks.types import Array, Arrays

__all__ = ["Estimate", "ahead", "best", "derivative", "directional"]


def derivative(f: Callable[[Any], Any], x: float, dtype: str = "float64", noise: float | None = None) -> Estimate:
    """Derivative of a scalar function at ``x``.

    ``f`` gets NumPy scalars: of ``dtype``, and of wider and complex formats to find out whether it can use them.
    ``noise`` is a known bound on the error of each of its values in ``dtype``; without it the noise is measured.
    """

    def of_arrays(arrays: Arrays) -> Array:
        return np.asarray(f(arrays["x"][()]))

    one = np.ones(())
    return best(Line(Point(of_arrays, {"x": np.asarray(x)}, one), {"x": one}, dtype), noise)


def directional(
    f: Callable[[Arrays], Array], arrays: Arrays, direction: Arrays, dy: Array, dtype: str = "float64"
) -> Estimate:
    """Derivative of sum(dy * f(arrays + t * direction)) by t at 0.

    ``direction`` holds arrays by name, in the shapes of the arguments; an argument that it leaves out does not move.
    ``dy`` has the shape of f's result. ``dtype`` is the subject's own format.
    """
    return best(Line(Point(f, arrays, dy), direction, dtype))


def best(line: Line, noise: float | None = None) -> Estimate:
    """Derivative at 0 of L along a line, by the best means that f allows; ``noise`` as for ``derivative``."""
    if not np.isfinite(line.unit):
        return Estimate(0.0, 0.0, "nothing moves")
    form = line.widest
    if line.noise:  # steps so short that nothing of f is seen but how it stops tell nothing
        return differences(line, form)
    found = differences(line, form, noise if form == line.dtype else None)
    if form not in REAL or not found.known or line.whole_digits(form) < DIGITS[form]:  # a cast drops what is imaginary
        return found
    stepped = ((each, complex_step(line, each)) for each in COMPLEX)
    complex_form, better = next((each for each in stepped if each[1].known), ("", found))
    apart = abs(better.value - found.value)
    if not better.error < found.error or apart > better.error + found.error:
        return found
    if better.value == better.error == 0:  # f may as well have left out the step: what it takes for a real number
        return found
    return found if moves_otherwise(line, complex_form, form) else better


def ahead(line: Line) -> Estimate:
    """Derivative of L at 0 as t grows, by differences from that side alone: at a kink the other side has another."""
    return sides.ahead(line, line.widest)
