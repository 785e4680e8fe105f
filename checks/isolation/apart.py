"""Witnesses heard in a process of the subject's own: it may crash, hang, leave or fill its memory; the run goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from checks.case import Case
from checks.claim import Verdict
from checks.errors import SubjectError, UsageError
from checks.family import Family
from checks.hearing import Hearing, Said
from checks.isolation import inside
from checks.isolation.allowance import Isolation
from checks.isolation.parcels import loaded, packed
from checks.isolation.quarters import DiedError, Quarters
from checks.judge import HANGS, RUNS, at_most, verdicts
from checks.plainer import Plainest, Severity, shrunk
from checks.pool import PARENTLESS
from checks.subject import Subject
from checks.witness import Trial, Witness

T = TypeVar("T")

#: Opens a subject there, given what watches its calls: the subject, its family, what is to be known of both here.
Opening = Callable[[Callable[[Subject], Subject]], tuple[Subject | None, Family | None, Any]]

#: The laws that a death breaks.
DEADLY = frozenset({RUNS, HANGS})

#: Deaths, and seconds lost by them, that may be spent on one finding's plainer cases.
TRIES, SPARE = 12, 20.0

#: Why nothing is heard of a subject whose keeper has enough.
INTERRUPTED = "interrupted; other cases were left out"

#: Cases that may end their process before the rest of the run is left out.
MOST_DEATHS = 5
#: Seconds that may be lost in calls that never answer, as a multiple of the seconds that one may take.
PATIENCE = 3


def told(subject: Subject) -> Subject:
    """What may be known of a subject outside of its process: everything but what it does."""
    asked = replace(subject, forward=_elsewhere, backward=_elsewhere, some=None, of_outputs=None, inference=None)
    asked = replace(asked, spelled=None, preamble=None, preamble_of_some=None, forget=None, resting=None, sized=None)
    asked = replace(asked, afresh=None, written=None)
    return replace(asked, modes={}, untouched=None, sibling=None, seen={}, changes={})


def _elsewhere(*_: Any) -> Any:
    raise SubjectError("the subject is in a process of its own; ask for it there")


class Apart(Hearing):
    """Hears witnesses in a process of its own, with a limit for each call of the subject; a context manager.

    A call that crashes or never answers is a wrong verdict of the law ``runs`` or ``hangs`` on that case. Where it was
    a witness's own data that did it, the other witnesses are heard again, and that one no more.
    """

    def __init__(self, isolation: Isolation) -> None:
        """``isolation`` says what a call may use."""
        self._quarters = Quarters(isolation)
        self.isolation = isolation
        self._interrupted = False
        self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def stop(self) -> None:
        """Make whatever is being asked end soon; nothing can be asked any more. May be called from another thread."""
        self._interrupted = True
        self._quarters.stop()

    def close(self) -> None:
        """End the process; nothing can be asked any more."""
        self._quarters.close()

    def _forget(self) -> None:
        self._silent: set[str] = set()
        self.deaths, self._hung, self._tries, self._lost = 0, 0.0, 0, 0.0
        self._aside: list[str] = []
        self._deadly = False  # whether a death is what is being shrunk
        self.fatal = list[tuple[Case, Verdict]]()

    @property
    def starting(self) -> float:  # type: ignore[override] # counted elsewhere
        """Seconds that went into starting processes."""
        return self._quarters.starting

    @property
    def stopped(self) -> str:  # type: ignore[override] # told from what happened
        """Why no further case is heard; empty where one is."""
        if self.deaths >= MOST_DEATHS:
            return f"stopped after {self.deaths} cases that ended their process; other cases were left out"
        if self._hung > PATIENCE * self.isolation.seconds * 0.9:
            return f"stopped after {self._hung:.0f} s in calls that never answered; other cases were left out"
        return INTERRUPTED if self._interrupted else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Why the run stopped, what the subject printed, what it did to its process beside a finding."""
        return tuple(filter(None, [self.stopped, self._quarters.printed, *self._quarters.notes, *self._aside]))

    def enter(self, name: str, *openings: Opening) -> Any:
        """Open a subject by the first of ``openings`` that does not end the process.

        Gives what the opening says of it. Raises UsageError where it cannot be sent there or opened at all, and what
        the opening raises.
        """
        self._forget()
        ways = [packed(opening, name) for opening in openings]
        for way in ways:
            try:
                return loaded(self._quarters.enter(way))
            except DiedError as died:
                if way is ways[-1]:
                    raise UsageError(f"{name} cannot be opened in a process of its own: {died}") from died
                self._aside.append(f"it was not found out what else the layer takes: {died}")
        raise UsageError(f"{name}: no way to open it was given")

    def hear(self, trial: Trial, witnesses: Iterable[Witness]) -> Iterator[Said]:
        """See ``Hearing``; what was heard before a death is asked for again in a fresh process."""
        asked = tuple(witness for witness in witnesses if witness.law not in self._silent)
        already = self.deaths
        while asked and not self.stopped:
            self._tries, self._lost = 0, 0.0
            try:
                said, remarks = self._answer(inside.hear, trial, asked, self.until)
            except DiedError as died:
                if self._interrupted:  # its keeper ended the process: the subject has not
                    return
                culprit = asked[max(died.witness, 0)]
                self.deaths, self._deadly = already + (not died.slow), True
                yield Said(culprit, [at_most(died.verdict, trial)], trial.subject.arithmetic)
                self._deadly = False
                if died.witness <= 0:
                    return
                self._silent.add(culprit.law)
                yield Said(culprit, [_silenced(culprit)], trial.subject.arithmetic)
                asked = tuple(witness for witness in asked if witness is not culprit)
            else:
                trial.subject.remarks.extend(remark for remark in remarks if remark not in trial.subject.remarks)
                yield from said
                return

    def ask(self, trial: Trial, question: Callable[[Trial], T]) -> T:
        """See ``Hearing``.

        Raises SubjectError also where the process ends.
        """
        found: T = self._answer(inside.ask, trial, question)
        return found

    def plainest(self, trial: Trial, witness: Witness, verdict: Verdict, severe: Severity) -> Plainest:
        """See ``Hearing``; step by step, with few processes, where a plainer case ends the process."""
        if PARENTLESS in verdict.why:  # it takes a moment to be felt: a plainer case may be none of those that do it
            return Plainest(trial.case, verdict, {})
        if verdict.law not in DEADLY or not self._deadly:
            try:
                return super().plainest(trial, witness, verdict, severe)
            except DiedError as died:
                if died.slow or self._interrupted:
                    return Plainest(trial.case, verdict, {})
                self._aside.append(f"while a plainer case for {verdict.law} was looked for: {died}")
        return shrunk(trial, witness, verdict, severe, self._again)

    def _again(self, witness: Witness, trial: Trial) -> list[Verdict]:
        """What one witness says; nothing where too many processes have died of one finding already."""
        if self._tries >= TRIES or self._lost >= SPARE or self.stopped:
            return []
        try:
            return self.ask(trial, partial(verdicts, witness))
        except DiedError as died:
            if self._interrupted:
                return []
            found = at_most(died.verdict, trial)
            if not self._deadly:
                self.fatal.append((trial.case, found))
            return [found]

    def _answer(self, question: Callable[..., Any], trial: Trial, *asked: Any) -> Any:
        start, starting = time.monotonic(), self.starting
        try:
            return self._quarters.ask(question, trial.case.but(), trial.subject.arithmetic, *asked)
        except DiedError as died:
            self._tries += 1
            self._lost += time.monotonic() - start
            self._hung += time.monotonic() - start - self.starting + starting if died.hung or died.slow else 0.0
            raise


def _silenced(witness: Witness) -> Verdict:
    why = "not asked again, nor on later cases: the process had ended while it was asked"
    return Verdict(witness.law, "y", "blind", why, blind=1)
