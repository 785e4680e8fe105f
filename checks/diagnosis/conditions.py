"""What it takes for a result to be wrong: settings of all wrong cases, without any one of which a plain one is right.

Each is taken away from the plainest case by itself. So it is no coincidence: numbers are drawn anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
#: Numbers of a case that is asked, unless the wrong one has more: another axis as long as a long one may fill memory.
MOST_NUMBERS = 2**20


@dataclass(frozen=True)
class Apart:
    """What sets wrong cases apart: as counted, settings that all of them have, and the plainest of them.

    What is ``counted`` is told where no setting is known without which a case is right. ``right`` are cases that are
    right: settings that some of them have as well are not enough, and one that all of them have sets nothing apart.
    ``broken`` are cases on which any law finds the result wrong, some of them on other numbers.
    """

    counted: str
    common: frozenset[str]
    plainest: Case
    right: tuple[Case, ...] = ()
    broken: tuple[Case, ...] = ()

    def told(self, trial: Trial, of: str) -> str:
        """The sentence; empty where there is none."""
        held = [common(trial.family, [case]) for case in self.right]
        found = self._taken(trial, of)
        needed = self._telling([each for each in found if each.words in self.common], held)
        if not needed:
            return self.counted
        words = [each.words for each in needed]
        without = "it" if len(words) == 1 else "any one of them"
        every = all(common(trial.family, [case]).issuperset(words) for case in self.broken)
        which = "wrong case" if every else "case on which another source finds it wrong"
        shared = f"every {which} has {' and '.join(joined(words))}{_not_enough(words, held)}"
        less = [each for each in found if each.words not in self.common and any(other.by(each) for other in needed)]
        return f"{shared}; without {without} {of} is right on the plainest case{_less(self._telling(less, held))}"

    def _taken(self, trial: Trial, of: str) -> list[Needed]:
        """Settings of the plainest case without any one of which it is right; none where that may be chance.

        Those that all wrong cases have are asked about first: the others are worth what time is left.
        """
        family, base, end = trial.family, self.plainest, monotonic() + SECONDS
        if not isinstance(family, GeometricFamily) or not self.common:
            return []
        setup, found = Setup(family.geometry(base), base.dtype), list[Needed]()
        wrong = sum(_wrong(trial, of, case, end) is True for case in _built(family, setup, base))
        of_case = [(place, each) for place, each in enumerate(settings(family, base.dtype)) if each.has(setup)]
        shared = [(place, each) for place, each in of_case if each.words in self.common]
        chance = share(DRAWS, 2 * DRAWS, wrong)  # that all fall on one of two cases
        if len(shared) * chance >= CHANCE:
            return []
        others = [each for each in of_case if each not in shared] if len(of_case) * chance < CHANCE else []
        for place, setting in (*shared, *others):
            other = setting.without(setup)
            if other != setup and _right(trial, of, _without(family, setting, other, base), end):
                found.append(Needed(place, setting, other))
            if monotonic() > end:  # what was not asked may be taken as well
                return [each for each in found if setting.words not in self.common and each.words in self.common]
        return found

    def _telling(self, found: list[Needed], held: Sequence[frozenset[str]]) -> list[Needed]:
        """Those that take no more away than another one, and which not all right cases have."""
        least = [each for each in found if not any(each.by(other) for other in found)]
        some = [each for each in least if not held or not all(each.words in has for has in held)]
        return [each for each in some if not any(each.tells_less(other, held) for other in some)]


@dataclass(frozen=True)
class Needed:
    """A setting, its place among all, and what the plainest wrong case is without it, where it is right."""

    place: int
    setting: Setting
    without: Setup

    @property
    def words(self) -> str:
        """See ``Setting``."""
        return self.setting.words

    def by(self, other: Needed) -> bool:
        """Whether taking it away does no more than take away another one, which alone does less."""
        return not other.setting.has(self.without) and self.setting.has(other.without)

    def tells_less(self, other: Needed, right: Iterable[frozenset[str]]) -> bool:
        """Whether nothing is left without it but what is left without another one, which fewer right cases have.

        Or the same ones, and the other stands later among the settings, where the more general ones stand.
        """
        if self.without != other.without or self.place == other.place:
            return False
        more = [(self.words in has) - (other.words in has) for has in right]
        return -1 not in more and (1 in more or self.place < other.place)


def _less(found: Sequence[Needed]) -> str:
    """What is taken away with what all wrong cases have, and alone does: not every wrong case has it."""
    if not found:
        return ""
    said = " or ".join(f"without {each.words}" for each in found)
    return f", and there {said} alone, which not every wrong case has: there may be two mistakes"


def _not_enough(needed: Iterable[str], right: Sequence[frozenset[str]]) -> str:
    """How many right cases have these settings as well; empty where none of them does."""
    alike = sum(has.issuperset(needed) for has in right)
    return f", and {alike} of {len(right)} right ones" if alike else ""


def common(family: Family, wrong: Iterable[Case]) -> frozenset[str]:
    """Settings that all of these cases have, in words."""
    cases = list(wrong)
    if not cases or not isinstance(family, GeometricFamily):
        return frozenset()
    setups = [Setup(family.geometry(case), case.dtype) for case in cases]
    return frozenset(
        each.words for each in settings(family, cases[0].dtype) if all(each.has(setup) for setup in setups)
    )


def _built(family: GeometricFamily, setup: Setup, base: Case) -> Iterator[Case]:
    """The cases of a setup; none where it is no layer, one that the subject does not take, or a very large one."""
    with suppress(CaseError):
        for further in range(DRAWS):
            case = family.case(setup.geometry, setup.dtype, base.data, base.seed + further)
            if case.sizes() > max(MOST_NUMBERS, base.sizes()) or not family.takes(case):
                return
            yield case


def _without(family: GeometricFamily, setting: Setting, setup: Setup, base: Case) -> Iterator[Case]:
    """The cases of a setup, where the family has it without a setting."""
    built = _built(family, setup, base)
    return (case for case in built if not setting.has(Setup(family.geometry(case), case.dtype)))


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
