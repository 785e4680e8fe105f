"""What a witness does to a subject: every call in order, with the arrays as they were handed over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from checks.case import Case
from checks.claim import Verdict
from checks.compare import compare
from checks.diagnosis.events import Event
from checks.diagnosis.recorder import Recorder
from checks.errors import SubjectError
from checks.family import Family
from checks.invariants.flattened import Flattened
from checks.invariants.saved_state import FIRST, UNLIKE
from checks.subject import Subject
from checks.witness import Apart, Trial, Witness


def recorded(
    subject: Subject, family: Family, case: Case, witness: Witness, verdict: Verdict
) -> tuple[list[Event], list[Event]]:
    """The subject's first answer on a case, and what the witness then did for the claim that was judged like this.

    Two lists of events; the first is empty where another example, or another format, must come first, the second where
    the claim is about the first answer, and both are where its law does not break now. Of several claims that break the
    law for this result it is the one of which the same is said, or else the first.
    """
    subject.start_anew()  # as whoever repeats it will find it
    recorder = Recorder(subject)
    trial, first, then, others = (
        Apart(recorder.subject, family, case),
        list[Event](),
        list[Event](),
        list[list[Event]](),
    )
    with suppress(SubjectError):
        _ = trial.got
        first = recorder.taken()
        for claim in witness.claims(trial):
            then = recorder.taken() or then
            if (claim.law, claim.of) == (verdict.law, verdict.of) and compare(claim).status in {"wrong", "hazard"}:
                if claim.why == verdict.why:
                    return [] if claim.why.startswith((FIRST, UNLIKE)) else first, then
                others.append(then)
        if witness.law == verdict.law and not others:
            return [], []
    return first, next(iter(others), recorder.taken() or then)


def answered(subject: Subject, family: Family, case: Case) -> list[Event]:
    """The subject's first answer on a case, of a new object where it can be."""
    return _calls(subject, family, case, lambda trial: trial.got)


def answered_flat(subject: Subject, family: Family, case: Case) -> list[Event]:
    """The same on the case's arrays in fewer axes."""
    return _calls(subject, family, case, Flattened)


def _calls(subject: Subject, family: Family, case: Case, ask: Callable[[Trial], object]) -> list[Event]:
    subject.start_anew()
    recorder = Recorder(subject)
    with suppress(SubjectError):
        ask(Apart(recorder.subject, family, case))
    return recorder.taken()
