"""How far rounding can drive an output from its true value, at the case and where an argument was moved from it."""

from __future__ import annotations

from checks.bounds import anything, plus
from checks.rounding import exact_limit
from checks.types import Array, Arrays
from checks.witness import Trial


def noise(trial: Trial, argument: str, width: float, moved: Arrays) -> Array:
    """Largest rounding error of each output, of either forward; no output meets more than one entry that was moved.

    ``width`` is the longest of the steps; ``moved`` holds the arguments with the entries moved.
    """
    return with_excess(trial, plain_noise(trial, argument, width), moved)


def with_excess(trial: Trial, plain: Array, moved: Arrays) -> Array:
    """The noise of a plain sum with what the subject's arithmetic adds to it."""
    return plus(plus(plain, trial.excess("y", moved)), trial.excess("y"))


def plain_noise(trial: Trial, argument: str, width: float) -> Array:
    """The same for a plain sum; moving an entry adds its share to the mass."""
    bound = trial.plain_bound("y")
    if width.is_integer() and not anything(bound) and _stays_exact(trial, argument, width):
        return bound
    return trial.error("y", trial.mass["y"] + width * _slope(trial, argument), trial.case.dtype)


def _stays_exact(trial: Trial, argument: str, width: float) -> bool:
    moved = {**trial.largest, argument: trial.largest[argument] + width}
    return trial.roundings["y"] * trial.family.peak(moved) <= exact_limit(trial.case.dtype)


def _slope(trial: Trial, argument: str) -> float:
    """Largest derivative of an output by an entry of the argument: the largest other operand."""
    others = [value for name, value in trial.largest.items() if name not in {argument, "bias", "dy"}]
    return float(max([1.0, *others]))
