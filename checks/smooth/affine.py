"""Lines along which f is affine: four or six values of f, not a hundred, where f is seen to be affine in an argument.

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
from checks.smooth.brief import CLOSE
from checks.smooth.estimate import Estimate, unknown
from checks.smooth.line import Line, roundoff
from checks.smooth.table import ROUNDINGS, SKIPPED, SMALLEST, longest, sample
from checks.types import Array

#: Steps of the random direction.
FEW = 16
#: How many times its roundings an affine f may be off: a sum of many numbers makes more than the two that are counted.
MANY = 2.0**6
#: Of the digits of a format, the part up to which an entry of y must keep to a straight line.
KEPT = 1 / 2
#: The long step to the other side, in units of the first.
BACK = 0.5
#: How many times the noise a change must be to be seen.
SEEN = 2.0**8
#: How many times the largest of thirty-two deviations, which stands for the noise, a further value may be off; as in
#: ``richardson``, where four stand for it.
SAFETY = 4.0


@dataclass(frozen=True)
class Affine:
    """The format in which f was seen to be affine in an argument, and by how much its values miss a straight line."""

    form: str
    noise: float

    def along(self, line: Line) -> Estimate:
        """Derivative at 0 of a line through the same point; unknown where f is not affine along it."""
        far = 2.0 ** (longest(line) - SKIPPED)
        try:
            steps, values = self._changes(line, [far, -BACK * far])
            more = self._changes(line, self._short(line, steps[0], values[0]))
        except Exception as refusal:  # noqa: BLE001 - whatever f raises, it does not take this step
            return unknown(f"no step along this line: {type(refusal).__name__}")
        steps, values = np.append(steps, more[0]), np.append(values, more[1])
        if not np.all(np.isfinite(values)):
            return unknown("f is not finite here")
        return _slope(steps, values, self._floor(line, steps, np.max(np.abs(values / steps))))

    def _changes(self, line: Line, at: Sequence[float]) -> tuple[Array, Array]:
        """Steps, and by how much L changes along each."""
        steps, centre = np.array(at, np.longdouble), line.at(0, self.form).value
        return steps, np.array([line.at(t, self.form).value for t in steps], np.longdouble) - centre

    def _short(self, line: Line, far: Any, change: Any) -> list[float]:
        """Steps to both sides that are far shorter than one along which L changes by so much.

        No format rounds a step away from 0: there some are as short as the noise lets one see, too.
        """
        around_0 = line.size < line.unit * SMALLEST
        short = [(line.unit if around_0 else line.size) * 2.0 ** -int(DIGITS[self.form] * CLOSE)]
        if around_0 and 0 < abs(change) < np.inf:
            slope = abs(change) / far
            short.append(float(SEEN * self._floor(line, far, slope) / slope))
        return [side * step for step in short for side in (1, -1)]

    def _floor(self, line: Line, steps: Any, slope: Any) -> Any:
        """How far changes along steps may be off where L is as steep, by noise and the roundings of both values."""
        centre = line.at(0, self.form)
        size = centre.mass + (line.size + np.abs(steps)) * slope
        return self.noise + ROUNDINGS * roundoff(self.form, centre.dtype) * size


def seen_affine(line: Line) -> Affine | None:
    """Whether f is seen to be affine in an argument, from a line along a ``random_direction`` of it; None if not."""
    form = line.widest
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
        least = 2.0 ** -int(DIGITS[form] * KEPT)
        return bool(np.any(off > least * (np.abs(ahead) + np.abs(here) + np.abs(back))))


def _slope(steps: Array, values: Array, floor: Array) -> Estimate:
    """The slope of a straight line, from two long steps; unknown where the short ones, or the two, tell otherwise."""
    slopes, noise = values / steps, floor / np.abs(steps)
    between = steps[0] - steps[1]
    value = (values[0] - values[1]) / between
    error = SAFETY * 2 * floor[0] / between + unit_roundoff("float64") * abs(value)
    if np.any(np.abs(slopes - value) > error + SAFETY * noise):
        return unknown("not affine along this entry")
    return Estimate(float(value), float(error), "differences of an affine function")
