"""A trial beside its expectations, and how well a known mistake explains it."""

from __future__ import annotations

from enum import IntEnum
from functools import cached_property

import numpy as np

from checks.diagnosis.difference import Difference, differences, expected, source
from checks.mistakes.mistake import Evidence, Mistake
from checks.rounding import gamma
from checks.types import Array, Arrays
from checks.witness import Trial

#: How many times closer to a prediction than to the right gradient a match must be.
CLOSER = 100.0


class Fit(IntEnum):
    """How well a prediction explains what was seen."""

    NONE = 0
    #: Within rounding of the prediction, which is so large here that it tells little.
    CONSISTENT = 1
    NEAR = 2
    EXACT = 3


class Seen:
    """A trial beside its expectations, and what each known mistake predicts for it, computed once."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._evidence = Evidence(source(trial), trial.wide_inputs, trial.case.config, trial.wide_dy)
        self._predicted: dict[str, Arrays] = {}

    @cached_property
    def differences(self) -> dict[str, Difference]:
        """What the subject gave beside what it must give.

        Raises SubjectError where the subject raises or a shape is wrong.
        """
        return differences(self.trial)

    @cached_property
    def expected(self) -> Arrays:
        """What it must give."""
        return expected(self.trial)

    @property
    def gradients(self) -> tuple[str, ...]:
        """Names of all gradients."""
        return tuple(name for name in self.expected if name != "y")

    def predicted(self, mistake: Mistake) -> Arrays:
        """Gradients that a mistake changes, in the wide format."""
        if mistake.name not in self._predicted:
            self._predicted[mistake.name] = mistake.gradients_of(self._evidence)
        return self._predicted[mistake.name]

    def shows(self, mistake: Mistake, of: str) -> bool:
        """Whether a mistake's prediction is wrong by more than rounding; the subject is not asked."""
        predicted = self.predicted(mistake).get(of)
        if predicted is None:
            return False
        bound = self.trial.bound(of) + self.trial.wide_error(of)
        with np.errstate(all="ignore"):
            return bool(np.any(np.abs(predicted - self.expected[of]) > bound))

    def fit(self, mistake: Mistake, of: str) -> Fit:
        """How well a mistake explains one gradient; what it does not touch must be right.

        Not at all where the right numbers in the format that came are what came: that format alone explains it.
        """
        difference = self.differences[of]
        predicted = self.predicted(mistake).get(of, difference.want)
        with np.errstate(all="ignore"):
            if _in_format(predicted, difference):
                return Fit.NONE if difference.wrong.any() and _in_format(difference.want, difference) else Fit.EXACT
            return self._near(difference, predicted)

    def _near(self, difference: Difference, predicted: Array) -> Fit:
        """Within rounding of the prediction, and far closer to it than to the right gradient unless that is right."""
        slack = self._slack(difference, predicted)
        if not np.all(np.abs(difference.got - predicted) <= slack):
            return Fit.NONE
        off = np.abs(difference.got - difference.want)
        telling = float(np.max(off, initial=0.0)) > CLOSER * float(np.max(slack, initial=0.0))
        return Fit.NEAR if telling or not difference.wrong.any() else Fit.CONSISTENT

    def _slack(self, difference: Difference, predicted: Array) -> Array:
        """Rounding of a mistaken computation: that of the right one, or as many roundings of its largest entry."""
        count = max(self.trial.roundings[difference.of], 1) + 2
        largest = float(np.max(np.abs(predicted), initial=0.0))
        return np.asarray(np.fmax(difference.bound, gamma(count, self.trial.case.dtype) * largest))


def _in_format(values: Array, difference: Difference) -> bool:
    """Whether numbers are what came, bit for bit, once they are in its format."""
    return np.array_equal(difference.got, values.astype(difference.got.dtype), equal_nan=True)
