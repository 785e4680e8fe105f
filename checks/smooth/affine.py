"""Lines along which f is affine: four values of f in place of a hundred, where f is seen to be affine in an argument.

A convolution is, in each of its arguments; so is a normalization in its scale. Along a random direction of all entries
of the argument f is sampled on both sides, at sixteen steps: an affine f leaves a straight line by rounding alone, and
each entry of y doubles its change with its step. What f leaves it by is the noise of each of its values. Along a single
entry two long steps of unlike lengths tell the slope, and must agree; two far shorter ones, one to each side, must
agree with that: close by f may be another function than from afar (a kink, a rounding).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.rounding import DIGITS, unit_roundoff
from checks.smooth.estimate import Estimate, unknown
from checks.smooth.line import REAL, Line, roundoff
from checks.smooth.table import ROUNDINGS, SKIPPED, SMALLEST, longest, sample
from checks.types import Array

#: Steps of the random direction.
FEW = 16
#: How many times its roundings an affine f may be off: a sum of many numbers makes more than the two that are counted.
MANY = 2.0**6
#: Of the digits of a format, the part in which an entry of y may miss a straight line, and the part that the short
#: steps leave to the argument.
HALF = 1 / 2
#: A long step, and one to the other side, in units of the first; the difference of both is as long as this.
BACK, BETWEEN = 0.5, 1.5
#: How many times the noise a change must be to be seen.
SEEN = 2.0**8
#: Noise scatters few numbers: the largest of two dozen, which stands for it, is exceeded by a quarter at most.
SAFETY = 4.0


@dataclass(frozen=True)
class Affine:
    """The format in which f was seen to be affine in an argument, and by how much its values miss a straight line."""

    form: str
    noise: float

    def along(self, line: Line) -> Estimate:
        """Derivative at 0 of a line through the same point; unknown where f is not affine along it."""
        far = 2.0 ** (longest(line) - SKIPPED)
        around_0 = line.size < line.unit * SMALLEST
        near = (line.unit if around_0 else line.size) * 2.0 ** -int(DIGITS[self.form] * HALF)
        try:
            steps, values, floor = self._sampled(line, [far, -BACK * far, near, -near])
            if around_0 and values[0]:  # no format rounds a step away from 0: as short as the noise lets one see
                shorter = float(SEEN * np.max(floor) * far / abs(values[0]))
                steps, values, floor = self._sampled(line, [*steps, shorter, -shorter])
        except Exception as refusal:  # noqa: BLE001 - whatever f raises, it does not take this step
            return unknown(f"no step along this line: {type(refusal).__name__}")
        return _slope(steps, values, floor) if np.all(np.isfinite(values)) else unknown("f is not finite here")

    def _sampled(self, line: Line, at: Sequence[float]) -> tuple[Array, Array, Array]:
        """Steps, what f changes by at each, and how far each change may be off, by the roundings of both values."""
        steps, centre = np.array(at, np.longdouble), line.at(0, self.form)
        values = np.array([line.at(t, self.form).value for t in steps], np.longdouble) - centre.value
        size = centre.mass + (line.size + np.abs(steps)) * np.max(np.abs(values / steps))
        return steps, values, self.noise + ROUNDINGS * roundoff(self.form, centre.dtype) * size


def seen_affine(line: Line) -> Affine | None:
    """Whether f is seen to be affine in an argument, from a line along a ``random_direction`` of it; None if not."""
    form = next((form for form in REAL if line.point.follows(form)), line.dtype)
    if line.noise or line.whole_digits(form) < DIGITS[form]:  # stairs are no line
        return None
    table = sample(line.of_few(FEW, form), form)
    changes = np.array([table.right - table.centre, table.left - table.centre])
    if not np.all(np.isfinite(changes)):
        return None
    slope = (changes[0, 0] - changes[1, 0]) / (2 * table.steps[0])
    off = float(np.max(np.abs(changes - np.outer([1, -1], slope * table.steps))))
    if off > MANY * float(np.max(table.floor)) or _bends(line, table.steps[0], form):
        return None
    return Affine(form, off)


def _bends(line: Line, step: Any, form: str) -> bool:
    """Whether an entry of y does not double its change with the step: a sum of all of them may not show it."""
    here, ahead, back = (line.answer(t, form) for t in (0, step, -BACK * step))
    with np.errstate(all="ignore"):
        off = np.abs((ahead - here) * BACK + (back - here))
        least = 2.0 ** -int(DIGITS[form] * HALF)
        return bool(np.any(off > least * (np.abs(ahead) + np.abs(here) + np.abs(back))))


def _slope(steps: Array, values: Array, floor: Array) -> Estimate:
    """The slope of a straight line, from two long steps; unknown where the short ones, or the two, tell otherwise."""
    slopes, noise = values / steps, floor / np.abs(steps)
    value = (values[0] - values[1]) / (BETWEEN * steps[0])
    error = SAFETY * (2 * floor[0] / (BETWEEN * steps[0])) + unit_roundoff("float64") * abs(value)
    if np.any(np.abs(slopes - value) > error + SAFETY * noise):
        return unknown("not affine along this entry")
    return Estimate(float(value), float(error), "differences of an affine function")
