"""What it takes for a result to be wrong: settings of all wrong cases, without any one of which a plain one is right.

Each is taken away from the plainest case by itself. So it is no coincidence: numbers are drawn anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from time import monotonic

from checks.case import Case
from checks.diagnosis.chance import share
from checks.diagnosis.difference import differences
from checks.diagnosis.settings import Setting, Setup, joined, settings
from checks.errors import CaseError, SubjectError, UsageError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.witness import Trial

#: Draws of the numbers of each case.
DRAWS = 20
#: Probability with which anything that is told may be so by chance.
CHANCE = 0.01
#: Seconds after which no further question is asked.
SECONDS = 2.0


@dataclass(frozen=True)
class Apart:
    """What sets wrong cases apart: as counted, settings that all of them have, and the plainest of them.

    What is ``counted`` is told where no setting is known without which a case is right. ``right`` are cases that are
    right: settings that some of them have as well are not enough, and one that all of them have sets nothing apart.
    """

    counted: str
    common: frozenset[str]
    plainest: Case
    right: tuple[Case, ...] = ()

    def told(self, trial: Trial, of: str) -> str:
        """The sentence; empty where there is none."""
        everywhere = common(trial.family, self.right)
        needed = [words for words in self._needed(trial, of) if words not in everywhere]
        if not needed:
            return self.counted
        without = "it" if len(needed) == 1 else "any one of them"
        shared = f"every wrong case has {' and '.join(joined(needed))}{self._not_enough(trial.family, needed)}"
        return f"{shared}; without {without} {of} is right on the plainest case"

    def _not_enough(self, family: Family, needed: Iterable[str]) -> str:
        """How many right cases have these settings as well; empty where none of them does."""
        alike = sum(common(family, [case]).issuperset(needed) for case in self.right)
        return f", and {alike} of {len(self.right)} right ones" if alike else ""

    def _needed(self, trial: Trial, of: str) -> list[str]:
        family, base, end = trial.family, self.plainest, monotonic() + SECONDS
        if not isinstance(family, GeometricFamily) or not self.common:
            return []
        setup, found = Setup(family.geometry(base), base.dtype), list[tuple[Setting, Setup]]()
        wrong = sum(_wrong(trial, of, case, end) is True for case in _built(family, setup, base))
        if len(self.common) * share(DRAWS, 2 * DRAWS, wrong) >= CHANCE:  # that all fall on one of two cases
            return []
        for setting in settings(family, base.dtype):
            other = setting.without(setup) if setting.words in self.common and setting.has(setup) else setup
            if other != setup and not setting.has(other) and _right(trial, of, _built(family, other, base), end):
                found.append((setting, other))
        if monotonic() > end:  # what was not asked may be taken as well
            return []
        return [setting.words for setting, other in found if not any(_by(setting, other, *each) for each in found)]


def common(family: Family, wrong: Iterable[Case]) -> frozenset[str]:
    """Settings that all of these cases have, in words."""
    cases = list(wrong)
    if not cases or not isinstance(family, GeometricFamily):
        return frozenset()
    setups = [Setup(family.geometry(case), case.dtype) for case in cases]
    return frozenset(
        each.words for each in settings(family, cases[0].dtype) if all(each.has(setup) for setup in setups)
    )


def _by(setting: Setting, without: Setup, other: Setting, without_other: Setup) -> bool:
    """Whether taking a setting away does no more than take away another one, which alone does less."""
    return not other.has(without) and setting.has(without_other)


def _built(family: GeometricFamily, setup: Setup, base: Case) -> Iterator[Case]:
    """The cases of a setup; none where it is no layer."""
    with suppress(CaseError):
        for further in range(DRAWS):
            yield family.case(setup.geometry, setup.dtype, base.data, base.seed + further)


def _right(trial: Trial, of: str, cases: Iterator[Case], end: float) -> bool:
    """Whether a result is right on all of some cases, of which there are any."""
    first = next(cases, None)
    return first is not None and all(_wrong(trial, of, case, end) is False for case in chain([first], cases))


def _wrong(trial: Trial, of: str, case: Case, end: float) -> bool | None:
    """Whether a result is wrong on a case; None where the subject gives none, or there is no time left."""
    if monotonic() > end:
        return None
    with suppress(SubjectError, UsageError, KeyError):
        return bool(differences(replace(trial, case=case))[of].wrong.any())
    return None
