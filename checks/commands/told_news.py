"""What gradproof fuzz says of a layer: each counterexample as it is found, each round, and what became of it."""

from __future__ import annotations

from rich.console import Console

from checks.commands.terminal import say
from checks.counted import count
from checks.fuzzed import Fuzzed
from checks.fuzzing import Layer, News
from checks.report.again import InShell
from checks.report.corpus import corpus_lines
from checks.report.story import paragraphs
from checks.target import Named


def tell_news(news: News, inputs: str, terminal: Console) -> None:
    """Say what a round has shown: a new counterexample, which of the old ones are still there, or how far it came."""
    known = news.known
    if news.replayed is not None:
        for line in corpus_lines(news.replayed):
            say(f"{news.layer.name}: {line}", terminal)
        return
    if news.fresh is None:
        again = sum(known.again.values())
        line = (
            f"{news.layer.name}: {count(known.rounds, 'round')}, {count(known.cases, 'case')}, {len(known.kept)} kept"
        )
        say(f"{line}, {again} seen again{_still(known)}", terminal)
        return
    finding, fault = news.fresh.finding, news.fresh.fault
    for text in paragraphs({finding.law: finding}, "WRONG", _asker(news.layer, inputs)):
        say(f"{text}\n  {f'NOT KEPT {fault}' if fault else f'kept     {news.fresh.file}'}", terminal)


def _still(known: Fuzzed) -> str:
    """How many of the known counterexamples there still are; nothing where there are none."""
    breaks = "breaks" if len(known.broken) == 1 else "break"
    return f", {len(known.broken):,} known {breaks} still" if known.broken else ""


def _asker(layer: Layer, inputs: str) -> InShell:
    """How a case of a layer is heard again; a reference layer needs no name."""
    target = layer.target or (layer.subject.text if isinstance(layer.subject, Named) else "")
    supports = tuple(f"{name}={limit}" for name, limit in layer.supports.items()) if target else ()
    return InShell(target, supports, inputs)


def tell_summary(layer: Layer, known: Fuzzed, terminal: Console) -> bool:
    """Say what became of a layer; gives whether it has not been shown right: what was found, or too little seen."""
    compared = f"{count(known.cases, 'case')}, {count(known.compared, 'number')} compared"
    found = f"{count(len(known.kept), 'counterexample')} kept, {sum(known.again.values()):,} seen again"
    found += f", {len(known.lost):,} NOT KEPT: free some room, or name another --corpus" if known.lost else ""
    found += f"; {count(known.hurried, 'case')} in this run, for want of time: more --time" if known.hurried else ""
    right = known.compared and not known.hurried
    verdict = "WRONG: " if known.wrong else "" if right else "NOT SHOWN RIGHT: "
    say(f"{verdict}{layer.name}: {compared}, {found}{_still(known)}", terminal)
    if known.stopped:
        say(f"{layer.name}: {known.stopped}", terminal)
    return known.wrong or not right
