"""A derivative from eight values of f, for a layer whose every call takes long.

Differences at three steps, each half of the one before, extrapolated as in ``richardson``. Two numbers say how far that
may be off, each of which noise and powers of h that are left move in a way of its own: how far the two extrapolated
slopes lie apart, and how far the even part of f is from c h**2 + d h**4, from which three steps leave one remainder.
A difference at one far shorter step must agree: close by f may be another function than from afar.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.rounding import DIGITS, unit_roundoff
from checks.smooth.estimate import AT_A_KINK, Estimate, unknown
from checks.smooth.line import Line, roundoff
from checks.smooth.richardson import CENTRAL, MEETS, extrapolate
from checks.smooth.table import ROUNDINGS, SMALLEST
from checks.types import Array

#: The format that f is asked in, where it follows that: a wider one takes longer, and tells hardly more.
FORM = "float64"
#: Steps along a line that are extrapolated.
STEPS = 3
#: Of the digits of a format, the parts that the shortest of them and the far shorter step leave to the argument: what
#: powers of h leave, h**4, and the rounding over h are about as large at the first.
PART, CLOSE = 1 / 5, 1 / 2
#: Noise makes both numbers smaller than a sixteenth of what it does to a slope in one case of several hundred.
SAFETY = 16.0
#: How many times its roundings the far shorter one may be off: f makes more of them inside.
ROUGH = 4.0


def brief(line: Line) -> Estimate:
    """Derivative at 0 by four central differences, in float64 where f follows that; unknown at a kink."""
    form = FORM if line.point.follows(FORM) else line.dtype
    digits = DIGITS[form]
    far = line.size if line.size >= line.unit * SMALLEST else line.unit
    halvings = [int(digits * PART) - n for n in range(STEPS - 1, -1, -1)]
    steps = far * np.ldexp(np.longdouble(1), -np.array([*halvings, int(digits * CLOSE)]))
    samples = [[line.at(t, form) for t in (0, -h, h)] for h in steps]
    centre = samples[0][0]
    left, right = (np.array([each[side].value for each in samples], np.longdouble) for side in (1, 2))
    if not np.all(np.isfinite([centre.value, *left, *right])):
        return unknown("f is not finite here")
    mass = max(float(each.mass) for three in samples for each in three)
    floor = ROUNDINGS * roundoff(form, centre.dtype) * mass + line.noise
    return _estimate(steps, left - centre.value, right - centre.value, floor)


def _estimate(steps: Array, left: Array, right: Array, floor: float) -> Estimate:
    """From what f changes by on both sides, coarse to fine, and what each value is off by at least."""
    slopes, even, noise = (right - left) / (2 * steps), right + left, CENTRAL.magnifies * floor / steps
    gaps = np.abs(even / steps)[:STEPS]
    if np.all(gaps > 2 * noise[:STEPS]) and np.all(gaps[1:] >= MEETS * gaps[:-1]):
        return unknown(AT_A_KINK)
    columns = extrapolate(slopes[:STEPS], CENTRAL)
    value, last = columns[2, -1], columns[1]
    error = SAFETY * max(abs(last[-1] - last[-2]), _remainder(even[:STEPS]) / steps[STEPS - 1]) + noise[STEPS - 1]
    if abs(slopes[-1] - value) > error + ROUGH * noise[-1]:
        return unknown("close by f is another function than from afar: a kink next to it, or its own rounding")
    return Estimate(float(value), float(error + unit_roundoff("float64") * abs(value)), "few differences")


def _remainder(even: Array) -> Any:
    """What is left of three values of c h**2 + d h**4, each at half the step of the one before; 0 but for noise."""
    without_squares = even[1:] - even[:-1] / 4
    return abs(without_squares[1] - without_squares[0] / 16)
