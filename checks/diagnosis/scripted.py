"""The script of each finding: how to see it without gradproof."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from checks.anew import ANSWERING
from checks.claim import MEMORY, Verdict
from checks.diagnosis import own_faults
from checks.diagnosis.alone import OWN_FORWARD
from checks.diagnosis.directed import direction
from checks.diagnosis.earlier import OWN_DATA
from checks.diagnosis.raising import raising, until_raised
from checks.diagnosis.reasons import asked_alone, asked_together, formats, raised
from checks.diagnosis.recording import answered, answered_flat, recorded
from checks.diagnosis.script import Around, script, script_or_why
from checks.diagnosis.told_alone import witness_of
from checks.errors import GradproofError, SubjectError, UnscriptedError, UsageError
from checks.examination import Examination
from checks.invariants.flattened import OF_FEWER
from checks.invariants.kinks import Kinks
from checks.invariants.subsets import Subsets
from checks.invariants.surroundings import Surroundings
from checks.judge import HANGS, RUNS
from checks.oracles.modes import Modes, spoken_of
from checks.subject import Subject
from checks.tally import Finding
from checks.witness import Trial, Witness

#: Has a question about a trial answered.
Ask = Callable[[Trial, Callable[[Trial], Any]], Any]


def scripted(examination: Examination, found: Finding, ask: Ask) -> Finding:
    """The finding with its script, or with why there is none."""
    try:
        return replace(found, script=_script(examination, found, ask))
    except UnscriptedError as error:
        return replace(found, unscripted=str(error))
    except GradproofError:
        raise
    except own_faults.FAULTS as error:
        return replace(found, unscripted=own_faults.in_words(error))


def _script(examination: Examination, found: Finding, ask: Ask) -> str:
    """The calls of the law that broke, on the plainest case; the reference makes them where the subject may not end."""
    subject, family = examination.subject, examination.family
    witness = (None if found.law in ANSWERING else witness_of(examination, found)) or examination.witnesses[0]
    question = partial(spelled, witness=witness, verdict=found.shrunk_verdict)
    trial = Trial(subject, family, found.shrunk)
    with suppress(SubjectError, UsageError):
        if found.law not in {RUNS, HANGS}:
            return str(ask(trial, question))
        if asked_alone(found.shrunk_verdict):
            return str(ask(trial, partial(spelled_alone, verdict=found.shrunk_verdict)))
        if any(raised(found.shrunk_verdict)):
            asked = partial(spelled_raising, witnesses=examination.witnesses, verdict=found.shrunk_verdict)
            if text := str(ask(trial, asked)):
                return text
        question = partial(spelled_by_the_reference, witness=witness, verdict=found.shrunk_verdict)
        with suppress(SubjectError):
            return str(ask(trial, question))
        return question(trial)  # the subject has broken its device, or can be opened no more
    return ""


def spelled(trial: Trial, witness: Witness, verdict: Verdict) -> str:
    """What a witness does for a verdict on a trial, as a script; empty where a pair of functions cannot be asked it."""
    case = trial.case
    if verdict.law == Surroundings.law:
        return ""
    came, wide = formats(verdict)
    if came and (told := trial.family.narrowed) and verdict.why.startswith(told.why):
        case = case.but(dtype=wide)  # the format that it does not keep
        return script(answered(trial.subject, trial.family, case), [], verdict, trial.subject, Around(case))
    if witness.law in {Modes.law, Subsets.law}:
        asked = _in_its_mode(trial, verdict) if witness.law == Modes.law else _asked_for_some(trial, verdict)
        return script(answered(asked, trial.family, case), [], verdict, asked, Around(case)) if asked else ""
    if _of_own_forward(trial, witness) and verdict.counted in {"", "direction"}:  # many forwards, for one derivative
        along = direction(trial, verdict)
        return script(
            answered(trial.subject, trial.family, case), [], verdict, trial.subject, Around(case, along=along)
        )
    if verdict.counted == MEMORY:  # the very arrays of one call
        calls = answered_flat if verdict.why.startswith(OF_FEWER) else answered
        return script(calls(trial.subject, trial.family, case), [], verdict, trial.subject, Around(case))
    first, then = recorded(trial.subject, trial.family, case, witness, verdict)
    then = until_raised(then) if any(raised(verdict)) else then
    text, why = script_or_why([] if witness.law in OWN_DATA else first, then, verdict, trial.subject, Around(case))
    if why:
        raise UnscriptedError(why)
    return text


def _of_own_forward(trial: Trial, witness: Witness) -> bool:
    """Whether a witness has the case's gradient from the subject's own forward: no call but the first shows it."""
    return witness.law in OWN_FORWARD or (witness.law == Kinks.law and trial.family.smooth)


def _in_its_mode(trial: Trial, verdict: Verdict) -> Subject | None:
    """The subject in the mode that a verdict speaks of; None where nobody can say how to bring it there."""
    found = spoken_of(trial.subject, verdict.why)
    return found if found and found.preamble else None


def _asked_for_some(trial: Trial, verdict: Verdict) -> Subject | None:
    """The subject that is asked for the gradients that were asked for with the one that a verdict speaks of."""
    wanted = asked_together(verdict)
    return _asked_for(trial.subject, wanted) if wanted else None


def _asked_for(subject: Subject, wanted: frozenset[str]) -> Subject | None:
    """The subject that is asked for the gradients of these arguments alone; None where nobody can say how."""
    some = subject.preamble_of_some
    return replace(subject, preamble=some(wanted)) if some else None


def spelled_alone(trial: Trial, verdict: Verdict) -> str:
    """The calls that ask for those gradients alone of which a verdict says that it raised there."""
    asked = _asked_for(trial.subject, asked_alone(verdict))
    return script(answered(asked, trial.family, trial.case), [], verdict, asked, Around(trial.case)) if asked else ""


def spelled_raising(trial: Trial, witnesses: tuple[Witness, ...], verdict: Verdict) -> str:
    """The call that raises, on the arrays on which it does: a law may have made them. Empty where none raises again."""
    events, law = raising(trial.subject, trial.family, trial.case, witnesses, verdict.why)
    text = script(events, [], verdict, trial.subject, Around(trial.case)) if events else ""
    return f"{text}\n# on numbers that the law {law} made of the case's" if text and law else text


def spelled_by_the_reference(trial: Trial, witness: Witness, verdict: Verdict) -> str:
    """The same where the reference makes the calls: the subject's may never end. They are spelled as the subject's."""
    own = trial.subject
    said = {name: getattr(own, name) for name in ("limits", "layout", "spelled", "preamble", "owners")}
    makes = replace(trial.family.reference, **said)
    return spelled(replace(trial, subject=makes), witness, verdict)
