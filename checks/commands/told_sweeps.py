"""What gradproof check says of the sweeps of families: how far they are, what was found, and their power."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.progress import track

from checks.commands.terminal import say
from checks.counted import count
from checks.examination import WITNESSES
from checks.families import family
from checks.mistakes.plants import plants
from checks.planting import Caught, Heard, Power, measured
from checks.report import progress
from checks.report.corpus import corpus_lines
from checks.report.excluded import passes
from checks.report.findings import blind, findings, hazards
from checks.report.narrow_table import rows
from checks.report.power import powers
from checks.report.table import conclusion, legend
from checks.runner import Run

LAWS = [witness.law for witness in WITNESSES]


def follow(run: Run, processes: int, terminal: Console) -> None:
    """Examine every row, and say how far it is; Ctrl-C ends it."""
    planned = sum(len(job.cases) for job in run.jobs)
    try:
        progress.follow(run.go(processes), len(run.jobs), planned, terminal)
    except KeyboardInterrupt:
        run.interrupted = True


def tell_rows(run: Run, terminal: Console) -> None:
    """The table of all rows, then what its marks mean, what the passes exclude, and every finding."""
    for each in rows(run, LAWS, terminal) if run.rows else ():
        terminal.print(each, highlight=False)
    notes = [*legend(run, LAWS), *blind(run), *corpus_lines(run.replays)] if run.rows else []
    for line in [*notes, *passes(run), *hazards(run), *findings(run), conclusion(run)]:
        say(line, terminal)


def tell_power(run: Run, processes: int, terminal: Console) -> None:
    """What became of every mistake planted in the subject of each family; a wrong subject catches nothing new.

    Ctrl-C ends it, and what was found until then is told.
    """
    for name in dict.fromkeys(job.family for job in run.jobs):
        if run.interrupted:
            return
        rows = [(job, outcome) for job, outcome in run.rows if job.family == name]
        if any(outcome.status != "right" for _, outcome in rows):
            lines = [f"POWER {name}: not measured, the subject itself is wrong: mend what was found first"]
        else:
            heard = [Heard(case, job.witnesses) for job, _ in rows for case in job.cases]
            took = sum(outcome.seconds for _, outcome in rows) / processes
            lines = _planted(run, name, measured(name, run.subject, heard, processes, took), terminal)
        for line in lines:
            say(line, terminal)


def _planted(run: Run, name: str, outcomes: Iterator[Caught], terminal: Console) -> list[str]:
    """What is told of the mistakes planted in one family, as far as the run went."""
    sown, shown = [plant.name for plant in plants(family(name))], list[Caught]()
    try:
        for each in track(
            outcomes, f"planting in {name}", len(sown), console=terminal, disable=not terminal.is_terminal
        ):
            shown.append(each)
    except KeyboardInterrupt:
        run.interrupted = True
    told = [*powers(Power(name, sorted(shown, key=lambda each: sown.index(each.name))))]
    left = f"  interrupted: {count(len(sown) - len(shown), 'planted mistake')} not tried"
    return [*told, left] if run.interrupted else told
