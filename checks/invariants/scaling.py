"""Scaling by a power of two is exact, up to the largest and down to the smallest numbers of the format.

A clip, an epsilon, or a detour through a narrower range shows where numbers are huge or tiny: 1e+-300 in float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor, log2, prod

import numpy as np

from checks.arithmetic import HALVINGS, PLAIN, smallest_normal
from checks.claim import Claim, Severity
from checks.invariants.contract import Contract
from checks.rounding import TINIEST
from checks.types import Array, carrier, gradient_of
from checks.witness import Trial

#: 2**996 is about 1e300.
LARGEST_EXPONENT = 996

#: Formats whose largest number is so small that real layers meet it.
NARROW = frozenset({"float16"})

#: The largest power of two that is a number, by which arrays of any format are multiplied.
_POWERS = 1023


class Scaling(Contract):
    """x huge and dy tiny, the other way round, or x alone; dy alone; then one of them among the subnormals."""

    law = "scaling"

    def applies(self, trial: Trial) -> bool:
        """As the family says."""
        return bool(trial.family.homogeneous)

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient and each pair of exponents, which the seed chooses.

        Where x alone grows or shrinks, the gradients of weights do: a threshold for small ones shows.

        Subnormals are tried on integers, which lose nothing there; some hardware is told to flush them to zero, hence
        a hazard. So is what overflows next to the largest number alone.
        """
        far, tiny, swap = _exponent(trial), round(log2(TINIEST[trial.case.dtype])), trial.case.seed % 2
        pairs = ((-far, far), (far, -far), (-far // 2, 0), (far // 2, 0))
        if far > 0:
            yield from self._scaled(trial, *pairs[trial.case.seed % len(pairs)], "wrong")
        if far > 0 and trial.family.selects:
            yield from self._scaled(trial, min(far + HALVINGS, _POWERS), 0, "hazard")
        if trial.case.dtype in NARROW or trial.case.seed % len(pairs) == 0:
            yield from self._at_the_end(trial)
        if trial.exact_on_integers and not any(np.any(trial.bound(of)) for of in trial.roundings):
            yield from self._scaled(trial, *((tiny, 0) if swap else (0, tiny)), "hazard")

    def _at_the_end(self, trial: Trial) -> Iterator[Claim]:
        """One gradient, which the seed chooses, as large as no order of summing can make infinite."""
        gradients = list(trial.got.gradients)
        of = gradients[trial.case.seed // 4 % len(gradients)]
        up = _room_above(trial, of)
        severity: Severity = "hazard" if trial.family.transforms else "wrong"
        if up > 0 and trial.arithmetic == PLAIN:
            yield from (claim for claim in self._scaled(trial, 0, up, severity) if claim.of == of)

    def _scaled(self, trial: Trial, x: int, dy: int, severity: Severity) -> Iterator[Claim]:
        grown = trial.family.homogeneous
        inputs = {name: _times(value, x if name in grown else 0) for name, value in trial.case.held.items()}
        got = trial.subject.pull(inputs, trial.case.config, _times(trial.case.held_dy, dy)).named()
        for of, value in got.items():
            power = x if of == "y" else dy if of in map(gradient_of, grown) else x + dy
            yield self._claim(trial, of, value, power, f"x times 2**{x}, dy times 2**{dy}", severity)

    def _claim(self, trial: Trial, of: str, got: Array, power: int, why: str, severity: Severity) -> Claim:
        """What underflows may be flushed to zero, where the data are not integers that stay clear of it.

        Of these a quotient by a power of two is rounded among the subnormals.
        """
        want = trial.got.named()[of].astype(trial.wide) * 2.0**power
        rounded = trial.roundings[of] * TINIEST[trial.case.dtype] if trial.denominator > 1 else 0.0
        flushed = 2 * trial.roundings[of] * smallest_normal(trial.case.dtype)
        lost = rounded if trial.exact_on_integers else flushed
        bound = 2 * trial.bound(of) * 2.0**power + lost
        return Claim(self.law, of, got, want, bound, f"{why}: powers of two scale exactly", severity=severity)


def _exponent(trial: Trial) -> int:
    """The largest exponent that leaves room for all that is computed, and both ways stays among the normal numbers."""
    limits = np.finfo(carrier(trial.case.dtype))
    room = _to_the_end(trial) if trial.family.selects else _for_sums(trial)
    most = _POWERS if trial.family.selects else LARGEST_EXPONENT
    return min(most, int(limits.maxexp) + room, floor(log2(_least(trial))) - int(limits.minexp) - HALVINGS)


def farthest(trial: Trial) -> int:
    """The power of two by which dy may grow, and shrink as well, for every gradient to stay among normal numbers.

    And for the square of the largest number to be finite in float64, in which bounds are computed.
    """
    least = floor(log2(_least(trial))) - int(np.finfo(carrier(trial.case.dtype)).minexp) - HALVINGS
    squared = _POWERS // 2 - ceil(log2(max(1.0, *trial.case.largest.values())))
    return min(least // 2, squared, *(_room_above(trial, of) for of in trial.got.gradients))


def _room_above(trial: Trial, of: str) -> int:
    """By which power of two dy may grow before a sum behind the gradient comes within a factor of 2 of infinity."""
    divisor = trial.family.largest_divisor(trial.case.shapes, trial.case.config)
    largest = max(1.0, trial.case.largest["dy"], float(np.max(trial.mass[of], initial=0.0)) * divisor)
    return min(_POWERS, int(np.finfo(carrier(trial.case.dtype)).maxexp) - 2 - floor(log2(largest)))


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
