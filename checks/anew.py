"""A layer as it was before its first call: whoever asks that one learns what a case shows alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import Any, TypeVar

import numpy as np

from checks.case import Case
from checks.claim import Verdict
from checks.compare import compare
from checks.errors import SubjectError
from checks.family import Family
from checks.hearing import Hearing
from checks.invariants.repetition import Repetition
from checks.judge import HANGS, RUNS, SHAPE, looking_at, one_by_one, severe, valid, verdicts
from checks.narrowed import Narrowed
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial, Witness

T = TypeVar("T")

#: Calls that are made on one case at most to see whether a later one gives something else, and seconds for them.
MOST_CALLS, SECONDS = 64, 1.0

#: Results that differ at all from the first which are kept to be judged: roundings may differ from call to call.
MOST_OTHERS = 8

#: The laws that a layer keeps where it gives arrays that can be compared at all.
ANSWERING = frozenset({RUNS, HANGS, SHAPE})


@dataclass(frozen=True)
class Anew:
    """Answers questions about a layer that nobody has called yet, another one for each.

    ``where`` says in words where that is; ``opened`` opens it: how it is asked there, the subject and its family.
    ``narrowed`` is what the family had seen of the format in which the layer computes, which nobody looks for again.
    ``expected`` is called as soon as a law breaks: questions will come, and what they need can be started meanwhile;
    ``ready`` says whether it is there.
    """

    where: str
    opened: Callable[[], AbstractContextManager[tuple[Hearing, Subject, Family]]]
    narrowed: Narrowed | None = None
    expected: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True

    def ask(self, case: Case, arithmetic: str, question: Callable[[Trial], T], until: float = inf) -> T:
        """The answer of ``question(trial)``; the question is a function of a module.

        Raises SubjectError where the layer does not let it be answered, UsageError where it cannot be opened again.
        """
        with self.opened() as (hearing, subject, family):
            seen = partial(_as_seen, question=question, narrowed=self.narrowed) if self.narrowed else question
            return hearing.ask(Trial(replace(subject, arithmetic=arithmetic), family, case, until=until), seen)


def _as_seen(trial: Trial, question: Callable[[Trial], T], narrowed: Narrowed) -> T:
    """The answer of a question where the family knows in which format the layer computes; other layers' does not."""
    family = copy(trial.family)
    family.narrowed = narrowed
    return question(replace(trial, family=family))


def answers(trial: Trial) -> bool:
    """Whether the subject gives arrays of the right shapes on a case."""
    try:
        return not trial.got.misshapen
    except SubjectError:
        return False


def once_more(trial: Trial, witness: Witness, verdict: Verdict, deny: frozenset[str] = frozenset()) -> Verdict | None:
    """What a witness says of the law of a verdict; what breaks it first, and None where it says nothing of it.

    That a layer answers is not said by any, and shows where nothing else is in its way. Hazards that are denied break
    their laws. What had time for fewer elements than the verdict knows nothing of the others.
    """
    heard = list[Verdict]()
    for each in one_by_one(witness, looking_at(trial, verdict)):
        heard.append(severe(deny, each))
        if (heard[-1].law, heard[-1].status) == (verdict.law, verdict.status):
            return heard[-1]  # it stands: what else the witness would say costs calls and changes nothing
    heard = valid(heard)
    if verdict.law in ANSWERING and ANSWERING.isdisjoint(each.law for each in heard):
        return Verdict(verdict.law, verdict.of, "right", f"{witness.law} was asked, and it answered")
    known = [each for each in heard if each.law == verdict.law and each.status != "blind"]
    return None if any(_shorter(each, verdict) for each in known) else next(iter(known), None)


def _shorter(heard: Verdict, verdict: Verdict) -> bool:
    """Whether there was time for fewer elements, or directions, of the same result."""
    return heard.of == verdict.of and (heard.blind > verdict.blind or heard.compared < verdict.compared)


def each_anew(trial: Trial, witness: Witness, verdict: Verdict, deny: frozenset[str]) -> tuple[Verdict | None, bool]:
    """The same, and whether it finds nothing wrong where each forward is a first call: its calls spoil one another."""
    found, subject = once_more(trial, witness, verdict, deny), trial.subject
    begins = subject.forget is not None or subject.afresh is not None
    if found is None or found.status != verdict.status or not begins:
        return found, False

    apart = once_more(replace(trial, subject=_always_anew(subject)), witness, verdict, deny)
    return found, apart is not None and apart.status == "right"


def _always_anew(subject: Subject) -> Subject:
    """The subject each of whose forwards is a first call, in each of its modes."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        with _beginning(subject):
            return subject.forward(arrays, config)

    modes = {mode: _always_anew(other) for mode, other in subject.modes.items()}
    return replace(subject, forward=forward, modes=modes)


def _beginning(subject: Subject) -> AbstractContextManager[None]:
    """The subject as nobody has called it: an object forgets; what functions keep around them is put back."""
    if subject.forget is None and subject.afresh is not None:
        return subject.afresh()
    subject.start_anew()
    return nullcontext()


def all_right(trial: Trial, witnesses: tuple[Witness, ...]) -> bool:
    """Whether some of these witnesses speak of a case, and each that does finds it right."""
    said = [each.status for witness in witnesses for each in verdicts(witness, trial) if each.status != "blind"]
    return set(said) == {"right"}


def changes(trial: Trial, seconds: float = SECONDS) -> tuple[int, Verdict] | None:
    """The first call on a case that gives something else than the first of all, or raises; None where none does soon.

    All are made before any is judged: that may need calls of its own. Raises SubjectError where the first raises.
    """
    others, raised = list[tuple[int, Arrays]](), None
    for call, again in _calls(trial, time.monotonic() + seconds):
        if isinstance(again, SubjectError):
            raised = call, Verdict(RUNS, "y", "wrong", str(again), wrong=1, share=float("inf"))
        elif len(others) < MOST_OTHERS and not _equal(again, trial.got.named()):
            others.append((call, again))
    for call, again in others:
        for claim in Repetition().same(trial, again, f"call {call} on the same arrays, and the first"):
            if (found := compare(claim)).status == "wrong":
                return call, found
    return raised


def _calls(trial: Trial, end: float) -> Iterator[tuple[int, Arrays | SubjectError]]:
    """What the calls on a case after the first give, by their number, until one raises."""
    _ = trial.got
    for call in range(2, MOST_CALLS + 1):
        try:
            yield call, trial.subject.vjp(trial.case).named()
        except SubjectError as error:
            yield call, error
            return
        if time.monotonic() > end:
            return


def _equal(one: Arrays, other: Arrays) -> bool:
    return all(np.array_equal(value, other[name], equal_nan=True) for name, value in one.items())
