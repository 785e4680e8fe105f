"""What is wrong by chance: a layer that is asked the very same again, and gives something else.

Threads that write to one place, or memory that nobody has written, let any law break; what it looks like then is
chance, too, and tells nothing of a formula.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from time import monotonic

from checks.anew import changes, once_more
from checks.claim import Verdict
from checks.diagnosis.told_alone import witness_of
from checks.errors import SubjectError, UsageError
from checks.examination import Examination
from checks.invariants.repetition import Repetition
from checks.judge import BROKEN, HANGS, RUNS, SHAPE
from checks.tally import Finding
from checks.witness import Trial, Witness

#: Seconds after which no further finding is asked for again, and seconds for the calls that are made for one.
SECONDS, CALLING = 2.0, 0.3

#: Laws that say so themselves, or about which one call says enough.
UNASKED = frozenset({Repetition.law, RUNS, HANGS, SHAPE})

#: What does that.
BY_CHANCE = "threads that write to one place, or memory that nobody has written"

#: Said where calls on the same arrays differ by more than their roundings, and where the law holds when asked again.
DIFFERS = (
    "the layer is not deterministic: call {call} on these very arrays gives another {of} than the first, by more than "
    f"rounding; by chance ({BY_CHANCE}) any law may break then, and what is wrong here once need not come again"
)
HOLDS = (
    "asked once more on this very case the law holds: what the layer gives there follows from chance as well "
    f"({BY_CHANCE}), or from what was called before; what is wrong here once need not come again"
)


def tell_wavering(examination: Examination) -> None:
    """Say so of each finding that does not come again where its case is asked the same, before anything else is said.

    Nothing of those that are known to be right alone. Where two calls were found to differ a law says so by itself.
    """
    if examination.interrupted:
        return
    end = monotonic() + SECONDS
    for law, found in list(examination.findings.items()):
        if law in UNASKED or found.alone or found.diagnosis:
            continue
        if (witness := witness_of(examination, found)) is None or monotonic() > end:
            continue
        if said := _wavers(examination, found, witness, end):
            examination.report(replace(found, diagnosis=(said,)))


def _wavers(examination: Examination, found: Finding, witness: Witness, end: float) -> str:
    """What is said of a finding that does not come again; empty where it does."""
    trial = Trial(examination.subject, examination.family, found.shrunk, until=end)
    told = Repetition.law in examination.findings
    ask = partial(once_again if told else another, witness=witness, verdict=found.shrunk_verdict, deny=examination.deny)
    with suppress(SubjectError, UsageError):
        return examination.hearing.ask(trial, ask)
    return ""


def another(trial: Trial, witness: Witness, verdict: Verdict, deny: frozenset[str]) -> str:
    """What is said where calls on the arrays of a case differ, or the law that was broken holds when asked again."""
    if (found := changes(trial, CALLING)) is not None:
        return DIFFERS.format(call=found[0], of=found[1].of)
    return once_again(trial, witness, verdict, deny)


def once_again(trial: Trial, witness: Witness, verdict: Verdict, deny: frozenset[str]) -> str:
    """What is said where the law holds; empty where it is broken again."""
    again = once_more(trial, witness, verdict, deny)
    return HOLDS if again is not None and again.status not in BROKEN else ""
