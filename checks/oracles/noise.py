"""How far rounding can drive an output from its true value, at the case and where an argument was moved from it.

A subject whose y is not whole where its family's is (it divides by another number, say) rounds as on real numbers: that
y is wrong is for others to say, and its backward is held against what this forward gives.
"""

from __future__ import annotations

import numpy as np

from checks.bounds import anything, plus
from checks.rounding import exact_limit, sum_bound, whole
from checks.types import Array, Arrays
from checks.witness import Trial


def rough(trial: Trial, moved: Array) -> bool:
    """Whether y, of the case or of one that was ``moved``, is not whole where it must be."""
    return trial.exact_on_integers and trial.roundings["y"] > 0 and not (whole(trial.got.y) and whole(moved))


def rounded(trial: Trial, of: str, mass: Array) -> Array:
    """Largest rounding error of such a y, or gradient; no smaller than what the subject gives is its mass."""
    return sum_bound(np.maximum(mass, np.abs(trial.got.named()[of])), trial.roundings[of], trial.case.dtype)


def noise(trial: Trial, argument: str, width: float, moved: Arrays, y: Array) -> Array:
    """Largest rounding error of each output, of either forward; no output meets more than one entry that was moved.

    ``width`` is the longest of the steps; ``moved`` holds the arguments with the entries moved, ``y`` what they gave.
    """
    return with_excess(trial, plain_noise(trial, argument, width, y), moved)


def with_excess(trial: Trial, plain: Array, moved: Arrays) -> Array:
    """The noise of a plain sum with what the subject's arithmetic adds to it."""
    return plus(plus(plain, trial.excess("y", moved)), trial.excess("y"))


def plain_noise(trial: Trial, argument: str, width: float, y: Array) -> Array:
    """The same for a plain sum; moving an entry adds its share to the mass."""
    if rough(trial, y):
        return rounded(trial, "y", trial.mass["y"] + width * _slope(trial, argument))
    bound = trial.plain_bound("y")
    if width.is_integer() and not anything(bound) and _stays_exact(trial, argument, width):
        return bound
    return trial.error("y", trial.mass["y"] + width * _slope(trial, argument), trial.case.dtype)


def _stays_exact(trial: Trial, argument: str, width: float) -> bool:
    moved = {**trial.case.largest, argument: trial.case.largest[argument] + width}
    return trial.roundings["y"] * trial.family.peak(moved) <= exact_limit(trial.case.dtype)


def _slope(trial: Trial, argument: str) -> float:
    """Largest derivative of an output by an entry of the argument: the largest other operand."""
    others = [value for name, value in trial.case.largest.items() if name not in {argument, "bias", "dy"}]
    return float(max([1.0, *others]))
