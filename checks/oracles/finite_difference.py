"""Finite differences of the subject's own forward, one entry of one argument at a time.

The derivative of L = sum(dy * f) along entry i of an argument is dx[i]; of complex numbers, L = Re sum(conj(dy) * f)
and dx[i] holds the derivatives along the real and the imaginary part. Where f is linear along the step (a family
says how far), (L(x + h e_i) - L(x)) / h has no truncation error at all: what is left is the rounding of the two
forwards, which is bounded from their masses and is zero on integers. Every entry of a small argument is tried (the
full Jacobian, contracted with dy); of a large one a seeded sample with both ends, and the rest is counted as blind.
Entries whose outputs lie apart are moved together first (together.py); where that shows anything, one by one, and what
that shows is said.
Where f is smooth instead, the quotient's limit is taken (slopes.py, directions.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import prod

import numpy as np

from checks.bounds import anything
from checks.claim import Claim, unable
from checks.compare import compare
from checks.data import round_to
from checks.equality import highest
from checks.oracles.adjoint import Moved
from checks.oracles.lines import late, leaves
from checks.oracles.mirrored import unless_mirrored
from checks.oracles.noise import noise
from checks.oracles.slopes import entrywise
from checks.oracles.together import MOST_ENTRIES, derivatives
from checks.rounding import is_complex
from checks.stencil import quotient
from checks.types import Array, Arrays, Shape, gradient_of
from checks.witness import Trial, Witness

#: The fewest that are tried, in a layer so large, or so slow, that each forward is dear.
FEWEST_ENTRIES = 6
#: Numbers that all forwards for one argument may read together.
MOST_NUMBERS = 4_000_000


class FiniteDifference(Witness):
    """Each gradient entry against a difference quotient of the subject's own forward."""

    law = "finite differences"
    needs = "data away from kinks"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for each gradient; blind of those for which a slow layer leaves no time."""
        for number, argument in enumerate(trial.case.arguments):
            yield late(self.law, trial, argument) if leaves(trial, number) else self.claim(trial, argument)

    def claim(self, trial: Trial, argument: str) -> Claim:
        """The claim for the gradient of one argument."""
        of, got = gradient_of(argument), trial.got.gradients[gradient_of(argument)]
        if trial.family.smooth:
            some = indices(sample(got.shape, entries(trial), trial.case.seed))
            return unless_mirrored(trial, argument, entrywise(self.law, trial, argument, some))
        places = sample(got.shape, entries(trial), trial.case.seed)
        reach = trial.family.reach(trial.case, argument)
        if not reach:
            return unable(self.law, of, got.size, "the data lie at kinks, or too close to step aside")
        step = 1.0 if reach >= 1 else 2.0 ** np.floor(np.log2(reach))
        if (found := derivatives(trial, argument, places, step)) is not None:
            claim = self._stated(trial, of, places, *found, "entries moved together whose outputs lie apart: ")
            if compare(claim).status != "wrong":
                return claim
            trial.shared(Moved).pop(argument, None)  # of samples, or kernels, that mix
        inputs = trial.case.inputs
        pairs = [self._entry(trial, argument, inputs, place, step) for place in indices(places)]
        want, error = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
        return self._stated(trial, of, places, want, error, "")

    def _stated(self, trial: Trial, of: str, places: Array, want: Array, error: Array, how: str) -> Claim:
        got, bound = trial.got.gradients[of], trial.bound(of)
        index = tuple(places.T)
        held = np.asarray(bound[index], np.float64) + error
        return Claim(self.law, of, got[index], want, held, how + _why(error), got.size - len(places), places)

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
        return quotient(y, trial.wide_y, trial.wide_dy, width, noise(trial, argument, width, moved, y))


def _why(error: Array) -> str:
    if not anything(error):
        return "f is linear along the step and exact on integers: the quotient is the derivative"
    return f"f is linear along the step: what is left is the rounding of two forwards, {highest(error):.2g}"


def entries(trial: Trial) -> int:
    """How many entries of an argument are tried: from the sizes of the case alone, unless the subject is slow."""
    if trial.slow and not trial.family.smooth:  # there the time is looked at
        return FEWEST_ENTRIES
    return max(FEWEST_ENTRIES, min(MOST_ENTRIES, MOST_NUMBERS // max(trial.case.sizes(), 1)))


def sample(shape: Shape, most: int, seed: int) -> Array:
    """Indices of an array (entries, axes): all where there are at most ``most``, else both ends and a sample.

    That holds one of each equal part, which the seed takes.
    """
    size = prod(shape)
    flat = np.arange(min(size, most))
    if size > most:
        edges = _edges(size, most)
        flat[1:-1], flat[-1] = np.random.default_rng(seed).integers(edges[:-1], edges[1:]), size - 1
    return np.array(np.unravel_index(flat, shape)).T if shape else np.empty((1, 0), np.intp)


def indices(places: Array) -> list[Shape]:
    """The same, each as a tuple."""
    return list(map(tuple, places.tolist()))


@lru_cache(1024)
def _edges(size: int, most: int) -> Array:
    """Where the equal parts of what lies between both ends begin, and where the last of them ends."""
    return np.linspace(1, size - 1, most - 1).astype(np.intp)
