"""The command line: gradproof check, replay, list, bench."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from checks import bench as benchmark
from checks.case import parse
from checks.errors import GradproofError
from checks.examination import WITNESSES
from checks.networks import REAL_LAYERS
from checks.report import as_json, progress
from checks.report.bench_table import bench_table, goals, mean_line
from checks.report.findings import blind, findings, hazards
from checks.report.listing import listing
from checks.report.replayed import reasons, replayed
from checks.report.table import conclusion, legend, results
from checks.runner import Run, replay
from checks.target import containing, known_families, load, one_family, selected

#: Exit codes.
RIGHT, WRONG, INTERRUPTED = 0, 1, 130

#: Columns where no terminal says how many there are.
WIDTH = 140

LAWS = [witness.law for witness in WITNESSES]

#: Shown below the options; \b keeps the lines as they are.
_OVERVIEW = """\b
gradproof check                      the main job: every layer against every witness, about a minute
gradproof check --family relu        one family, a few seconds
gradproof check --layer "resnet-50"  the layers with this in their title
gradproof replay 'CASE'              one case again, with every verdict; a wrong layer's report prints the line
gradproof list                       the families and the laws
gradproof bench                      the reference layers' time beside PyTorch's

\b
Exit codes: 0 everything is right, 1 something is wrong, 2 misuse, 130 interrupted."""
_CHECK_EXAMPLES = """\b
Examples:
  gradproof check --seed 7 --cases 500           another sweep, a longer one
  gradproof check --family conv --family relu    two families
  gradproof check --layer vgg --json vgg.json    VGG-16's layers, also for a machine
  gradproof check --family conv --subject my_layers:conv   a Subject of yours, in my_layers.py"""
_REPLAY_EXAMPLE = """\b
Example:
  gradproof replay 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; data="distinct", seed=1)'"""

subject_option = click.option(
    "--subject", default="", metavar="MODULE:ATTRIBUTE", help="Examine this subject instead of the reference layers."
)


class _Group(click.Group):
    """A command group whose misuse ends with exit code 2 and a message, and Ctrl-C with 130; never with a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except GradproofError as error:
            raise click.UsageError(str(error)) from error
        except KeyboardInterrupt:
            click.echo("interrupted before anything was found", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_Group, epilog=_OVERVIEW, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gradproof")
def main() -> None:
    """Says whether a layer's backward pass is right, how sure it is, and where it is wrong."""


@main.command()
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of configurations and numbers."
)
@click.option(
    "--cases", default=100, show_default=True, type=click.IntRange(1), help="Cases in each family's sweep, at least."
)
@click.option("--family", multiple=True, metavar="NAME", help="Only this family; may be given again.")
@click.option("--layer", default="", metavar="TEXT", help="Only rows with TEXT in their title, capitals aside.")
@subject_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write everything to FILE.")
@click.option("--jobs", type=click.IntRange(1), help="Processes.  [default: one for each core]")
def check(
    *,
    seed: int,
    cases: int,
    family: tuple[str, ...],
    layer: str,
    subject: str,
    json_file: Path | None,
    jobs: int | None,
) -> None:
    """Examine every layer with every witness: a sweep of configurations, then the real layers of real networks."""
    if json_file:
        as_json.refuse_unwritable(json_file)
    names = known_families(family)
    if subject:
        load(subject)
        one_family(names)
    run, console = Run(selected(seed, cases, names, layer), subject), _console()
    try:
        planned = sum(len(job.cases) for job in run.jobs)
        progress.follow(run.go(jobs or _cores()), len(run.jobs), planned, console)
    except KeyboardInterrupt:
        run.interrupted = True
    _report(run, console)
    if json_file:
        as_json.write(json_file, as_json.document(run, seed))
    sys.exit(INTERRUPTED if run.interrupted else RIGHT if run.status == "right" else WRONG)


@main.command(name="replay", epilog=_REPLAY_EXAMPLE)
@click.argument("case")
@subject_option
def replay_one(case: str, subject: str) -> None:
    """Run every witness on one CASE and print every verdict."""
    if subject:
        load(subject)
    heard, console = list(replay(parse(case), subject)), _console()
    console.print(replayed(heard), highlight=False)
    for reason in reasons(heard):
        console.print(reason, markup=False, highlight=False, soft_wrap=True)
    verdicts = [verdict for _, each in heard for verdict in each]
    wrong = any(verdict.status == "wrong" for verdict in verdicts)
    compared = sum(verdict.compared for verdict in verdicts)
    console.print(f"{'WRONG' if wrong else 'RIGHT' if compared else 'BLIND'}: {compared:,} numbers compared")
    sys.exit(WRONG if wrong or not compared else RIGHT)


@main.command(name="list")
def list_all() -> None:
    """List the families (arguments, configuration cells) and the laws (what each says, what it needs)."""
    for line in listing():
        click.echo(line)


@main.command()
@click.option("--layer", default="", metavar="TEXT", help="Only real layers with TEXT in their title, capitals aside.")
@click.option("--threads", default=1, type=click.IntRange(1), show_default=True, help="Threads on each side.")
def bench(layer: str, threads: int) -> None:
    """Time the reference layers beside PyTorch: forward and every gradient of each real layer, equal threads."""
    layers, console = containing(layer, {row.title: row for row in REAL_LAYERS}), _console()
    steps = len(layers) * len(benchmark.DTYPES)
    measured = benchmark.measure(layers, threads)
    timings = list(track(measured, "timing", steps, console=console, transient=True, disable=not console.is_terminal))
    console.print(bench_table(timings, threads), highlight=False)
    if means := benchmark.means(timings, ["conv"]):
        console.print(mean_line("convolutions, geometric mean of the ratios", means) + f" (aim: {goals()})")
    for name in ("max_pool", "avg_pool", "relu"):
        if means := benchmark.means(timings, [name]):
            console.print(mean_line(f"{name}, apart", means))


def _report(run: Run, console: Console) -> None:
    if run.rows:
        console.print(results(run, LAWS), highlight=False)
    notes = [*legend(run, LAWS), *blind(run)] if run.rows else []
    for line in [*notes, *hazards(run), *findings(run), conclusion(run)]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _console() -> Console:
    console = Console()
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(width=WIDTH)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
