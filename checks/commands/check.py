"""gradproof check: the main job."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

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
    subject_option,
    written,
)
from checks.commands.told_sweeps import follow, tell_power, tell_rows
from checks.commands.told_targets import tell_targets
from checks.corpus.rows import rows
from checks.corpus.store import Corpus
from checks.examination import denied
from checks.families import families
from checks.isolation import Isolation
from checks.nearest import nearest
from checks.report import as_json
from checks.report.corpus import damaged
from checks.runner import Run
from checks.target import Named, known_families, one_family, selected

#: Options for the sweeps of families, and for the layers that stand at a name; and what is wrong with either.
SWEEPS, BESIDE = ("family", "layer", "subject", "cases", "power", "jobs"), "beside MODULE:LAYER, which --like describes"
POWER = "--family FAMILY --subject MODULE:LAYER --power, or in Python power(layer, like='conv2d')"
TARGETS, WITHOUT = ("like", "supports", "inputs", "budget", "isolate"), "without MODULE:LAYER, of which it speaks"

#: What a layer may use in a process of its own, and in which runs there is none.
LIMITS = ("time_limit", "memory_limit")


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
    _demand_options(targets, subject, json_file, isolate=isolate)
    isolation = limits(budget, time_limit, memory_limit)
    if targets:
        asked: dict[str, Any] = {"budget": budget, "seed": seed, "deny": deny, "corpus": corpus, "inputs": inputs}
        found = examined(targets, like, isolation=isolation if isolate else None, supports=supports, **asked)
        document = as_json.Targets(json_file, seed, supports, inputs)
        code = tell_targets(targets, found, document, console())
        sys.exit(written(document.fault, code))
    names = known_families(family)
    if subject:
        _demand(subject, names, isolation)
    run, terminal = Run(selected(seed, cases, names, layer), subject, denied(deny), corpus=corpus), console()
    run.jobs = [*rows(corpus, [job.family for job in run.jobs], run.replayed), *run.jobs]
    follow(run, jobs or cores(), terminal)
    tell_rows(run, terminal)
    if power and not run.interrupted:
        tell_power(run, jobs or cores(), terminal)
    fault = as_json.saved(json_file, as_json.document(run, seed)) if json_file else ""
    sys.exit(written(fault, INTERRUPTED if run.interrupted else _shown(run)))


def _shown(run: Run) -> int:
    """The exit code of a run to its end: a file of the corpus that cannot be read makes none that says all is right."""
    return RIGHT if run.status == "right" and not damaged(run.replays) else WRONG


def _demand_options(targets: Sequence[str], subject: str, json_file: Path | None, *, isolate: bool) -> None:
    """Raise UsageError where an option is of no use as the command was called, or its file cannot be written."""
    if json_file:
        as_json.refuse_unwritable(json_file)
    if targets:
        demand_used(("power",), BESIDE, POWER)
        demand_used(("family",), BESIDE, _as_like(click.get_current_context().params["family"]))
    demand_used(*((SWEEPS, BESIDE) if targets else (TARGETS, WITHOUT)))
    if not (targets or subject):
        demand_used(LIMITS, WITHOUT)
    if not isolate:
        demand_used(LIMITS, "beside --no-isolate: it is for a process of the layer's own")


def _as_like(names: Sequence[str]) -> str:
    """What is expected instead of these families, or of names that are nearly theirs."""
    found = dict.fromkeys(each for name in names for each in nearest(name, families()))
    return f"--like {' or '.join(found)}" if found else "one or the other"


def _demand(subject: str, names: Sequence[str], isolation: Isolation) -> None:
    """Raise UsageError where a subject is not there, or cannot be examined as the one family that is asked for."""
    find([Named(subject)], isolation)
    one_family(names)
    understood(subject, names[0], isolation)
