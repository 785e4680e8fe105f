"""Which known mistakes give exactly what a subject gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from checks.diagnosis.difference import Difference, differences, source
from checks.mistakes import known
from checks.mistakes.mistake import Evidence, Mistake
from checks.rounding import gamma
from checks.types import Array, Arrays
from checks.witness import Trial

#: How many times closer to a prediction than to the right gradient a match must be.
CLOSER = 100.0


class Fit(IntEnum):
    """How well a prediction explains what was seen."""

    NONE = 0
    NEAR = 1
    EXACT = 2


@dataclass(frozen=True)
class Match:
    """A known mistake that explains what was seen: bit for bit (``exact``), or within rounding.

    ``where`` is the derivation that it breaks, of the family at hand.
    """

    mistake: Mistake
    of: str
    exact: bool
    where: str

    def __str__(self) -> str:
        how = "bit for bit" if self.exact else "within rounding"
        return (
            f"{self.of} equals, {how}, what a backward gives that {self.mistake.does}; see {self.where} "
            f"[{self.mistake.name}]"
        )


class Seen:
    """A trial beside its expectations, and what each known mistake predicts for it, computed once."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.differences = differences(trial)
        self._evidence = Evidence(source(trial), trial.wide_inputs, trial.case.config, trial.wide_dy)
        self._predicted: dict[str, Arrays] = {}

    @property
    def gradients(self) -> tuple[str, ...]:
        """Names of all gradients."""
        return tuple(name for name in self.differences if name != "y")

    def predicted(self, mistake: Mistake) -> Arrays:
        """Gradients that a mistake changes, in the wide format."""
        if mistake.name not in self._predicted:
            self._predicted[mistake.name] = mistake.gradients_of(self._evidence)
        return self._predicted[mistake.name]

    def shows(self, mistake: Mistake, of: str) -> bool:
        """Whether a mistake's prediction is wrong by more than rounding."""
        difference, predicted = self.differences[of], self.predicted(mistake).get(of)
        with np.errstate(all="ignore"):
            return predicted is not None and bool(np.any(np.abs(predicted - difference.want) > difference.bound))

    def fit(self, mistake: Mistake, of: str) -> Fit:
        """How well a mistake explains one gradient; what it does not touch must be right."""
        difference = self.differences[of]
        predicted = self.predicted(mistake).get(of, difference.want)
        with np.errstate(all="ignore"):
            if np.array_equal(difference.got, predicted.astype(difference.got.dtype), equal_nan=True):
                return Fit.EXACT
            return Fit.NEAR if self._near(difference, predicted) else Fit.NONE

    def _near(self, difference: Difference, predicted: Array) -> bool:
        """Within rounding of the prediction, and far closer to it than to the right gradient unless that is right."""
        slack = self._slack(difference, predicted)
        off = np.abs(difference.got - difference.want)
        telling = float(np.max(off, initial=0.0)) > CLOSER * float(np.max(slack, initial=0.0))
        near = bool(np.all(np.abs(difference.got - predicted) <= slack))
        return near and (telling or not difference.wrong.any())

    def _slack(self, difference: Difference, predicted: Array) -> Array:
        """Rounding of a mistaken computation: that of the right one, or as many roundings of its largest entry."""
        count = max(self.trial.roundings[difference.of], 1) + 2
        largest = float(np.max(np.abs(predicted), initial=0.0))
        return np.asarray(np.fmax(difference.bound, gamma(count, self.trial.case.dtype) * largest))


def matches(trials: list[Trial], of: str) -> list[Match]:
    """Known mistakes that explain every gradient of every trial, exact ones first; else those that explain ``of``.

    The first trial must show the mistake; the others tell apart mistakes that agree on it by chance.
    """
    seen = [Seen(trial) for trial in trials]
    shown = [mistake for mistake in known(trials[0].family) if seen[0].shows(mistake, of)]
    return _explaining(seen, of, seen[0].gradients, shown) or _explaining(seen, of, (of,), shown)


def _explaining(seen: list[Seen], of: str, gradients: tuple[str, ...], mistakes: list[Mistake]) -> list[Match]:
    fits = {mistake.name: _worst_fit(seen, gradients, mistake) for mistake in mistakes}
    fitting = [mistake for mistake in mistakes if fits[mistake.name]]
    sheet = seen[0].trial.family
    found = [Match(each, of, fits[each.name] is Fit.EXACT, each.where_for(sheet)) for each in fitting]
    return sorted(found, key=lambda match: not match.exact)


def _worst_fit(seen: list[Seen], gradients: tuple[str, ...], mistake: Mistake) -> Fit:
    worst = Fit.EXACT
    for one in seen:
        for name in set(gradients) & set(one.gradients):  # a case may have no bias
            worst = min(worst, one.fit(mistake, name))
            if not worst:
                return worst
    return worst


def near_twins(trial: Trial) -> Iterator[Trial]:
    """The same layer on other numbers, for telling apart mistakes that agree by chance."""
    for further in (1, 2):
        yield Trial(trial.subject, trial.family, trial.case.but(seed=trial.case.seed + further, values={}))
