"""Calls that show what a layer's earlier calls have done to it, made on one that nobody has called, as scripts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.anew import ANSWERING, answers, changes, once_more
from checks.claim import Verdict
from checks.diagnosis.recorder import Recorder
from checks.diagnosis.recording import answered, recorded
from checks.diagnosis.script import Around, script_or_why
from checks.errors import SubjectError
from checks.invariants.defaults import Defaults
from checks.invariants.kinks import Kinks
from checks.invariants.other_numbers import changed
from checks.invariants.rehearsal import one_sample_more
from checks.judge import broken
from checks.types import Array
from checks.witness import Trial, Witness

#: Laws that ask a subject about data of their own alone, or in another way than the case does: what it says of the
#: case itself shows nothing.
OWN_DATA = frozenset({Kinks.law, Defaults.law})

#: What a script prints between several results and the one that is wrong.
SEVERAL = '"of which"'


def spelled_calls(trial: Trial, witness: Witness, verdict: Verdict) -> tuple[str, str]:
    """The calls that a witness makes for a verdict, as a script; empty where it shows one of them, which is right."""
    first, then = recorded(trial.subject, trial.family, trial.case, witness, verdict)
    text, why = script_or_why(
        [] if witness.law in OWN_DATA else first, then, verdict, trial.subject, Around(trial.case)
    )
    return (text, why) if SEVERAL in text or why else ("", "")


def spelled_after(
    trial: Trial, witness: Witness, verdict: Verdict, change: Callable[[Array], Array]
) -> tuple[Verdict, tuple[str, str]] | None:
    """What a second source says of a case after a call on other numbers, and a script of both; None where it is right.

    ``change`` makes the other numbers of the case's. Raises SubjectError where the subject raises.
    """
    case, recorder = trial.case, Recorder(trial.subject)
    recorder.subject.pull({name: change(value) for name, value in case.inputs.items()}, case.config, change(case.dy))
    after = Trial(recorder.subject, trial.family, case)
    answered_then = answers(after)
    events, judged = recorder.taken(), Trial(trial.subject, trial.family, case)
    if answered_then:
        vars(judged)["first"] = after.first  # what is computed there otherwise
    found = once_more(judged, witness, verdict)
    if found is None or found.status != verdict.status or (answered_then and found.law in ANSWERING):
        return None
    return found, script_or_why(events, [], found, trial.subject, Around(case, before=trial.family.forwards))


def spelled_unanswered(trial: Trial) -> tuple[Verdict, tuple[str, str]] | None:
    """What a case shows after a forward whose backward was never called, and a script; None where it is answered.

    That forward has other numbers, of a sample more where samples are independent: an object may take one for another.
    """
    case, recorder, between = trial.case, Recorder(trial.subject), changed(trial)
    arrays = one_sample_more(between) if trial.family.samplewise else between
    recorder.subject.run_forward(arrays, case.config)
    try:
        recorder.subject.vjp(case)
    except SubjectError as error:
        found = broken(error, trial)
        around = Around(case, before=trial.family.forwards)
        return found, script_or_why(recorder.taken(), [], found, trial.subject, around)
    return None


def other_everywhere(array: Array) -> Array:
    """Other numbers of the same shape and format, also in place of zeros; probabilities stay such."""
    return np.asarray(1 - np.flip(array), array.dtype)


def spelled_later(trial: Trial) -> tuple[int, Verdict, tuple[str, str]] | None:
    """The first call on a case that differs from the first of all, how, and a script of all; None where none does.

    Raises SubjectError where the subject raises.
    """
    if (later := changes(trial)) is None:
        return None
    call, verdict = later
    first = answered(trial.subject, trial.family, trial.case)
    around = Around(trial.case, call, trial.family.forwards)
    return call, verdict, script_or_why(first, [], verdict, trial.subject, around)
