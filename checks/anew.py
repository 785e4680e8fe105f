"""A layer as it was before its first call: whoever asks that one learns what a case shows alone."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, TypeVar

from checks.case import Case
from checks.claim import Verdict
from checks.compare import compare
from checks.invariants.repetition import Repetition
from checks.judge import verdicts
from checks.witness import Trial, Witness

T = TypeVar("T")

#: Calls that are made on one case at most to see whether a later one gives something else, and seconds for them.
MOST_CALLS, SECONDS = 64, 1.0


class Anew(ABC):
    """Answers questions about a layer that nobody has called yet, another one for each. Abstract or final."""

    #: Where that is, in words.
    where: ClassVar[str]

    @abstractmethod
    def ask(self, case: Case, arithmetic: str, question: Callable[[Trial], T]) -> T:
        """The answer of ``question(trial)``; the question is a function of a module.

        Raises SubjectError where the layer does not let it be answered, UsageError where it cannot be opened again.
        """


def once_more(trial: Trial, witness: Witness, verdict: Verdict) -> Verdict | None:
    """What a witness says of the law of a verdict; what breaks it first, and None where it says nothing of it."""
    found = [each for each in verdicts(witness, trial) if each.law == verdict.law and each.status != "blind"]
    return next((each for each in found if each.status == verdict.status), next(iter(found), None))


def all_right(trial: Trial, witnesses: tuple[Witness, ...]) -> bool:
    """Whether some of these witnesses speak of a case, and each that does finds it right."""
    said = [each.status for witness in witnesses for each in verdicts(witness, trial) if each.status != "blind"]
    return set(said) == {"right"}


def changes(trial: Trial) -> tuple[int, Verdict] | None:
    """The first call on a case that gives something else than the first of all, and what; None where none does soon.

    Raises SubjectError where the subject raises.
    """
    end = time.monotonic() + SECONDS
    _ = trial.got
    for call in range(2, MOST_CALLS + 1):
        again = trial.subject.vjp(trial.case).named()
        for claim in Repetition().same(trial, again, f"call {call} on the same arrays, and the first"):
            if (found := compare(claim)).status == "wrong":
                return call, found
        if time.monotonic() > end:
            break
    return None
