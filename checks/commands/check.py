"""gradproof check: the main job."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from checks.commands.targets import examined, find, limits, understood
from checks.commands.terminal import (
    INTERRUPTED,
    RIGHT,
    WRONG,
    console,
    cores,
    corpus_option,
    demand_used,
    inputs_option,
    say,
    subject_option,
    written,
)
from checks.corpus.rows import rows
from checks.corpus.store import Corpus
from checks.counted import count
from checks.errors import ZeroComparisonsError
from checks.examination import WITNESSES, Examination, denied
from checks.families import family
from checks.isolation import Isolation
from checks.mistakes.plants import plants
from checks.planting import Heard, Power, measured
from checks.report import as_json, progress
from checks.report.again import InShell
from checks.report.corpus import corpus_lines, damaged
from checks.report.excluded import passes
from checks.report.findings import blind, findings, hazards
from checks.report.power import powers
from checks.report.story import told
from checks.report.table import conclusion, legend, results
from checks.runner import Run
from checks.scope.cut_short import CutShortError
from checks.target import Named, known_families, one_family, selected

#: Options for the sweeps of families, and for the layers that stand at a name; and what is wrong with either.
SWEEPS, BESIDE = ("family", "layer", "subject", "cases", "power", "jobs"), "beside MODULE:LAYER, which --like describes"
TARGETS, WITHOUT = ("like", "supports", "inputs"), "without MODULE:LAYER, which it describes"

LAWS = [witness.law for witness in WITNESSES]

_EXAMPLES = """\b
Examples:
  gradproof check --seed 7 --cases 500           another sweep, a longer one
  gradproof check --family conv --family relu    two families
  gradproof check --layer vgg --json vgg.json    VGG-16's layers, also for a machine
  gradproof check my_layers:MyConv --like conv2d   a layer of yours, in my_layers.py, as it is
  gradproof check my_layers:Dense --inputs my_layers:examples   a layer like no family
  gradproof check --family conv --subject my_layers:conv   a Subject of yours, in my_layers.py"""


@click.command(epilog=_EXAMPLES)
@click.argument("targets", nargs=-1, metavar="[MODULE:LAYER]...")
@click.option("--like", default="", metavar="FAMILY", help="What the targets claim to be: conv2d, max_pool, relu, ...")
@click.option("--supports", multiple=True, metavar="NAME=VALUE", help="What the targets take; may be given again.")
@inputs_option
@click.option("--budget", default="10s", show_default=True, help="Time for each target.")
@click.option("--isolate/--no-isolate", default=True, show_default=True, help="Each target in a process of its own.")
@click.option("--time-limit", metavar="TIME", help="Time for one call of a target.  [default: the budget, 10s to 30s]")
@click.option("--memory-limit", metavar="SIZE", help="Memory for a target.  [default: half of the machine's]")
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of configurations and numbers."
)
@click.option(
    "--cases", default=100, show_default=True, type=click.IntRange(1), help="Cases in each family's sweep, at least."
)
@click.option("--family", multiple=True, metavar="NAME", help="Only this family; may be given again.")
@click.option("--layer", default="", metavar="TEXT", help="Only rows of whose title a word begins with TEXT.")
@subject_option
@corpus_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write everything to FILE.")
@click.option("--deny", multiple=True, metavar="LAW", help="Call hazards of LAW wrong; 'all' for every law.")
@click.option("--power", is_flag=True, help="Then plant every known mistake in this subject: which would be caught?")
@click.option("--jobs", type=click.IntRange(1), help="Processes.  [default: one for each core]")
def check(
    *,
    targets: tuple[str, ...],
    like: str,
    supports: tuple[str, ...],
    inputs: str,
    budget: str,
    isolate: bool,
    time_limit: str | None,
    memory_limit: str | None,
    seed: int,
    cases: int,
    family: tuple[str, ...],
    layer: str,
    subject: str,
    corpus: Corpus | None,
    json_file: Path | None,
    deny: tuple[str, ...],
    power: bool,
    jobs: int | None,
) -> None:
    """Examine every layer with every witness: a sweep of configurations, then the real layers of real networks.

    With MODULE:LAYER (a pair, a class, a module, a function: in the current folder, its src, or installed) that layer
    instead, in a process of its own: one that crashes, hangs or fills the memory is found wrong, and the run goes on.
    """
    _demand_options(targets, json_file)
    isolation = limits(budget, time_limit, memory_limit)
    if targets:
        asked: dict[str, Any] = {"budget": budget, "seed": seed, "deny": deny, "corpus": corpus, "inputs": inputs}
        found = examined(targets, like, isolation=isolation if isolate else None, supports=supports, **asked)
        document = as_json.Targets(json_file, seed, supports, inputs)
        code = _targets(targets, found, document, console())
        sys.exit(written(document.fault, code))
    names = known_families(family)
    if subject:
        _demand(subject, names, isolation)
    run, terminal = Run(selected(seed, cases, names, layer), subject, denied(deny), corpus=corpus), console()
    run.jobs = [*rows(corpus, [job.family for job in run.jobs], run.replayed), *run.jobs]
    _follow(run, jobs or cores(), terminal)
    _report(run, terminal)
    if power and not run.interrupted:
        _power(run, jobs or cores(), terminal)
    fault = as_json.saved(json_file, as_json.document(run, seed)) if json_file else ""
    sys.exit(written(fault, INTERRUPTED if run.interrupted else RIGHT if run.status == "right" else WRONG))


def _targets(
    names: Sequence[str],
    found: Iterator[Examination | ZeroComparisonsError],
    document: as_json.Targets,
    terminal: Console,
) -> int:
    """Tell the story of each target, and write it down, as soon as it is examined; gives the exit code."""
    unseen = dict[str, None]()
    try:
        for name, examination in zip(names, found, strict=True):
            if isinstance(examination, ZeroComparisonsError):
                say(f"{name}: BLIND: {examination}", terminal)
                document.blind(name, str(examination))
            else:
                say(told(examination, InShell(name, document.supports, document.inputs)), terminal)
                document.add(name, examination)
                unseen |= dict.fromkeys(damaged(examination.replayed))
    except KeyboardInterrupt as stop:
        if not document.rows and not isinstance(stop, CutShortError):
            raise
        return _cut_short(names[len(document.rows) :], stop, document, terminal)
    if unseen:
        say(f"NOT READ, and so not replayed: {', '.join(unseen)}", terminal)
    return RIGHT if document.status == "right" else WRONG


def _cut_short(left: Sequence[str], stop: KeyboardInterrupt, document: as_json.Targets, terminal: Console) -> int:
    """Tell what was found of the first of the targets that are left, as far as it was examined."""
    cut = stop.examination if isinstance(stop, CutShortError) else None
    document.cut_short(left[0], cut)
    if cut and cut.tallies:
        say(told(cut, InShell(left[0], document.supports, document.inputs)), terminal)
    found = "WRONG" if cut and cut.wrong else "nothing wrong"
    say(f"{left[0]}: interrupted after {count(cut.cases if cut else 0, 'case')}, {found} so far", terminal)
    if others := ", ".join(left[1:]):
        say(f"not examined: {others}", terminal)
    return INTERRUPTED


def _demand_options(targets: Sequence[str], json_file: Path | None) -> None:
    """Raise UsageError where an option is of no use as the command was called, or its file cannot be written."""
    if json_file:
        as_json.refuse_unwritable(json_file)
    demand_used(*((SWEEPS, BESIDE) if targets else (TARGETS, WITHOUT)))


def _demand(subject: str, names: Sequence[str], isolation: Isolation) -> None:
    """Raise UsageError where a subject is not there, or cannot be examined as the one family that is asked for."""
    find([Named(subject)], isolation)
    one_family(names)
    understood(subject, names[0], isolation)


def _follow(run: Run, processes: int, terminal: Console) -> None:
    """Examine every row, and say how far it is; Ctrl-C ends it."""
    planned = sum(len(job.cases) for job in run.jobs)
    try:
        progress.follow(run.go(processes), len(run.jobs), planned, terminal)
    except KeyboardInterrupt:
        run.interrupted = True


def _report(run: Run, terminal: Console) -> None:
    if run.rows:
        terminal.print(results(run, LAWS), highlight=False)
    notes = [*legend(run, LAWS), *blind(run), *corpus_lines(run.replays)] if run.rows else []
    for line in [*notes, *passes(run), *hazards(run), *findings(run), conclusion(run)]:
        say(line, terminal)


def _power(run: Run, processes: int, terminal: Console) -> None:
    """What became of every mistake planted in the subject of each family; a wrong subject catches nothing new."""
    for name in dict.fromkeys(job.family for job in run.jobs):
        if any(outcome.status != "right" for job, outcome in run.rows if job.family == name):
            lines = [f"POWER {name}: not measured, the subject itself is wrong: mend what was found first"]
        else:
            heard = [Heard(case, job.witnesses) for job in run.jobs if job.family == name for case in job.cases]
            outcomes = measured(name, run.subject, heard, processes)
            steps = len(list(plants(family(name))))
            shown = track(outcomes, f"planting in {name}", steps, console=terminal, disable=not terminal.is_terminal)
            lines = [*powers(Power(name, list(shown)))]
        for line in lines:
            say(line, terminal)
