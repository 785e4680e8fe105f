"""The plainest case on which a witness finds a law broken as badly, and what it says of other results there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from math import inf
from typing import NamedTuple

import numpy as np

from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis.alone import SOURCES
from checks.diagnosis.beside import beside
from checks.errors import SubjectError
from checks.judge import looking_at, one_by_one, valid
from checks.kink import AT_A_KINK
from checks.oracles.lines import hurried
from checks.oracles.modes import AFTER
from checks.shrink import shrink, shrink_numbers
from checks.witness import Trial, Witness

#: Judges a verdict once more: a hazard may be denied.
Severity = Callable[[Verdict], Verdict]


class Plainest(NamedTuple):
    """A case, the verdict that breaks the law there, and whether other results are right or wrong there."""

    case: Case
    verdict: Verdict
    beside: Mapping[str, str]


def shrunk(
    trial: Trial,
    witness: Witness,
    verdict: Verdict,
    severe: Severity,
    heard: Callable[[Witness, Trial], Iterable[Verdict]] = one_by_one,
    seconds: float = inf,
) -> Plainest:
    """Walk to plainer cases, and then to plainer numbers, for as long as the witness says the same of the same result.

    A wrong number stays one: where a plainer case shows a NaN instead, that is another mistake.

    Nothing is tried any more after ``seconds``, and nothing at all of a layer whose derivative would take longer.
    """
    end, said = time.monotonic() + seconds, _Said()
    late = _late(trial, end)

    def breaks(plainer: Case) -> Verdict | None:
        if late or time.monotonic() > end:
            return None
        trial.subject.start_anew()  # what shows only after calls on other data is shown by no case alone
        again = looking_at(replace(trial, case=plainer, until=end), verdict)
        return said.broken(verdict, map(severe, heard(witness, again)))

    case, last = shrink(trial.case, verdict, breaks, trial.family.simpler)
    plain = ("dy",) if trial.family.selects else ("dy", *case.arguments)
    case, last = shrink_numbers(case, last, breaks, plain)
    trial.subject.start_anew()
    return Plainest(case, last, said.beside(last, end))


def _late(trial: Trial, end: float) -> bool:
    """Whether a derivative would take longer; of a layer that raises nothing is known."""
    with suppress(SubjectError):
        return trial.family.smooth and hurried(trial, end)
    return False


class _Said:
    """What a witness said of the last case that broke its law, and what it has yet to say of it."""

    def __init__(self) -> None:
        self._heard: list[Verdict] = []
        self._left: Iterator[Verdict] = iter(())

    def broken(self, verdict: Verdict, left: Iterator[Verdict]) -> Verdict | None:
        """The first verdict that shows what another one does; whoever has it saves the calls for the others."""
        heard = list[Verdict]()
        for each in left:
            heard.append(each)
            if _kind(each) == _kind(verdict) and _takes(each) <= _takes(verdict):
                self._heard, self._left = heard, left
                return each
        return None

    def beside(self, last: Verdict, end: float) -> Mapping[str, str]:
        """What is said of other results; by a witness that makes calls for it as far as there is time."""
        self._heard += takewhile(lambda _: last.law in SOURCES or time.monotonic() < end, self._left)
        return beside(last, valid(self._heard))


def _takes(verdict: Verdict) -> set[str]:
    """What it takes to show it, a kink or a forward that trained before: what is wrong without is told so."""
    return {said for said in (AT_A_KINK, AFTER) if said in verdict.why}


def _kind(verdict: Verdict) -> tuple[object, ...]:
    """What a plainer case must show, too."""
    shown = verdict.worst is None or bool(np.all(np.isfinite([verdict.worst.got, verdict.worst.want])))
    return verdict.status, verdict.law, verdict.of, shown
