"""What a layer gives may depend on its earlier calls: each finding's case is judged once more where there were none."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial

from checks.anew import ANSWERING, Anew, all_right, answers, changes, each_anew
from checks.claim import Verdict
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.diagnosis.script import BETWEEN_CALLS
from checks.diagnosis.told_alone import Ask, told_alone, told_in_short, told_spoiled, witness_of
from checks.errors import SubjectError, UsageError
from checks.examination import Examination
from checks.invariants.repetition import Repetition
from checks.tally import Finding
from checks.witness import Witness

#: Seconds after which no further finding is judged once more, and after which for no further one the calls are looked
#: for that bring it about: where one call spoils another many laws break, and those of a few tell what it is.
SECONDS, TELLING = 3.0, 2.0

#: Seconds that a first process may take to be there, and between two looks: on a busy machine it loads for long.
STARTING, MOMENT = 5.0, 0.05

#: Said where it was not there by then.
UNASKED = (
    "whether what is wrong is right as a first call was not asked: on this busy machine no process could be started "
    "for it in time"
)


#: Seconds of a case from which on nothing is asked, since the answer would take as long once more; said there.
LONG = 2 * SECONDS
TOO_SLOW = "for want of time this slow layer was not asked whether what is wrong is right as a first call"


def judge_alone(examination: Examination) -> None:
    """Say of each finding whether its case is right where nothing was called before; then laws between calls lead.

    A finding that stands alone says what it says there. Nothing changes where all do, or nobody can open the layer
    again, but that a y which differs from call to call leads: derivatives and sums of several calls follow from it.
    """
    if examination.anew is not None and not examination.interrupted:
        _judge_alone(examination, examination.anew)
    own = examination.findings.get(Repetition.law)
    if own and own.verdict.of == "y":
        examination.findings = {Repetition.law: own, **examination.findings}


def _judge_alone(examination: Examination, anew: Anew) -> None:
    if examination.wrong and _seconds(examination) > LONG:
        examination.notes.append(TOO_SLOW)
        return
    if examination.wrong and not _ready(anew):
        examination.notes.append(UNASKED)
        return
    anew = replace(anew, narrowed=examination.family.narrowed)
    heard = dict(_said(examination, anew))
    said, spoiled = {law: verdict for law, (verdict, _) in heard.items()}, {law for law, (_, by) in heard.items() if by}
    if not (right := _right_alone(examination, anew, said) - spoiled) | spoiled:
        return
    end = time.monotonic() + TELLING
    for law, verdict in sorted(said.items(), key=lambda each: each[0] not in SOURCES):  # those are told in full
        found = examination.findings[law]
        standing = replace(found, shrunk_verdict=verdict)
        told = standing if law not in spoiled else told_spoiled(examination, anew, standing)
        tell = told_alone if time.monotonic() < end else told_in_short
        examination.report(tell(examination, anew, found) if law in right else told)
    examination.findings = dict(sorted(examination.findings.items(), key=_leading))


def _seconds(examination: Examination) -> float:
    """Seconds of a case, without those that went into looking for plainer ones."""
    return (examination.seconds - examination.hearing.shrinking) / max(examination.cases, 1)


def _ready(anew: Anew) -> bool:
    """Whether questions can be answered soon; what they need was begun when the first law broke."""
    end = time.monotonic() + STARTING
    while not (ready := anew.ready()) and time.monotonic() < end:
        time.sleep(MOMENT)
    return ready


def _said(examination: Examination, anew: Anew) -> Iterator[tuple[str, tuple[Verdict, bool]]]:
    """What the witness of each law says of its plainest case alone, as long as there is time.

    And whether its own calls spoil one another: each by itself breaks no law.
    """
    end, arithmetic = time.monotonic() + SECONDS, examination.subject.arithmetic
    for law, found in examination.findings.items():
        witness = witness_of(examination, found)
        if witness is None or time.monotonic() > end:
            continue
        with suppress(SubjectError, UsageError):
            said = partial(_answering if law in ANSWERING else _heard, deny=examination.deny)
            verdict, spoiled = said(
                partial(anew.ask, found.shrunk, arithmetic, until=end), witness, found.shrunk_verdict
            )
            if verdict:
                yield law, (verdict, spoiled)


def _heard(ask: Ask, witness: Witness, verdict: Verdict, deny: frozenset[str]) -> tuple[Verdict | None, bool]:
    """What a witness says of the law of a verdict there, and whether its own calls spoil one another."""
    found: tuple[Verdict | None, bool] = ask(partial(each_anew, witness=witness, verdict=verdict, deny=deny))
    return found[0], found[1] and verdict.law not in BETWEEN_CALLS


def _answering(ask: Ask, witness: Witness, verdict: Verdict, deny: frozenset[str]) -> tuple[Verdict | None, bool]:
    """The same of a layer that gave no answer; None where it gives none there at once, or on a law's own numbers.

    A law makes many calls: where one of them has no answer, each of them as a first call tells whether it is because
    of the others, and so do those on the same arrays.
    """
    if not ask(answers):
        return None, False
    with suppress(SubjectError):
        found, spoiled = _heard(ask, witness, verdict, deny)
        if spoiled or (found and found.status == "right"):
            return found, spoiled
    try:
        later = ask(changes) is not None
    except SubjectError:  # the end of its process
        later = True
    return replace(verdict, status="right") if later else None, False


def _right_alone(examination: Examination, anew: Anew, said: Mapping[str, Verdict]) -> set[str]:
    """The laws whose case is right alone.

    Derivatives of the own forward come of many calls: where these spoil one another, second sources know better.
    """
    right = {law for law, verdict in said.items() if verdict.status != examination.findings[law].verdict.status}
    standing = said.keys() - right
    if (right or standing & set(BETWEEN_CALLS)) and not standing & set(SOURCES):
        right |= {law for law in standing & set(OWN_FORWARD) if _right_by_sources(examination, anew, law)}
    return right


def _right_by_sources(examination: Examination, anew: Anew, law: str) -> bool:
    """Whether second sources find the case of a law right that asks the layer's own forward, called again and again."""
    sources = tuple(witness for witness in examination.witnesses if witness.law in SOURCES)
    with suppress(SubjectError, UsageError):
        case = examination.findings[law].shrunk
        return anew.ask(case, examination.subject.arithmetic, partial(all_right, witnesses=sources))
    return False


def _leading(each: tuple[str, Finding]) -> tuple[bool, bool, bool]:
    """What stands alone comes first, and of that the laws between calls; then what has a script by now."""
    law, found = each
    return bool(found.alone), law not in BETWEEN_CALLS, not found.script
