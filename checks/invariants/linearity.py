"""A backward pass is linear in dy: additive, odd, and zero at zero. relu(dy), |dy|, clip(dy) and dy**2 are not.

Where examples were given dy is drawn, and always small and dense: then it is tried large, and in two parts that are 0
where the other is not, as they come out of ReLU and pooling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from checks.claim import Claim
from checks.data import round_to
from checks.rounding import unit_roundoff
from checks.slip import slip
from checks.types import Array, Arrays
from checks.witness import Trial, Witness

#: By how much dy is made larger: a power of two, which no rounding sees; less where numbers end at 65,504.
LARGE = 1024.0
LARGE_IN: Mapping[str, float] = {"float16": 16.0}


class Linearity(Witness):
    """B(a + b) = B(a) + B(b), B(-a) = -B(a), B(0) = 0."""

    law = "linearity"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """Three claims for each gradient, five where examples were given."""
        dy = trial.case.dy
        other = np.random.default_rng([trial.case.seed, 1]).permutation(dy.ravel()).reshape(dy.shape)
        yield from self._additive(trial, dy, other)
        yield from self._odd(trial, dy)
        yield from self._zero(trial, dy)
        if trial.family.smooth:
            yield from self._grown(trial, dy)
            yield from self._in_parts(trial, dy)

    def _pull(self, trial: Trial, dy: Array) -> Arrays:
        return trial.subject.pull(trial.case.inputs, trial.case.config, dy).gradients

    def _additive(self, trial: Trial, dy: Array, other: Array) -> Iterator[Claim]:
        scale = 1 if trial.case.lattice else 2
        half, rest = (round_to(part / scale, trial.case.dtype) for part in (dy, other))
        total = round_to(half.astype(trial.wide) + rest, trial.case.dtype)
        first, second, both = (self._pull(trial, part) for part in (half, rest, total))
        size = np.abs(half.astype(trial.wide)) + np.abs(rest)
        lost = np.abs(total.astype(trial.wide) - half - rest)
        if np.any(lost):  # as well as what was lost in telling it, and in adding the two gradients
            lost += 4 * unit_roundoff(trial.wide) * size
        errors = trial.backward_error(size)
        skipped = trial.family.mass(trial.wide_inputs, trial.case.config, lost).gradients if np.any(lost) else {}
        for of, got in both.items():
            want = first[of].astype(trial.wide) + second[of]
            bound = 3 * errors[of] + skipped.get(of, 0.0) + slip(trial, of, got, first[of], second[of])
            yield Claim(self.law, of, got, want, bound, f"B(a + b) = B(a) + B(b); {_why(bound)}")

    def _odd(self, trial: Trial, dy: Array) -> Iterator[Claim]:
        for of, got in self._pull(trial, -dy).items():
            want = -trial.got.gradients[of].astype(trial.wide)
            bound = 2 * trial.bound(of) + slip(trial, of, got, want)
            yield Claim(self.law, of, got, want, bound, f"B(-a) = -B(a); {_why(bound)}")

    def _zero(self, trial: Trial, dy: Array) -> Iterator[Claim]:
        for of, got in self._pull(trial, np.zeros_like(dy)).items():
            nothing = np.zeros(got.shape)
            yield Claim(self.law, of, got, nothing, nothing, "B(0) = 0 exactly")

    def _grown(self, trial: Trial, dy: Array) -> Iterator[Claim]:
        factor = LARGE_IN.get(trial.case.dtype, LARGE)
        for of, got in self._pull(trial, (dy * factor).astype(dy.dtype)).items():
            want, bound = trial.got.gradients[of].astype(trial.wide) * factor, 2 * trial.bound(of) * factor
            yield Claim(self.law, of, got, want, bound, f"B({factor:g} a) = {factor:g} B(a); {_why(bound)}")

    def _in_parts(self, trial: Trial, dy: Array) -> Iterator[Claim]:
        kept = np.random.default_rng([trial.case.seed, 2]).integers(2, size=dy.shape).astype(bool)
        first, second = (self._pull(trial, np.where(part, dy, 0).astype(dy.dtype)) for part in (kept, ~kept))
        for of, got in trial.got.gradients.items():
            want = first[of].astype(trial.wide) + second[of]
            bound = 3 * trial.bound(of) + slip(trial, of, got, first[of], second[of])
            yield Claim(
                self.law, of, got, want, bound, f"B(a) + B(b) = B(a + b), a being 0 where b is not; {_why(bound)}"
            )


def _why(bound: Array) -> str:
    return "rounding of each side" if np.any(bound) else "exact on these data"
