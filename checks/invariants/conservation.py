"""Sums that a gradient conserves, per sample and channel, as the family's sheet derives them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.claim import Claim
from checks.rounding import exact_limit, gamma, whole
from checks.sum_law import SumLaw
from checks.types import Array
from checks.witness import Trial, Witness


class Conservation(Witness):
    """Sum of a gradient = sum of dy * share."""

    law = "sums"
    needs = "a family whose gradients have known sums"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for each sum law of the family; none where it has none."""
        for sums in trial.family.sum_laws(trial.case.shapes, trial.case.config):
            yield self._claim(trial, sums)

    def _claim(self, trial: Trial, sums: SumLaw) -> Claim:
        of = sums.gradient
        gradient = trial.got.gradients[of].astype(trial.wide)
        got = gradient if not sums.axes else gradient.sum(sums.axes)
        parts = trial.wide_dy * sums.share
        bound = _total(trial.bound(of), sums.axes) + _summing(gradient, sums.axes) + _summing(parts, sums.dy_axes)
        return Claim(self.law, of, got, parts.sum(sums.dy_axes), bound, self._why(sums, bound), counted="sum")

    def _why(self, sums: SumLaw, bound: Array) -> str:
        return f"{sums.why}; " + (
            "rounding of each entry, added up" if np.any(bound) else "integers, so the sums are equal"
        )


def _total(values: Array, axes: tuple[int, ...]) -> Array:
    return values.sum(axes) if axes else values


def _summing(values: Array, axes: tuple[int, ...]) -> Array:
    """Rounding of a float64 sum over ``axes``; none where all terms are integers and the sum is small enough.

    None as well where the sum is not finite: it may not hide behind its own bound.
    """
    mass = _total(np.abs(values), axes)
    mass = np.where(np.isfinite(mass), mass, 0.0)
    terms = values.size // max(mass.size, 1)
    return np.where(whole(values) & (mass <= exact_limit("float64")), 0.0, gamma(terms + 2, "float64") * mass)
