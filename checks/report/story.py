"""An examination in words: what broke, where, by how much, why that is too much, and how to see it again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from checks.counted import count
from checks.diagnosis.reasons import result_of
from checks.examination import Examination
from checks.families.drawn import Drawn
from checks.families.unclaimed import Unclaimed
from checks.invariants.result_format import ResultFormat
from checks.invariants.surroundings import Surroundings
from checks.judge import HANGS, RUNS
from checks.oracles.golden import GoldenDigests
from checks.report.again import Asker, InPython
from checks.report.corpus import corpus_lines, unread
from checks.report.excluded import excluded
from checks.report.findings import alone_standing, as_a_first_call, describe, once
from checks.report.hints import hints
from checks.report.together import also, laws_on, together
from checks.report.uncalled import how_to_call, unanswered
from checks.report.words import dangers, place
from checks.scope.applies import applying
from checks.tally import Finding, Tally

#: How the law ``dtype`` tells the format in which a layer computes, or in which a result came.
_COMPUTES = re.compile(r"the layer (?=(computes in \w+))|^(?=(\w+ came as \w+))")

#: So many laws are named where no others were asked; fewer results than the second that were not seen are, too.
FEW, MANY = 5, 4


def story(examination: Examination) -> str:
    """Everything that a reader needs: a headline, a paragraph for each case on which laws broke, what stayed unseen."""
    return told(examination, InPython())


def told(examination: Examination, asker: Asker) -> str:
    """The story in the words of whoever asked: what they call the layer, how they hear a case again."""
    return "\n".join([headline(examination, asker), *_body(examination, asker)])


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
        return f"WRONG by {', '.join(examination.findings)}{_format_seen(examination)}"
    beside = f", hazards: {', '.join(examination.hazards)}" if examination.hazards else ""
    so_far = "interrupted, so far " if examination.interrupted else ""
    seen = _shown_on(examination) + _taken(examination)
    return f"{so_far}right by {_right_by(examination)}{seen}{beside}{_left_out(examination)}"


def _format_seen(examination: Examination) -> str:
    """The format in which a layer was seen to compute, where that is narrower than its arguments'."""
    found = examination.findings.get(ResultFormat.law)
    seen = _COMPUTES.search(found.verdict.why) if found else None
    return f": {f'it {seen[1]}' if seen[1] else seen[2]}" if seen else ""


def _right_by(examination: Examination) -> str:
    """The laws that a pass rests on: every one, or those that were asked, without those that could say nothing."""
    asked = [witness.law for witness in examination.witnesses]
    silent = [law for law in asked if (tally := examination.tallies.get(law)) and tally.blind and not tally.right]
    if len(asked) <= FEW:
        told = f"{', '.join(law for law in asked if law not in silent) or 'no law'}, the only {_laws(asked)} asked"
        return (
            told
            + _hurried(examination)
            + (f", on {fit}" if GoldenDigests.law in asked and (fit := examination.replayed.fit) else "")
        )
    late = applying(examination.family, examination.unasked)
    if len(late) > len(examination.asked):
        heard = [law for law in asked if law in examination.asked and law not in silent]
        told = f"{', '.join(heard) or 'no law'}{_hurried(examination)}"
        return f"{told}; for {count(len(late), 'other law')} there was no time"
    but = [f"{', '.join(silent)}, blind here"] if silent else []
    but += [f"{_some(late)}, for which there was no time"] if late else []
    return " but ".join(["every law", *([", and ".join(but)] if but else [])]) + _hurried(examination)


def _some(names: Sequence[str]) -> str:
    """The first of many names, and how many others there are."""
    others = len(names) - FEW
    return ", ".join(names) if others <= 1 else f"{', '.join(names[:FEW])} and {others} others"


def _shown_on(examination: Examination) -> str:
    """A pass on examples that were given says nothing of others."""
    family = examination.family
    return ", on the example given" if isinstance(family, Unclaimed) and not isinstance(family, Drawn) else ""


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


def paragraphs(findings: Mapping[str, Finding], status: str, asker: Asker) -> Iterator[str]:
    """Laws that broke for the same gradient by the same mistake, as far as anybody can tell, share a paragraph."""
    known: set[tuple[str, str]] = set()
    for first, *others in together(findings.values(), status):
        yield _paragraph([once(first, known), *others], status, asker)


def _paragraph(alike: list[Finding], status: str, asker: Asker) -> str:
    first, laws = alike[0], laws_on(alike[0], alike)
    lines = [
        ("laws", ", ".join(laws)),
        ("case", str(first.shrunk)),
        *([("seen in", str(first.case))] if first.case != first.shrunk else []),
        *describe(first.shrunk_verdict),
        *as_a_first_call(first),
        *dangers(laws, status),
        *(("hint", sentence) for sentence in hints(first, laws)),
        *(("looks", sentence) for sentence in first.diagnosis),
        *([] if first.alone else [("replay", asker.again(first.shrunk, laws))]),
        *alone_standing(first),
        *also(alike),
    ]
    what = "call" if {RUNS, HANGS, Surroundings.law}.intersection(laws) else result_of(first.shrunk_verdict)
    heading = f"{status}  {what} of {first.shrunk.family}"
    return "\n".join([heading, *(f"  {name:8} {value}" for name, value in lines)])


def _hazards(examination: Examination, asker: Asker) -> Iterator[str]:
    """A paragraph each where nothing is wrong; else they wait on one line: what is wrong may be behind them."""
    if not examination.wrong:
        yield from paragraphs(examination.hazards, "HAZARD", asker)
        return
    others = {law: found for law, found in examination.hazards.items() if law not in examination.findings}
    if seen := [f"{law} ({place(found.shrunk_verdict)})" for law, found in others.items()]:
        yield f"hazards, told in full where nothing is wrong: {', '.join(seen)}"


def _blind(tallies: Mapping[str, Tally]) -> Iterator[str]:
    """What nobody could see; laws that saw nothing of the same for the same reason share a line."""
    lines = dict[str, list[str]]()
    for law, tally in tallies.items():
        if tally.blind:
            first, *others = sorted(tally.reasons)
            like_it = f" (and {len(others)} like it)" if others else ""
            of = f", of {', '.join(sorted(tally.unseen))}" if len(tally.unseen) < MANY else ""
            lines.setdefault(f"{of}: {first}{like_it}", []).append(f"{law} on {count(tally.blind, 'claim')}")
        elif tally.blind_elements:
            why = "samples are tried of large arrays and slow layers, and at a kink there is no derivative"
            lines.setdefault(f", because {why}", []).append(f"{law}: {count(tally.blind_elements, 'element')}")
    yield from (f"blind: {', '.join(laws)}{what}" for what, laws in lines.items())


def _body(examination: Examination, asker: Asker) -> Iterator[str]:
    yield from (f"\n{text}" for text in paragraphs(examination.findings, "WRONG", asker))
    if examination.wrong and examination.judged and not examination.compared:
        yield f"\n{how_to_call(examination)}"
    yield from (f"\n{text}" for text in _hazards(examination, asker))
    right = [law for law, tally in examination.tallies.items() if tally.right and not tally.wrong and not tally.hazard]
    if examination.wrong:
        yield f"\nright by: {', '.join(right) or 'no other law'}"
    yield from _blind(examination.tallies)
    if examination.outside:
        counts = ", ".join(f"{reason} ({number})" for reason, number in examination.outside.items())
        yield f"cases that the subject does not take, replaced by nearby ones: {counts}"
    yield from corpus_lines(examination.replayed)
    yield from (f"note: {note}" for note in (*examination.notes, *examination.hearing.notes))
    yield from excluded(examination.exclusion, examination.family)
