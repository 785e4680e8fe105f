"""What is said below the table: each law that broke with its plainest case, hazards, and what nobody could see."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from checks.case import Case
from checks.claim import Verdict
from checks.examination import Finding, Tally
from checks.report.words import count, number, place
from checks.runner import Outcome, Run
from checks.sweep import Job


def findings(run: Run) -> Iterator[str]:
    """One paragraph for each law of each family that broke: its plainest case, and in how many layers it broke."""
    broken = [(found, job) for job, outcome in run.rows for found in outcome.findings.values()]
    for family, law in dict.fromkeys((job.family, found.law) for found, job in broken):
        same = [(found, job) for found, job in broken if (job.family, found.law) == (family, law)]
        found, job = min(same, key=lambda pair: pair[0].shrunk.sizes())
        yield _paragraph(found, [job.title for _, job in same], run.subject, "WRONG")
    for job, outcome in run.rows:
        if outcome.fault:
            yield f"WRONG  {job.title}: {outcome.fault}"
        elif outcome.status == "blind" and outcome.at is None:
            yield f"WRONG  {job.title}: not one number was compared, so nothing was shown; expected a case with entries"


def hazards(run: Run) -> Iterator[str]:
    """One paragraph for each hazard of each family: right today, dangerous tomorrow."""
    seen = [(found, job) for job, outcome in run.rows for found in outcome.hazards.values()]
    for family, law in dict.fromkeys((job.family, found.law) for found, job in seen):
        same = [(found, job) for found, job in seen if (job.family, found.law) == (family, law)]
        found = min((found for found, _ in same), key=lambda each: each.shrunk.sizes())
        yield _paragraph(found, [job.title for _, job in same], run.subject, "HAZARD")


def blind(run: Run) -> Iterator[str]:
    """One line for the laws that left as many elements out for the same reasons: how many, in how many layers."""
    lines = dict[str, list[str]]()
    for law in dict.fromkeys(law for _, outcome in run.rows for law in outcome.tallies):
        tallies = [outcome.tallies[law] for _, outcome in run.rows if law in outcome.tallies]
        if total := sum(tally.blind_elements for tally in tallies):
            layers = count(sum(tally.blind_elements > 0 for tally in tallies), "layer")
            lines.setdefault(f"{total:,} elements in {layers}: {_reasons(tallies)}", []).append(law)
    for what, laws in lines.items():
        yield f"blind: {', '.join(laws)}{' each' * (len(laws) > 1)}: {what}"


def command(case: Case, subject: str) -> str:
    """The shell command that replays a case."""
    return f"gradproof replay {shlex.quote(str(case))}" + (f" --subject {shlex.quote(subject)}" if subject else "")


def describe(verdict: Verdict) -> list[tuple[str, str]]:
    """Element, got, want, bound and count of a verdict, as far as an element can be named."""
    if verdict.worst is None:
        return [("reason", verdict.why)]
    worst = verdict.worst
    return [
        ("element", place(verdict)),
        ("got", number(worst.got)),
        ("want", number(worst.want)),
        ("bound", f"{worst.bound:.3g} ({verdict.why})"),
        ("wrong", f"{verdict.wrong} of {count(verdict.compared, 'element')}"),
    ]


def _paragraph(found: Finding, titles: list[str], subject: str, status: str) -> str:
    verdict, case = found.shrunk_verdict, found.shrunk
    others = f" and {count(len(titles) - 1, 'other layer')}" if len(titles) > 1 else ""
    lines = [
        ("seen in", f"{titles[0]}{others}"),
        ("case", str(case)),
        *describe(verdict),
        ("replay", command(case, subject)),
    ]
    heading = f"{status}  {found.law}: {verdict.of} of {case.family}, subject {subject or 'reference'}"
    return "\n".join([heading, *(f"  {name:8} {value}" for name, value in lines)])


def _reasons(tallies: Sequence[Tally]) -> str:
    """Reasons that differ in their figures alone stand once, with the figures of one of them."""
    every = sorted(why for tally in tallies for why in tally.reasons)
    alike = {"".join(sign for sign in why if not sign.isdigit()): why for why in every}
    return "; ".join(alike.values()) or "a sample of a large array is tried"


def shown(job: Job, outcome: Outcome) -> str:
    """One plain line for a row that is done."""
    return f"{job.title}: {outcome.status}, {count(outcome.cases, 'case')}, {outcome.seconds:.1f} s"
