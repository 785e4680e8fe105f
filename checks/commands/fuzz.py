"""gradproof fuzz: layers on random cases for as long as it takes."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import click
from rich.console import Console

from checks.commands.said import limits_said
from checks.commands.targets import examples_of, guessed, loaded
from checks.commands.targets import limits as isolation_of
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
    state_option,
)
from checks.commands.told_news import tell_news, tell_summary
from checks.corpus.store import Corpus
from checks.counted import count
from checks.errors import UsageError
from checks.families import family
from checks.fuzzed import Fuzzed
from checks.fuzzing import ROUND, SCHEMA, Layer, Plan, fuzz
from checks.isolation import Apart
from checks.report import as_json
from checks.report.corpus import damaged
from checks.resume import State
from checks.scope.spend import seconds
from checks.target import Named, known_families

#: What is wrong with options for the reference layers, and for those that stand at a name.
BESIDE, WITHOUT = "beside MODULE:LAYER, which --like describes", "without MODULE:LAYER, which it describes"

_EXAMPLES = """\b
Examples:
  gradproof fuzz my_layers:MyConv --like conv2d --time 8h
  gradproof fuzz nets:Conv2d nets:MaxPool2d --time 1h      what they are like is told by their names
  gradproof fuzz my_layers:Dense --inputs my_layers:examples   a layer like no family: best with a strategy
  gradproof fuzz --family conv --time 10m                   the reference layer"""


@click.command(name="fuzz", epilog=_EXAMPLES)
@click.argument("targets", nargs=-1, metavar="[MODULE:LAYER]...")
@click.option("--like", default="", metavar="FAMILY", help="What the targets claim to be: conv2d, max_pool, relu, ...")
@click.option("--supports", multiple=True, metavar="NAME=VALUE", help="What the targets take; may be given again.")
@inputs_option
@click.option("--family", "names", multiple=True, metavar="NAME", help="The reference layer of this family instead.")
@click.option("--time", "span", default="10m", show_default=True, help="Time for all of them together: 90s, 10m, 8h.")
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Seed of the first round.")
@click.option("--cases", default=ROUND, show_default=True, type=click.IntRange(1), help="Cases of a round, at least.")
@state_option("gradproof-fuzz.json")
@click.option("--time-limit", metavar="TIME", help="Time for one call of a target.  [default: 30s]")
@click.option("--memory-limit", metavar="SIZE", help="Memory for a target.  [default: half of the machine's]")
@click.option("--jobs", type=click.IntRange(1), help="Layers side by side.  [default: one for each core]")
@corpus_option
def fuzz_all(
    *,
    targets: tuple[str, ...],
    like: str,
    supports: tuple[str, ...],
    inputs: str,
    names: tuple[str, ...],
    span: str,
    seed: int,
    cases: int,
    state: Path,
    time_limit: str | None,
    memory_limit: str | None,
    jobs: int | None,
    corpus: Corpus | None,
) -> None:
    """Examine layers on random cases, each in a process of its own, and keep every new counterexample at once.

    A second run goes on where the first stopped, however it was stopped.
    """
    demand_used(*((("names",), BESIDE) if targets else (("like", "supports"), WITHOUT)))
    corpus = _writable(corpus, state)
    isolation = isolation_of(span, time_limit, memory_limit, "--time")
    layers, written = named(targets, like, supports, inputs, names), State(state, SCHEMA, Fuzzed)
    terminal, known = console(), {layer.name: written.rows.setdefault(layer.name, Fuzzed()) for layer in layers}
    plan, lanes = Plan(corpus, monotonic() + seconds(span), seed, cases), min(jobs or cores(), len(layers))
    stopped, fault, before, unread = False, "", _lying(corpus), dict[str, None]()
    try:
        for news in fuzz(layers, known, plan, [Apart(isolation) for _ in range(lanes)]):
            tell_news(news, inputs, terminal)
            unread |= dict.fromkeys(damaged(news.replayed) if news.replayed else ())
            fault = _saved(written, layers, fault, terminal)
    except KeyboardInterrupt:
        stopped = True
    fault = _saved(written, layers, fault, terminal)
    unsettled = [layer for layer in layers if tell_summary(layer, known[layer.name], terminal)]
    on = f"NOT KEPT: {fault}" if fault else f"{state} knows where to go on"
    say(f"{_counted(_lying(corpus), before)} in {corpus.folder}; {on}", terminal)
    if unread:
        say(f"NOT READ, and so not replayed: {', '.join(unread)}", terminal)
    if stopped:
        fresh = [file for layer in layers for file in known[layer.name].kept if file not in before]
        say(f"interrupted; kept in this run: {', '.join(fresh) or 'nothing, for nothing was found'}", terminal)
    sys.exit(INTERRUPTED if stopped else WRONG if unsettled or fault or unread else RIGHT)


def _writable(corpus: Corpus | None, state: Path) -> Corpus:
    """The corpus.

    Raises UsageError where it, or the state, cannot be written.
    """
    if corpus is None:
        raise UsageError("--corpus none: a fuzzing run that keeps nothing is lost; expected a folder to write to")
    corpus.demand_writable()
    as_json.refuse_unwritable(state, "--state")
    return corpus


def _saved(state: State[Fuzzed], layers: Sequence[Layer], before: str, terminal: Console) -> str:
    """Write down what is known; gives why it cannot be written, which is said at once and once."""
    fault = state.save(layer.name for layer in layers)
    if fault and fault != before:
        say(f"NOT KEPT: {fault}", terminal)
    return fault


def _lying(corpus: Corpus) -> set[str]:
    """Names of the counterexamples that a corpus holds, of whatever layer."""
    return {stored.name for stored in corpus.contents().counterexamples}


def _counted(lying: set[str], before: set[str]) -> str:
    """How many counterexamples there are, whoever found them: a run that was killed kept some without a word."""
    old = len(lying & before)
    return count(len(lying), "counterexample") + (f", {old:,} of them from before," if old else "")


def named(
    targets: Sequence[str], like: str, supports: Sequence[str], inputs: str = "", names: Sequence[str] = ()
) -> list[Layer]:
    """The layers that are named; the reference layers of the families, where no target is.

    Raises UsageError where there are examples and no target to try them on.
    """
    takes = limits_said(supports)
    if inputs:
        return _like_no_family(targets, like, takes, inputs)
    if targets:
        return [Layer(Named(target), like or guessed(target), takes) for target in targets]
    return [Layer(family(name).reference, name, takes) for name in known_families(names)]


def _like_no_family(targets: Sequence[str], like: str, takes: Mapping[str, Any], inputs: str) -> list[Layer]:
    if not targets:
        raise UsageError("--inputs is for a layer of yours; expected MODULE:LAYER before it")
    examples = examples_of(inputs)
    return [Layer(subject, like, takes, examples, target) for target, subject in loaded(targets, examples)]
