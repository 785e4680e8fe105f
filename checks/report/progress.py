"""What is shown while the main job runs: a bar on a terminal, a line for each finished row elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from checks.report.findings import shown
from checks.row import Outcome
from checks.sweep import Job

Rows: TypeAlias = Iterable[tuple[Job, Outcome]]


def follow(rows: Rows, jobs: int, cases: int, console: Console) -> None:
    """Run through ``rows`` to the end and show how far they are."""
    if console.is_terminal:
        _bar(rows, cases, console)
    else:
        _lines(rows, jobs, console)


def _bar(rows: Rows, cases: int, console: Console) -> None:
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("cases"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar, done = progress.add_task("starting", total=cases), dict[str, int]()
        for job, outcome in rows:
            done[job.title] = outcome.cases
            progress.update(bar, completed=sum(done.values()), description=job.title)
            if outcome.at is None and outcome.status != "right":
                progress.console.print(shown(job, outcome), style="bold red", highlight=False)


def _lines(rows: Rows, jobs: int, console: Console) -> None:
    finished = 0
    for job, outcome in rows:
        if outcome.at is None:
            finished += 1
            console.print(f"[{finished}/{jobs}] {shown(job, outcome)}", markup=False, highlight=False, soft_wrap=True)
