"""Powers of two by which a case's arrays may be multiplied with nothing lost, and what then multiplies each result."""

from __future__ import annotations

from math import ceil, floor, log2, prod
from typing import NamedTuple

import numpy as np

from checks.arithmetic import HALVINGS
from checks.types import Array, Arrays, carrier
from checks.witness import Trial

#: 2**996 is about 1e300.
LARGEST_EXPONENT = 996

#: The largest power of two that is a number, by which arrays of any format are multiplied.
POWERS = 1023

#: The argument that multiplies x, where there is one.
FACTOR = "weight"


class Exponents(NamedTuple):
    """Of the powers of two by which x, what multiplies it, and dy are multiplied; what is added to y scales as y."""

    x: int = 0
    weight: int = 0
    dy: int = 0

    def of_argument(self, trial: Trial, name: str) -> int:
        """Of what multiplies an argument."""
        if name in {"x", FACTOR}:
            return self.x if name == "x" else self.weight
        return self.x + self.weight if name in trial.family.homogeneous else 0

    def of_result(self, trial: Trial, of: str) -> int:
        """Of what then multiplies y, or a gradient."""
        y = self.x + self.weight
        return y if of == "y" else y + self.dy - self.of_argument(trial, of.removeprefix("d"))

    def __str__(self) -> str:
        return ", ".join(f"{name} times 2**{power}" for name, power in self._asdict().items() if power)


def chosen(trial: Trial, far: int) -> Exponents:
    """Those of a case: x huge and dy tiny, the other way round, x alone; what multiplies it tiny as dy is, or huge."""
    ways = [Exponents(-far, dy=far), Exponents(far, dy=-far), Exponents(-far // 2), Exponents(far // 2)]
    if FACTOR in trial.case.arguments:
        ways += [Exponents(weight=-far // 2, dy=-far // 4), Exponents(weight=far // 2)]
    return ways[trial.case.seed % len(ways)]


def scaled(trial: Trial, by: Exponents) -> Arrays:
    """The case's arrays, and dy, times these powers of two."""
    inputs = {name: _times(value, by.of_argument(trial, name)) for name, value in trial.case.held.items()}
    return {**inputs, "dy": _times(trial.case.held_dy, by.dy)}


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
