"""Where the witnesses of an examination are heard on its subject: in this process, or (checks.isolation) in another."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TypeVar

from checks.case import Case
from checks.claim import Verdict
from checks.errors import LostDeviceError, RefusedError, SubjectError
from checks.judge import RUNS, at_most, fair_verdicts
from checks.plainer import Plainest, Severity, shrunk
from checks.threads import Threads
from checks.witness import Trial, Witness

T = TypeVar("T")

#: Seconds that looking for plainer cases may take in one examination, beyond its end, and in any case for one finding.
SHRINKING, BEYOND, LEAST = 20.0, 3.0, 0.3
#: The part of what is left of them that one finding may take: where one mistake breaks many laws each gets some.
SHARE = 1 / 2


@dataclass(frozen=True)
class Said:
    """What one witness says of a case; ``arithmetic`` is what the subject was seen, or declares, to round like."""

    witness: Witness
    verdicts: Sequence[Verdict]
    arithmetic: str


class Hearing(ABC):
    """How trials are heard. Abstract or final: in this process, or in one of its own."""

    #: Why no further case can be heard; empty where one can.
    stopped: str = ""
    #: Cases that ended their process: the time that they took says nothing of others.
    deaths: int = 0
    #: Until when a case is heard (``time.monotonic``); the laws that are left are not asked after it.
    until: float = inf
    #: When the whole examination ends (``time.monotonic``): plainer cases are looked for until soon after.
    end: float = inf
    #: Seconds that went into looking for plainer cases.
    shrinking: float = 0.0
    #: Seconds that went into starting processes: they are nobody's budget.
    starting: float = 0.0

    #: Cases that ended the process while they were tried as plainer ones of another finding, each with what it broke.
    fatal: list[tuple[Case, Verdict]]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the run that are no verdicts."""
        return ()

    @abstractmethod
    def hear(self, trial: Trial, witnesses: Iterable[Witness]) -> Iterator[Said]:
        """What each witness says, one after another; one alone where the subject turns the case down."""

    @abstractmethod
    def ask(self, trial: Trial, question: Callable[[Trial], T]) -> T:
        """The answer of ``question(trial)``; the question is a function of a module.

        Raises SubjectError where the subject does not let it be answered.
        """

    def plainest(self, trial: Trial, witness: Witness, verdict: Verdict, severe: Severity) -> Plainest:
        """The plainest case on which the witness finds the same law broken as badly; ``severe`` judges a verdict."""
        start = time.monotonic()
        left = max(SHARE * min(SHRINKING - self.shrinking, self.end + BEYOND - start), LEAST)
        try:
            return self.ask(trial, partial(shrunk, witness=witness, verdict=verdict, severe=severe, seconds=left))
        finally:
            self.shrinking += time.monotonic() - start


class Here(Hearing):
    """In this very process: whatever the subject does to it, it does to the caller."""

    def __init__(self) -> None:
        self._threads, self.fatal = Threads(), []

    @property
    def notes(self) -> tuple[str, ...]:
        """See ``Hearing``."""
        return (self._threads.note,) if self._threads.note else ()

    def hear(self, trial: Trial, witnesses: Iterable[Witness]) -> Iterator[Said]:
        """See ``Hearing``; a generator, so that what is found is looked into before the next witness speaks."""
        with self._threads.unhindered():
            yield from self._heard(trial, tuple(witnesses))

    def _heard(self, trial: Trial, asked: tuple[Witness, ...]) -> Iterator[Said]:
        witness, compared = next(iter(asked), None), False
        trial = replace(trial, until=self.until)
        try:
            for witness in willing(trial, asked):
                found, trial = fair_verdicts(witness, trial)
                yield Said(witness, found, trial.subject.arithmetic)
                compared = compared or any(verdict.status != "blind" for verdict in found)
                if compared and time.monotonic() > self.until:
                    return
        except LostDeviceError as error:
            self.stopped = f"stopped: {error}"
            lost = Verdict(RUNS, "y", "wrong", f"{trial.subject.name}: {error}", wrong=1, share=float("inf"))
            if witness is not None:
                yield Said(witness, [at_most(lost, trial)], trial.subject.arithmetic)
        finally:
            trial.let_go()

    def ask(self, trial: Trial, question: Callable[[Trial], T]) -> T:
        """See ``Hearing``."""
        if self.stopped:
            raise SubjectError(self.stopped)
        try:
            with self._threads.unhindered():
                return question(trial)
        except LostDeviceError as error:
            self.stopped = f"stopped: {error}"
            raise SubjectError(self.stopped) from error

    def plainest(self, trial: Trial, witness: Witness, verdict: Verdict, severe: Severity) -> Plainest:
        """See ``Hearing``; the case itself where the device is lost, or a plainer one loses it."""
        try:
            return super().plainest(trial, witness, verdict, severe)
        except SubjectError:
            return Plainest(trial.case, verdict, {})


def willing(trial: Trial, witnesses: tuple[Witness, ...]) -> tuple[Witness, ...]:
    """The witnesses to hear: one is enough where the subject turns the case down."""
    try:
        trial.got  # noqa: B018 - computed here, kept by the trial
    except RefusedError:
        return witnesses[:1]
    except SubjectError:
        pass
    return witnesses
