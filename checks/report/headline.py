"""The outcome of an examination in one line, with all that its reader must not overlook."""

from __future__ import annotations

from collections.abc import Sequence

from checks.calling import OfState
from checks.counted import count
from checks.examination import Examination
from checks.families.drawn import Drawn
from checks.families.unclaimed import Unclaimed
from checks.invariants.result_format import ResultFormat
from checks.oracles.golden import GoldenDigests
from checks.report.again import Asker
from checks.report.corpus import unread
from checks.report.uncalled import unanswered
from checks.scope.applies import applying, without_time

#: So many laws are named where no others were asked.
FEW = 5


def headline(examination: Examination, asker: Asker) -> str:
    """The outcome in one line."""
    who = f"{asker.named(examination.subject.name)} as {examination.family.name}"
    alone = f", {examination.alone:,} of them for the reference alone" if examination.alone else ""
    refused = f", {examination.refused:,} refused" if examination.refused else ""
    counts = f"{count(examination.cases, 'case')}{alone}{refused}, {count(examination.compared, 'number')} compared"
    promises = f", but {'; '.join(examination.promises)}" if examination.promises else ""
    return f"{who}: {_outcome(examination)} ({counts}){promises}{unread(examination.replayed)}"


def _outcome(examination: Examination) -> str:
    if said := unanswered(examination):
        return said
    if examination.only_at_kinks:
        return f"WRONG only at kinks, by {', '.join(examination.findings)}"
    if examination.wrong:
        seen = f"{_format_seen(examination)}{_first(examination)}{_carried(examination)}"
        return f"WRONG {_where(examination)}by {', '.join(_broken(examination))}{seen}{_left_out(examination)}"
    if examination.interrupted and not examination.cases:
        return "interrupted before its first case"
    beside = f", hazards: {', '.join(examination.hazards)}" if examination.hazards else ""
    so_far = "interrupted, so far " if examination.interrupted else ""
    seen = _shown_on(examination) + _taken(examination) + _coarse(examination)
    verdict = "NOT SHOWN RIGHT: " if without_time(examination) and not examination.interrupted else ""
    return f"{verdict}{so_far}right by {_right_by(examination)}{seen}{beside}{_left_out(examination)}"


def _broken(examination: Examination) -> list[str]:
    """The laws that broke, those first that did so on the example that was given."""
    elsewhere = examination.family.elsewhere
    return sorted(examination.findings, key=lambda law: bool(elsewhere(examination.findings[law].case)))


def _where(examination: Examination) -> str:
    """Said of a layer that is right on the example given, and wrong where that is varied."""
    places = examination.only_elsewhere
    return f"only {' and '.join(places)}, " if places else ""


def _format_seen(examination: Examination) -> str:
    """The format in which a layer was seen to compute, where that is narrower than its arguments'."""
    found = examination.findings.get(ResultFormat.law)
    return f": {found.verdict.seen}" if found and found.verdict.seen else ""


def _first(examination: Examination) -> str:
    """Said of a layer all of whose wrong answers are right as first calls; those of a law between calls need none."""
    told = [found.alone for found in examination.findings.values()]
    return ", right as first calls: what it gives depends on earlier ones" if all(told) else ""


def _carried(examination: Examination) -> str:
    """What to do first of a layer that carries a state along: whatever is wrong may follow from that."""
    names = (each.carried for each in examination.notes if isinstance(each, OfState))
    return "".join(
        f"; it carries {each} from call to call: let reset_state() bring {each} back first" for each in names
    )


def _right_by(examination: Examination) -> str:
    """The laws that a pass rests on: every one, or those that were asked, without those that could say nothing."""
    asked = [witness.law for witness in examination.witnesses]
    tallies = examination.tallies
    silent = [law for law in asked if (tally := tallies.get(law)) and tally.blind and not tally.right]
    mute = [law for law in asked if law not in tallies and law not in examination.unasked]
    heard = ", ".join(law for law in asked if law not in {*silent, *mute, *examination.unasked}) or "no law"
    if most := without_time(examination):
        return f"{heard}{_hurried(examination)}; for {count(len(most), 'other law')} there was no time"
    late = applying(examination.family, examination.unasked)
    if len(asked) <= FEW:
        but = [f"{_some(late)}, for want of time"] if late else []
        but += [f"{_some(mute)}, which could say nothing here"] if mute else []
        told = f"{heard}, the only {_laws(asked)} asked{' but ' if but else ''}{', and '.join(but)}"
        return told + _hurried(examination) + (_recorded(examination) if GoldenDigests.law in asked else "")
    but = [f"{', '.join(silent)}, blind here"] if silent else []
    but += [f"{_some(late)}, for which there was no time"] if late else []
    return " but ".join(["every law", *([", and ".join(but)] if but else [])]) + _hurried(examination)


def _recorded(examination: Examination) -> str:
    """On how many golden cases a pass rests; each counts as one, and is judged in several formats."""
    replayed = examination.replayed
    formats = ", each in every format that the layer takes" if replayed.golden > replayed.fitting else ""
    return f", on {replayed.fit}{formats}" if replayed.fit else ""


def _some(names: Sequence[str]) -> str:
    """The first of many names, and how many others there are."""
    others = len(names) - FEW
    return ", ".join(names) if others <= 1 else f"{', '.join(names[:FEW])} and {others} others"


def _shown_on(examination: Examination) -> str:
    """A pass on examples that were given says nothing of others."""
    family = examination.family
    return ", on the example given" if isinstance(family, Unclaimed) and not isinstance(family, Drawn) else ""


def _coarse(examination: Examination) -> str:
    """A pass of a layer whose roundings may be as large as its gradients says little of these."""
    coarse = examination.exclusion.coarse if isinstance(examination.family, Unclaimed) else []
    return f", which would not have shown {_some(coarse)} twice as large: so much may be rounding" if coarse else ""


def _taken(examination: Examination) -> str:
    """A pass on a few cases, where the layer refused most, must not read like one on all."""
    taken = examination.cases - examination.refused
    return f", on the {count(taken, 'case')} that it took" if taken < examination.refused else ""


def _hurried(examination: Examination) -> str:
    """A pass of a slow layer on fewer cases than are usual must not read like another."""
    few = examination.hurried
    return f", on {count(few, 'case')} for want of time" if few else ""


def _left_out(examination: Examination) -> str:
    """Parameters of which no gradient was found, and gradients that are not given: a pass says nothing of them."""
    left = examination.unexamined
    return f"; NOT EXAMINED: {_some(left)}" if left else ""


def _laws(laws: list[str]) -> str:
    return "law" if len(laws) == 1 else "laws"
