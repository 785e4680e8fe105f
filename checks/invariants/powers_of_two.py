"""Powers of two by which a case's arrays may be multiplied with nothing lost, and what then multiplies each result."""

from __future__ import annotations

from math import ceil, floor, log2, prod

import numpy as np

from checks.arithmetic import HALVINGS
from checks.types import Array, Arrays, carrier, gradient_of
from checks.witness import Trial

#: 2**996 is about 1e300.
LARGEST_EXPONENT = 996

#: The largest power of two that is a number, by which arrays of any format are multiplied.
POWERS = 1023

#: Ways to scale x and dy, by turns.
PAIRS = 4


def pair(seed: int, far: int) -> tuple[int, int]:
    """The exponents of x, with what scales as it does, and of dy: huge and tiny, the other way round, or x alone."""
    return ((-far, far), (far, -far), (-far // 2, 0), (far // 2, 0))[seed % PAIRS]


def scaled(trial: Trial, x: int, dy: int) -> Arrays:
    """The case's arrays, and dy, times these powers of two."""
    grown = trial.family.homogeneous
    inputs = {name: _times(value, x if name in grown else 0) for name, value in trial.case.held.items()}
    return {**inputs, "dy": _times(trial.case.held_dy, dy)}


def power_of(trial: Trial, of: str, x: int, dy: int) -> int:
    """The exponent of what then multiplies y, or a gradient."""
    if of == "y":
        return x
    return dy if of in map(gradient_of, trial.family.homogeneous) else x + dy


def exponent(trial: Trial) -> int:
    """The largest exponent that leaves room for all that is computed, and both ways stays among the normal numbers."""
    limits = np.finfo(carrier(trial.case.dtype))
    room = _to_the_end(trial) if trial.family.selects else _for_sums(trial)
    most = POWERS if trial.family.selects else LARGEST_EXPONENT
    return min(most, int(limits.maxexp) + room, floor(log2(_least(trial))) - int(limits.minexp) - HALVINGS)


def farthest(trial: Trial) -> int:
    """The power of two by which dy may grow, and shrink as well, for every gradient to stay among normal numbers.

    And for the square of the largest number to be finite in float64, in which bounds are computed.
    """
    least = floor(log2(_least(trial))) - int(np.finfo(carrier(trial.case.dtype)).minexp) - HALVINGS
    squared = POWERS // 2 - ceil(log2(max(1.0, *trial.case.largest.values())))
    return min(least // 2, squared, *(room_above(trial, of) for of in trial.got.gradients))


def room_above(trial: Trial, of: str) -> int:
    """By which power of two dy may grow before a sum behind the gradient comes within a factor of 2 of infinity."""
    divisor = trial.family.largest_divisor(trial.case.shapes, trial.case.config)
    largest = max(1.0, trial.case.largest["dy"], float(np.max(trial.mass[of], initial=0.0)) * divisor)
    return min(POWERS, int(np.finfo(carrier(trial.case.dtype)).maxexp) - 2 - floor(log2(largest)))


def _to_the_end(trial: Trial) -> int:
    """Nothing is added up but upstream values where windows overlap: the largest number may come near to infinity."""
    x, dy = (float(np.max(np.abs(array), initial=0.0)) for array in (trial.wide_inputs["x"], trial.wide_dy))
    return -1 - HALVINGS - floor(log2(max(1.0, x, dy * (trial.roundings["dx"] + 1))))


def _for_sums(trial: Trial) -> int:
    """Every sum of products, whatever algorithm forms it."""
    sums = {name: max(1.0, _total(value)) for name, value in trial.wide_inputs.items()}
    grown = [sums[name] for name in trial.family.homogeneous if name in sums]
    others = [value for name, value in sums.items() if name not in trial.family.homogeneous]
    return -2 - ceil(log2(max(sum(grown), _total(trial.wide_dy)) * prod(others)))


def _total(values: Array) -> float:
    """The sum of their absolute values."""
    return float(np.add.reduce(np.abs(values), axis=None))


def _least(trial: Trial) -> float:
    """The smallest absolute value of an operand that is not 0."""
    return min(map(_smallest, (*trial.wide_inputs.values(), trial.wide_dy)))


def _smallest(values: Array) -> float:
    """The smallest absolute value that is not 0, and no more than 1."""
    sizes = np.abs(values)
    least = float(np.minimum.reduce(sizes, axis=None, initial=1.0))
    return least if least > 0 else float(np.min(sizes, where=sizes > 0, initial=1.0))


def _times(array: Array, exponent: int) -> Array:
    return np.asarray(array * 2.0**exponent)
