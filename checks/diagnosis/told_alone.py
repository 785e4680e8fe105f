"""What is told of a finding whose case is right as a first call: the calls that bring it about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

from checks.anew import ANSWERING, Anew
from checks.claim import Verdict
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.diagnosis.earlier import other_everywhere, spelled_after, spelled_calls, spelled_later, spelled_unanswered
from checks.diagnosis.reasons import reason
from checks.errors import SubjectError, UsageError
from checks.examination import Examination
from checks.invariants.other_numbers import twin
from checks.invariants.sums_of_calls import ADDED, is_sum_of_calls
from checks.judge import RUNS, SHAPE
from checks.tally import Finding
from checks.witness import Trial, Witness

#: What can be concluded.
DEPENDS = "what the layer gives depends on its earlier calls, on what these left in memory, or on chance"

#: Has a question about a case answered where nothing was called before.
Ask: TypeAlias = Callable[[Callable[[Trial], Any]], Any]


def witness_of(examination: Examination, found: Finding) -> Witness | None:
    """The witness that was heard when a law broke, as far as it is asked of any case."""
    return next((each for each in examination.witnesses if each.law == found.by), None)


def told_spoiled(examination: Examination, anew: Anew, found: Finding) -> Finding:
    """The finding of a law each of whose calls is right by itself, with a script of calls that are not."""
    ask, witness = partial(anew.ask, found.shrunk, examination.subject.arithmetic), witness_of(examination, found)
    law = f"the law {found.by}" if found.law in ANSWERING else "this law"
    said = f"{anew.where} each call on this case is right as a first call: {DEPENDS}; those of {law} spoil each other"
    shown = _unanswered(ask, found) or _after_others(ask, found, _truth(examination, found))
    if shown or witness is None:
        return replace(shown or found, alone=f"{said}{shown.alone if shown else ''}")
    text, why = "", ""
    with suppress(SubjectError, UsageError):
        text, why = ask(partial(spelled_calls, witness=witness, verdict=found.shrunk_verdict))
    return replace(found, alone=said, script=text, unscripted=why)


def told_alone(examination: Examination, anew: Anew, found: Finding) -> Finding:
    """The finding with what is known of its case alone, and with a script where calls are found that bring it about."""
    ask, witness = partial(anew.ask, found.shrunk, examination.subject.arithmetic), _truth(examination, found)
    shown = _on_the_same(ask, found) or _after_others(ask, found, witness) or _unanswered(ask, found)
    return told_in_short(examination, anew, shown or found)


def told_in_short(_: Examination, anew: Anew, found: Finding) -> Finding:
    """The finding with the plain fact that its case is right alone, before what else is known of that."""
    by = f"; it broke in calls of the law {found.by}" if found.law in {RUNS, SHAPE} else ""
    return replace(found, alone=f"{anew.where} this case is right as a first call: {DEPENDS}{by}{found.alone}")


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
            summed = ask(partial(is_sum_of_calls, of=verdict.of))
            added = f": {ADDED.format(of=verdict.of)}" if summed else ""
            said = f"; there call {call} on the same arrays {gives}{added}"
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


def _unanswered(ask: Ask, found: Finding) -> Finding | None:
    """The finding of a law that is broken by no answer, with what a forward brings about that is followed by none."""
    if found.law not in ANSWERING:
        return None
    with suppress(SubjectError, UsageError):
        if after := ask(spelled_unanswered):
            verdict, (text, why) = after
            said = f"; there, after a forward on other numbers whose backward was not called: {reason(verdict)}"
            shown = replace(found, alone=said, script=text, unscripted=why)
            return replace(shown, shrunk_verdict=verdict) if verdict.law == found.law else shown
    return None


def _truth(examination: Examination, found: Finding) -> Witness | None:
    """The witness that tells whether a case is right after others: the finding's own, or one that knows what is."""
    own, known = witness_of(examination, found), {*SOURCES, *OWN_FORWARD}
    if own is None or own.law in known or found.law in ANSWERING:
        return own
    return next((each for each in examination.witnesses if each.law in known), None)
