"""gradproof soak: right layers examined on a great many random cases, for as long as it takes."""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import click
from rich.table import Table

from checks.commands.terminal import INTERRUPTED, RIGHT, WRONG, console, cores, say, state_option
from checks.counted import count
from checks.report import as_json
from checks.resume import State
from checks.soak import SCHEMA, Soaked, soak
from checks.soak_rows import Row, rows


@click.command(name="soak")
@click.option("--cases", default=100_000, show_default=True, type=click.IntRange(1), help="Cases of each row.")
@click.option("--only", default="", metavar="TEXT", help="Only rows with TEXT in their title, capitals aside.")
@state_option("gradproof-soak.json")
@click.option(
    "--turns",
    default=1,
    show_default=True,
    type=click.IntRange(1),
    help="Each case is heard by every N-th law, the next case by the next ones: more cases in the same time.",
    metavar="N",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes.  [default: one for each core]")
def soak_all(*, cases: int, only: str, state: Path, turns: int, jobs: int | None) -> None:
    """Look for false alarms on the reference layers and PyTorch's own; a second run goes on where the first stopped."""
    as_json.refuse_unwritable(state, "--state")
    wanted, kept, terminal, stopped = rows(only), State(state, SCHEMA, Soaked), console(), False
    known, fault = kept.rows, ""
    start, done = perf_counter(), 0
    try:
        for row, found in soak(wanted, known, cases, jobs or cores(), turns):
            known[row.title] = known.get(row.title, Soaked()).joined(found)
            fault = kept.save(each.title for each in wanted)
            done += found.cases
            rate = done / (perf_counter() - start)
            left = sum(max(cases - known.get(each.title, Soaked()).cases, 0) for each in wanted)
            hours = left / max(rate, 1e-9) / 3600
            terminal.print(
                f"{row.title}: {count(known[row.title].cases, 'case')}; {rate:.0f} cases/s, {hours:.1f} h left"
            )
    except KeyboardInterrupt:
        stopped = True
    terminal.print(table(wanted, known))
    alarms = [f"ALARM {row.title}: {alarm}" for row in wanted for alarm in known.get(row.title, Soaked()).alarms]
    for line in alarms:
        say(line, terminal)
    total = sum(found.cases for found in known.values())
    where = f"NOT KEPT: {fault}" if fault else f"kept in {state}"
    say(f"{count(len(alarms), 'alarm')} in {count(total, 'case')}; {where}", terminal)
    sys.exit(WRONG if alarms or fault else INTERRUPTED if stopped else RIGHT)


def table(wanted: list[Row], known: dict[str, Soaked]) -> Table:
    """A line for each row: cases, laws that heard each on average, numbers compared, alarms."""
    found = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("layer", "cases", "laws a case", "refused", "numbers compared", "alarms"):
        found.add_column(heading, justify="left" if heading == "layer" else "right")
    for row in wanted:
        each = known.get(row.title, Soaked())
        met = (row.title, f"{each.cases:,}", f"{each.laws:.1f}", f"{each.refused:,}")
        found.add_row(*met, f"{each.compared:,}", str(len(each.alarms)))
    return found
