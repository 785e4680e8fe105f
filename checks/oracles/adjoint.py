"""The adjoint identity: <dy, J v> = <dx, v> for random directions v, with J v from the subject's own forward.

Where the forward is linear along v, f(x + v) - f(x) is J v with no truncation; on integers both sides are integers
and must be equal. A backward that is linear in dy and wrong in any entry passes one draw of v from {-S, ..., S} with
probability at most 1/(2S + 1) (Schwartz-Zippel, as in Freivalds' check of a matrix product), so a few draws settle a
layer of any size.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.claim import Claim, unable
from checks.rounding import exact_limit, gamma
from checks.types import Array, carrier, gradient_of
from checks.witness import Trial, Witness, widen

DRAWS = 3


class Adjoint(Witness):
    """Each gradient as a whole, against directional differences of the subject's own forward."""

    law = "adjoint"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim of ``DRAWS`` numbers for each gradient."""
        for argument in trial.case.arguments:
            size = trial.got.gradients[gradient_of(argument)].size
            if not trial.family.reach(trial.case, argument):
                yield unable(self.law, gradient_of(argument), size, "the data lie at kinks, or too close to step aside")
            else:
                yield self._claim(trial, argument)

    def _claim(self, trial: Trial, argument: str) -> Claim:
        rng = np.random.default_rng([trial.case.seed, len(argument)])
        products = [self._products(trial, argument, rng) for _ in range(DRAWS)]
        got, want, bound = (np.array(column) for column in zip(*products, strict=True))
        return Claim(self.law, gradient_of(argument), got, want, bound, self._why(trial, argument, bound))

    def _products(self, trial: Trial, argument: str, rng: np.random.Generator) -> tuple[float, float, float]:
        """<dx, v>, <dy, f(x + v) - f(x)> and how far rounding can drive them apart."""
        start, of = trial.case.inputs[argument], gradient_of(argument)
        moved = (start.astype(trial.wide) + self._direction(trial, argument, rng)).astype(carrier(trial.case.dtype))
        v = moved.astype(trial.wide) - start
        inputs = {**trial.case.inputs, argument: moved}
        change = trial.subject.apply(inputs, trial.case.config).astype(trial.wide) - trial.got.y
        noise = trial.bound("y") + trial.forward_error(widen(inputs, trial.wide))
        gradient = trial.got.gradients[of].astype(trial.wide)
        bound = _dot(np.abs(v), trial.bound(of)) + _dot(np.abs(trial.wide_dy), noise)
        return (
            _dot(gradient, v),
            _dot(trial.wide_dy, change),
            bound + _slack(gradient, v) + _slack(trial.wide_dy, change),
        )

    def _direction(self, trial: Trial, argument: str, rng: np.random.Generator) -> Array:
        shape, reach = trial.case.shapes[argument], trial.family.reach(trial.case, argument)
        if not trial.case.lattice:
            return rng.uniform(-1, 1, shape) * min(reach, 1.0)
        span = int(min(reach, trial.case.span * trial.case.unit))
        return rng.integers(-span, span + 1, shape).astype(np.float64)

    def _why(self, trial: Trial, argument: str, bound: Array) -> str:
        if np.any(bound):
            return (
                f"rounding of two forwards and one backward, weighted with the direction: at most {np.max(bound):.2g}"
            )
        span = int(min(trial.family.reach(trial.case, argument), trial.case.span * trial.case.unit))
        missed = (2 * span + 1.0) ** -DRAWS
        return f"integers: a wrong linear backward passes {DRAWS} draws with probability at most {missed:.1g}"


def _dot(a: Array, b: Array) -> float:
    return float(np.sum(a * b))


def _slack(a: Array, b: Array) -> float:
    """Rounding of a dot product in float64; none where it is a sum of exact integers."""
    mass = _dot(np.abs(a), np.abs(b))
    whole = all(bool(np.all(values == np.rint(values))) for values in (a, b))
    return 0.0 if whole and mass <= exact_limit("float64") else gamma(a.size + 1, "float64") * mass
