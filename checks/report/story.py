"""An examination in words: what broke, where, by how much, why that is too much, and how to see it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import shorten

from checks.adapters.unrecognised import shown
from checks.counted import count
from checks.diagnosis.reasons import at_fault
from checks.errors import UsageError
from checks.examination import Examination
from checks.judge import HANGS
from checks.report.again import Asker, InPython
from checks.report.beside import beside
from checks.report.corpus import corpus_lines
from checks.report.excluded import excluded, longest
from checks.report.findings import alone_standing, as_a_first_call, describe, once
from checks.report.headline import headline
from checks.report.hints import hints
from checks.report.together import also, laws_on, together
from checks.report.uncalled import how_to_call, in_other_words
from checks.report.words import dangers, place
from checks.tally import Finding, Tally

#: Characters of a reason that stand on one line.
MOST_SAID = 240

#: Fewer results that were not seen are named.
MANY = 4


def story(examination: Examination) -> str:
    """Everything that a reader needs: a headline, a paragraph for each case on which laws broke, what stayed unseen.

    Raises UsageError where that is asked of something else than an examination.
    """
    if not isinstance(examination, Examination):
        raise UsageError(
            f"story({shown(examination)}) is of {type(examination).__name__}; expected an examination, such as "
            "story(examine(layer, like='conv2d'))"
        )
    return told(examination, InPython(examination.said))


def told(examination: Examination, asker: Asker) -> str:
    """The story in the words of whoever asked: what they call the layer, how they hear a case again."""
    return "\n".join([headline(examination, asker), *_body(examination, asker)])


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
        *beside(first),
        *as_a_first_call(first),
        *dangers(laws, status, first.shrunk_verdict.seen),
        *(("hint", sentence) for sentence in hints(first, laws)),
        *(("looks", sentence) for sentence in first.diagnosis),
        *([] if first.alone else [("replay", asker.again(first.shrunk, laws))]),
        *alone_standing(first),
        *also(alike),
    ]
    heading = f"{status}  {at_fault(first.shrunk_verdict)} of {first.shrunk.family}"
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
            told = shorten(first, MOST_SAID, placeholder=" ...")
            lines.setdefault(f"{of}: {told}{like_it}", []).append(f"{law} on {count(tally.blind, 'claim')}")
        elif tally.blind_elements:
            why = "samples are tried of large arrays and slow layers, and at a kink there is no derivative"
            lines.setdefault(f", because {why}", []).append(f"{law}: {count(tally.blind_elements, 'element')}")
    yield from (f"blind: {', '.join(laws)}{what}" for what, laws in lines.items())


def _body(examination: Examination, asker: Asker) -> Iterator[str]:
    yield from (f"\n{text}" for text in paragraphs(examination.findings, "WRONG", asker))
    yield from (f"\n{_paragraph([each], 'WRONG', asker)}" for each in examination.others)
    called = HANGS in examination.findings  # what goes on for ever has understood its call
    if examination.wrong and examination.judged and not examination.compared and not called:
        yield f"\n{how_to_call(examination)}"
    yield from (f"\n{text}" for text in _hazards(examination, asker))
    right = [law for law, tally in examination.tallies.items() if tally.right and not tally.wrong and not tally.hazard]
    if examination.wrong and len(examination.witnesses) > 1:
        yield f"\nright by: {', '.join(right) or 'no other law'}"
    yield from _blind(examination.tallies)
    if examination.outside:
        counts = ", ".join(f"{reason} ({number})" for reason, number in examination.outside.items())
        yield f"cases that the subject does not take, replaced by nearby ones: {counts}"
    yield from corpus_lines(examination.replayed)
    yield from filter(None, [in_other_words(examination)])
    yield from (f"note: {note}" for note in (*examination.notes, *examination.hearing.notes))
    yield from longest(examination.judged if examination.family.smooth else [])
    yield from excluded(examination.exclusion, examination.family)
