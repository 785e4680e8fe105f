"""What a layer gives may depend on its earlier calls: each finding's case is judged once more where there were none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from checks.anew import ANSWERING, Anew, all_right, answers, changes, each_anew
from checks.claim import Verdict
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.diagnosis.earlier import other_everywhere, spelled_after, spelled_calls, spelled_later
from checks.diagnosis.reasons import reason
from checks.errors import SubjectError, UsageError
from checks.examination import Examination
from checks.invariants.contract import twin
from checks.judge import RUNS
from checks.tally import Finding
from checks.witness import Trial, Witness

#: Seconds after which no further finding is judged once more.
SECONDS = 5.0

#: Laws that speak of what one call leaves to another: where that is the mistake, they say so best.
BETWEEN_CALLS = ("repeatable", "saved state", "settings", "results kept")

#: What can be concluded.
DEPENDS = "what the layer gives depends on its earlier calls, on what these left in memory, or on chance"


def witness_of(examination: Examination, found: Finding) -> Witness | None:
    """The witness that was heard when a law broke, as far as it is asked of any case."""
    return next((each for each in examination.witnesses if each.law == found.by), None)


def judge_alone(examination: Examination) -> None:
    """Say of each finding whether its case is right where nothing was called before; then laws between calls lead.

    A finding that stands alone says what it says there. Nothing changes where all do, or nobody can open the layer
    again.
    """
    if examination.anew is None or examination.interrupted:
        return
    anew = replace(examination.anew, narrowed=examination.family.narrowed)
    heard = dict(_said(examination, anew))
    said, spoiled = {law: verdict for law, (verdict, _) in heard.items()}, {law for law, (_, by) in heard.items() if by}
    if not (right := _right_alone(examination, anew, said) - spoiled) | spoiled:
        return
    for law, verdict in said.items():
        found = examination.findings[law]
        standing = replace(found, shrunk_verdict=verdict)
        told = standing if law not in spoiled else _told_spoiled(examination, anew, standing)
        examination.report(_told_alone(examination, anew, found) if law in right else told)
    examination.findings = dict(sorted(examination.findings.items(), key=_leading))


def _said(examination: Examination, anew: Anew) -> Iterator[tuple[str, tuple[Verdict, bool]]]:
    """What the witness of each law says of its plainest case alone, as long as there is time.

    And whether its own calls spoil one another: each by itself breaks no law.
    """
    end, arithmetic = float("inf"), examination.subject.arithmetic
    for law, found in examination.findings.items():
        witness = witness_of(examination, found)
        if witness is None or time.monotonic() > end:
            continue
        with suppress(SubjectError, UsageError):
            said = _answering if law in ANSWERING else _heard
            verdict, spoiled = said(partial(anew.ask, found.shrunk, arithmetic), witness, found.shrunk_verdict)
            if verdict:
                yield law, (verdict, spoiled)
        end = min(end, time.monotonic() + SECONDS)  # the first process takes its time to start


#: Has a question about a case answered where nothing was called before.
Ask: TypeAlias = Callable[[Callable[[Trial], Any]], Any]


def _heard(ask: Ask, witness: Witness, verdict: Verdict) -> tuple[Verdict | None, bool]:
    """What a witness says of the law of a verdict there, and whether its own calls spoil one another."""
    found: tuple[Verdict | None, bool] = ask(partial(each_anew, witness=witness, verdict=verdict))
    return found[0], found[1] and verdict.law not in BETWEEN_CALLS


def _answering(ask: Ask, witness: Witness, verdict: Verdict) -> tuple[Verdict | None, bool]:
    """The same of a layer that gave no answer; None where it gives none there at once, or on a law's own numbers.

    A law makes many calls: where one of them has no answer, those on the same arrays tell whether it is because of the
    others.
    """
    if not ask(answers):
        return None, False
    with suppress(SubjectError):
        found, _ = _heard(ask, witness, verdict)
        if found and found.status == "right":
            return found, False
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


def _told_spoiled(examination: Examination, anew: Anew, found: Finding) -> Finding:
    """The finding of a law each of whose calls is right by itself, with a script of calls that are not."""
    ask, witness = partial(anew.ask, found.shrunk, examination.subject.arithmetic), witness_of(examination, found)
    said = (
        f"{anew.where} each call on this case is right as a first call: {DEPENDS}; those of this law spoil each other"
    )
    shown = _after_others(ask, found, _truth(examination, found))
    if shown or witness is None:
        return replace(shown or found, alone=f"{said}{shown.alone if shown else ''}")
    text, why = "", ""
    with suppress(SubjectError, UsageError):
        text, why = ask(partial(spelled_calls, witness=witness, verdict=found.shrunk_verdict))
    return replace(found, alone=said, script=text, unscripted=why)


def _told_alone(examination: Examination, anew: Anew, found: Finding) -> Finding:
    """The finding with what is known of its case alone, and with a script where calls are found that bring it about."""
    ask, witness = partial(anew.ask, found.shrunk, examination.subject.arithmetic), _truth(examination, found)
    shown = _on_the_same(ask, found) or _after_others(ask, found, witness) or found
    return replace(shown, alone=f"{anew.where} this case is right as a first call: {DEPENDS}{shown.alone}")


def _on_the_same(ask: Ask, found: Finding) -> Finding | None:
    """The finding with what more calls on the same arrays show; None where they show nothing."""
    with suppress(UsageError):
        try:
            later: tuple[int, Verdict, tuple[str, str]] | None = ask(spelled_later)
        except SubjectError as error:  # of one that answered at first
            said = f"; there a later call on the same arrays does not come back: {error}"
            return replace(found, alone=said) if found.law in ANSWERING else None
        if later:
            call, verdict, (text, why) = later
            gives = f"raises: {reason(verdict)}" if verdict.law == RUNS else "gives something else than the first"
            said = f"; there call {call} on the same arrays {gives}"
            return replace(found, alone=said, script=text, unscripted=why)
    return None


def _after_others(ask: Ask, found: Finding, witness: Witness | None) -> Finding | None:
    """The finding with what a call after one on other numbers shows; None where it shows nothing, or nobody can say."""
    if witness is None:
        return None
    verdict = found.shrunk_verdict if found.law in ANSWERING else replace(found.shrunk_verdict, law=witness.law)
    for change in (other_everywhere, twin):
        with suppress(SubjectError, UsageError):
            if after := ask(partial(spelled_after, witness=witness, verdict=verdict, change=change)):
                return _shown_after(found, *after)
    return None


def _shown_after(found: Finding, verdict: Verdict, spelled: tuple[str, str]) -> Finding:
    """The finding with what was said of its case after another call, and with the script of both."""
    same = verdict.law == found.law
    by = "" if same else f" by {verdict.law}"
    said = f"; there it is wrong{by} after one call on other numbers of the same shapes"
    shown = replace(found, alone=said, script=spelled[0], unscripted=spelled[1])
    return replace(shown, shrunk_verdict=verdict) if same else shown


def _truth(examination: Examination, found: Finding) -> Witness | None:
    """The witness that tells whether a case is right after others: the finding's own, or one that knows what is."""
    own, known = witness_of(examination, found), {*SOURCES, *OWN_FORWARD}
    if own is None or own.law in known or found.law in ANSWERING:
        return own
    return next((each for each in examination.witnesses if each.law in known), None)


def _leading(each: tuple[str, Finding]) -> tuple[bool, bool]:
    """What stands alone comes first, and of that the laws between calls."""
    law, found = each
    return bool(found.alone), law not in BETWEEN_CALLS
