"""What is said below the table: each law that broke with its plainest case, hazards, and what nobody could see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from checks.claim import KEY, MEMORY, Verdict
from checks.counted import count
from checks.diagnosis.reasons import at_fault, reason
from checks.examination import AT_KINKS
from checks.families.slices import READABLE
from checks.invariants.repetition import Repetition
from checks.report.again import command
from checks.report.beside import beside
from checks.report.together import also, laws_on, together
from checks.report.words import CHANGE, SAMPLED, dangers, number, place
from checks.row import Outcome
from checks.runner import Run
from checks.sweep import Job
from checks.tally import Finding, Tally

#: Reasons for blindness that are spelled out for each law.
MOST_REASONS = 3

#: Why there is no script of a case that is right alone.
ALONE = "these calls alone show no mistake, and which of the earlier ones bring it about nobody has seen"

#: Columns before the values of a paragraph.
INDENT = 11


def findings(run: Run) -> Iterator[str]:
    """One paragraph for each plainest case on which laws of a family broke, and for rows that showed nothing."""
    broken = [(found, job) for job, outcome in run.rows for found in outcome.findings.values()]
    yield from _paragraphs(broken, run.subject, "WRONG")
    for job, outcome in run.rows:
        if outcome.fault:
            yield f"WRONG  {job.title}: {outcome.fault}"
        elif outcome.status == "blind" and outcome.at is None:
            yield f"WRONG  {job.title}: not one number was compared, so nothing was shown; expected a case with entries"


def hazards(run: Run) -> Iterator[str]:
    """The same for hazards: right today, dangerous tomorrow."""
    seen = [(found, job) for job, outcome in run.rows for found in outcome.hazards.values()]
    yield from _paragraphs(seen, run.subject, "HAZARD")


def blind(run: Run) -> Iterator[str]:
    """One line for the laws that left as many elements out for the same reasons: how many, in how many layers."""
    lines = dict[str, list[str]]()
    for law in dict.fromkeys(law for _, outcome in run.rows for law in outcome.tallies):
        tallies = [outcome.tallies[law] for _, outcome in run.rows if law in outcome.tallies]
        if total := sum(tally.blind_elements for tally in tallies):
            layers = count(sum(tally.blind_elements > 0 for tally in tallies), "layer")
            lines.setdefault(f"{count(total, 'element')} in {layers}: {_reasons(tallies)}", []).append(law)
    for what, laws in lines.items():
        yield f"blind: {', '.join(laws)}{' each' * (len(laws) > 1)}: {what}"


def describe(verdict: Verdict) -> list[tuple[str, str]]:
    """Element, got, want, bound and count of a verdict, as far as an element can be named.

    Of two calls that differ nobody knows which is right: the other has the name ``once``.
    """
    if verdict.worst is None or verdict.counted in {CHANGE, KEY, MEMORY}:
        return [("reason", reason(verdict))]
    worst = verdict.worst
    return [
        ("element", place(verdict)),
        ("got", number(worst.got)),
        ("once" if verdict.law == Repetition.law else "want", number(worst.due)),
        ("bound", f"{worst.bound:.3g} ({verdict.why})"),
        ("wrong", f"{verdict.wrong} of {count(verdict.compared, 'element')}"),
    ]


def once(found: Finding, told: set[tuple[str, str]]) -> Finding:
    """The finding without its diagnosis where that was told already: it is of a gradient, not of a law."""
    key = (found.shrunk.family, found.verdict.of)
    known = key in told
    told.add(key)
    return replace(found, diagnosis=()) if known else found


def alone_standing(found: Finding) -> list[tuple[str, str]]:
    """The counterexample as a script that needs NumPy and the layer alone, or why it is too long to be read."""
    if found.script:
        return [("script", found.script.replace("\n", f"\n{' ' * INDENT}"))]
    if found.unscripted or found.alone:
        return [("script", _none(found.unscripted or ALONE))]
    many = found.shrunk.sizes()
    why = f"its arrays hold {count(many, 'number')}, and nobody reads more than {READABLE}"
    return [("script", _none(f"{why}; replay makes the same calls"))] if many > READABLE else []


def _none(why: str) -> str:
    """Why there is no script, as a comment: whoever runs what stands there runs nothing."""
    return f"# none: {' '.join(why.split())}"


def as_a_first_call(found: Finding) -> list[tuple[str, str]]:
    """A line where the case is right alone."""
    return [("alone", found.alone)] if found.alone else []


def _paragraphs(seen: Sequence[tuple[Finding, Job]], subject: str, status: str) -> Iterator[str]:
    """Each law of each family by its plainest case; laws that say the same share a paragraph."""
    plainest, titles = dict[tuple[str, str], Finding](), dict[tuple[str, str], list[str]]()
    for found, job in seen:
        key = (job.family, found.law)
        titles.setdefault(key, []).append(job.title)
        if key not in plainest or found.shrunk.sizes() < plainest[key].shrunk.sizes():
            plainest[key] = found
    told: set[tuple[str, str]] = set()
    for first, *others in together(plainest.values(), status):
        alike = [once(first, told), *others]
        where = list(dict.fromkeys(title for each in alike for title in titles[each.shrunk.family, each.law]))
        yield _paragraph(alike, where, subject, status)


def _paragraph(alike: Sequence[Finding], titles: Sequence[str], subject: str, status: str) -> str:
    found, laws = alike[0], laws_on(alike[0], alike)
    verdict, case = found.shrunk_verdict, found.shrunk
    others = f" and {count(len(titles) - 1, 'other layer')}" if len(titles) > 1 else ""
    lines = [
        ("laws", ", ".join(laws)),
        ("seen in", f"{titles[0]}{others}"),
        ("case", str(case)),
        *describe(verdict),
        *beside(found),
        *as_a_first_call(found),
        *dangers(laws, status, verdict.seen),
        *(("looks", sentence) for sentence in found.diagnosis),
        *([] if found.alone else [("replay", command(case, subject))]),
        *alone_standing(found),
        *also(alike),
    ]
    kinks = ", only at kinks" if AT_KINKS.issuperset(each.law for each in alike) else ""
    heading = f"{status}  {at_fault(verdict)} of {case.family}, subject {subject or 'reference'}{kinks}"
    return "\n".join([heading, *(f"  {name:8} {value}" for name, value in lines)])


def _reasons(tallies: Sequence[Tally]) -> str:
    """Reasons that differ in their figures alone stand once, with the figures of one of them."""
    every = sorted(why for tally in tallies for why in tally.reasons)
    alike = {"".join(sign for sign in why if not sign.isdigit()): why for why in every}
    sampled = any(tally.blind_elements and not tally.reasons for tally in tallies)
    first = [SAMPLED] * sampled + list(alike.values())
    more = len(first) - MOST_REASONS
    return "; ".join(first[:MOST_REASONS]) + (f"; and {count(more, 'other reason')}" if more > 0 else "")


def shown(job: Job, outcome: Outcome) -> str:
    """One plain line for a row that is done."""
    return f"{job.title}: {outcome.status}, {count(outcome.cases, 'case')}, {outcome.seconds:.1f} s"
