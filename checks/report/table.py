"""The main job as a table: a row for each layer, the verdict of every law in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from checks.counted import count
from checks.report.corpus import unread
from checks.report.words import LEGEND, SIGNS, abbreviations, cell, place, sign
from checks.row import Outcome
from checks.runner import Run
from checks.sweep import Job
from checks.tally import Tally

#: Laws with a column of their own; the others share one, a sign for each.
OWN = ("reference", "textbook", "torch", "finite differences", "adjoint", "sums", "linearity")


def results(run: Run, order: Sequence[str]) -> Table:
    """Cases, the verdict of every law, the worst error with its place, and seconds; ``order`` is that of the laws."""
    short, signs = abbreviations(OWN), others(run, order)
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("layer", no_wrap=True, max_width=43)
    table.add_column("cases", justify="right")
    for law in OWN:
        table.add_column(short[law], justify="right", no_wrap=True)
    table.add_column("others", no_wrap=True)
    table.add_column("worst error", no_wrap=True, max_width=32)
    table.add_column("s", justify="right", no_wrap=True)
    for job, outcome in run.rows:
        table.add_row(*_cells(job, outcome, signs), style=style(outcome))
    return table


def legend(run: Run, order: Sequence[str]) -> list[str]:
    """What the headings and the signs stand for."""
    own = ", ".join(f"{short} = {law}" for law, short in abbreviations(OWN).items())
    return [LEGEND, f"columns: {own}", f"others, a sign for each: {', '.join(others(run, order))}", SIGNS]


def worst(tallies: Mapping[str, Tally]) -> str:
    """The element that used most of its bound: its error, its place and the law that saw it."""
    ranked = sorted((tally.wrong > 0, tally.share, law) for law, tally in tallies.items() if tally.worst is not None)
    if not ranked or ranked[-1][:2] == (False, 0.0):
        return "all equal"
    law = ranked[-1][2]
    verdict = tallies[law].worst
    if verdict is None or verdict.worst is None:
        return law
    return f"{verdict.worst.error:.0e} {place(verdict)} {abbreviations(OWN).get(law, law)}"


def others(run: Run, order: Sequence[str]) -> list[str]:
    """The laws without a column of their own that spoke in any row, in order."""
    seen = {law for _, outcome in run.rows for law in outcome.tallies}
    return [law for law in [*order, *sorted(seen - set(order))] if law in seen and law not in OWN]


def _cells(job: Job, outcome: Outcome, signs: Sequence[str]) -> list[str]:
    many = f"{outcome.cases}" if outcome.cases == len(job.cases) else f"{outcome.cases}/{len(job.cases)}"
    each = [cell(outcome.tallies.get(law)) for law in OWN]
    rest = "".join(sign(outcome.tallies.get(law)) for law in signs)
    return [job.title, many, *each, rest, worst(outcome.tallies), f"{outcome.seconds:.1f}"]


def style(outcome: Outcome) -> str | None:
    """How a row is printed: what is wrong stands out, what was not judged to its end is dim."""
    if outcome.at is not None:
        return "dim"
    return None if outcome.status == "right" else "bold red"


def conclusion(run: Run) -> str:
    """The last line: what came out, of how much."""
    rows = [outcome for _, outcome in run.rows]
    cases, compared = sum(outcome.cases for outcome in rows), sum(outcome.compared for outcome in rows)
    judged = f"{count(run.finished, 'layer')}, {count(cases, 'case')}"
    done = f"{judged}, {count(compared, 'number')} compared in {run.seconds:.0f} s"
    if run.interrupted:
        found = "WRONG" if run.status == "wrong" else "nothing wrong"
        return f"interrupted after {run.finished} of {count(len(run.jobs), 'layer')}, {found} so far: {done}"
    bad = sum(outcome.status != "right" for outcome in rows)
    return f"{run.status.upper()}: {f'{bad} of ' if bad else ''}{done}{unread(run.replays)}"
