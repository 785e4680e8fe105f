"""Finite differences of the subject's own forward, one entry of one argument at a time.

The derivative of L = sum(dy * f) along entry i of an argument is dx[i]; of complex numbers, L = Re sum(conj(dy) * f)
and dx[i] holds the derivatives along the real and the imaginary part. Where f is linear along the step (a family
says how far), (L(x + h e_i) - L(x)) / h has no truncation error at all: what is left is the rounding of the two
forwards, which is bounded from their masses and is zero on integers. Every entry of a small argument is tried (the
full Jacobian, contracted with dy); of a large one a seeded sample with both ends, and the rest is counted as blind.
Where f is smooth instead, the quotient's limit is taken (slopes.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.case import Case
from checks.claim import Claim, unable
from checks.data import round_to
from checks.oracles.slopes import entrywise
from checks.rounding import exact_limit, is_complex
from checks.stencil import quotient
from checks.types import Array, Arrays, Shape, gradient_of
from checks.witness import Trial, Witness, plus

#: Entries of one argument that are tried; all of them in a smaller argument.
MOST_ENTRIES = 64
#: The same where f is smooth: each limit takes some hundred forwards, and the adjoint tries all entries together.
MOST_SMOOTH = 16
#: The fewest that are tried, in a layer so large that each forward is dear.
FEWEST_ENTRIES = 6
#: Numbers that all forwards for one argument may read together.
MOST_NUMBERS = 4_000_000


class FiniteDifference(Witness):
    """Each gradient entry against a difference quotient of the subject's own forward."""

    law = "finite differences"
    needs = "data away from kinks"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for each gradient."""
        for argument in trial.case.arguments:
            yield self._claim(trial, argument)

    def _claim(self, trial: Trial, argument: str) -> Claim:
        of, got = gradient_of(argument), trial.got.gradients[gradient_of(argument)]
        if trial.family.smooth:
            return entrywise(self.law, trial, argument, sample(got.shape, MOST_SMOOTH, trial.case.seed))
        places = sample(got.shape, entries(trial.case), trial.case.seed)
        reach = trial.family.reach(trial.case, argument)
        if not reach:
            return unable(self.law, of, got.size, "the data lie at kinks, or too close to step aside")
        step = 1.0 if reach >= 1 else 2.0 ** np.floor(np.log2(reach))
        inputs = trial.case.inputs
        pairs = [self._entry(trial, argument, inputs, place, step) for place in places]
        want, error = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
        tried = np.array([got[place] for place in places], dtype=got.dtype)
        bound = np.array([trial.bound(of)[place] for place in places], dtype=np.float64) + error
        return Claim(self.law, of, tried, want, bound, self._why(step, error), got.size - len(places), tuple(places))

    def _entry(self, trial: Trial, argument: str, inputs: Arrays, place: Shape, step: float) -> tuple[complex, float]:
        """Derivative along one entry, and the largest error of that number."""
        value, error = self._along(trial, argument, inputs, place, step)
        if not is_complex(trial.case.dtype):
            return value, error
        other, more = self._along(trial, argument, inputs, place, 1j * step)
        return complex(value, other), error + more

    def _along(self, trial: Trial, argument: str, inputs: Arrays, place: Shape, step: complex) -> tuple[float, float]:
        """Derivative of sum(dy * f) along one direction of one entry, and the largest error of that number."""
        moved = {**inputs, argument: inputs[argument].copy()}
        before = moved[argument][place]
        moved[argument][place] = round_to(np.asarray(before + step), trial.case.dtype)
        width = float(abs(moved[argument][place].astype(trial.wide) - before.astype(trial.wide)))
        y = trial.subject.apply(moved, trial.case.config).astype(trial.wide, copy=False)
        start = trial.got.y.astype(trial.wide, copy=False)
        noise = self._noise(trial, argument, width)
        excess = trial.excess("y", moved)
        return quotient(y, start, trial.wide_dy, width, plus(plus(noise, excess), trial.excess("y")))

    def _noise(self, trial: Trial, argument: str, width: float) -> Array:
        """Largest rounding error in an output of either forward; moving an entry adds its share to the mass."""
        if (
            not np.any(trial.plain_bound("y"))
            and float(width).is_integer()
            and self._stays_exact(trial, argument, width)
        ):
            return trial.plain_bound("y")
        return trial.error("y", trial.mass["y"] + abs(width) * self._slope(trial, argument), trial.case.dtype)

    def _stays_exact(self, trial: Trial, argument: str, width: float) -> bool:
        limit = exact_limit(trial.case.dtype)
        moved = {**trial.largest, argument: trial.largest[argument] + abs(width)}
        return trial.roundings["y"] * trial.family.peak(moved) <= limit

    def _slope(self, trial: Trial, argument: str) -> float:
        """Largest derivative of an output by an entry of the argument: the largest other operand."""
        others = [value for name, value in trial.largest.items() if name not in {argument, "bias", "dy"}]
        return float(max([1.0, *others]))

    def _why(self, step: float, error: Array) -> str:
        if not np.any(error):
            return f"f is linear along the step {step:g} and exact on integers: the quotient is the derivative"
        return f"f is linear along the step {step:g}: what is left is the rounding of two forwards, {np.max(error):.2g}"


def entries(case: Case) -> int:
    """How many entries of an argument are tried, from the sizes of the case alone."""
    return max(FEWEST_ENTRIES, min(MOST_ENTRIES, MOST_NUMBERS // max(case.sizes(), 1)))


def sample(shape: Shape, most: int, seed: int) -> list[Shape]:
    """Indices of an array: all where there are at most ``most``, else a seeded sample with the first and the last."""
    size = int(np.prod(shape))
    flat = np.arange(size)
    if size > most:
        inner = np.random.default_rng(seed).choice(np.arange(1, size - 1), most - 2, replace=False)
        flat = np.sort(np.concatenate([[0, size - 1], inner]))
    return [tuple(int(i) for i in np.unravel_index(int(place), shape)) for place in flat]
