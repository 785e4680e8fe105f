"""gradproof record: golden digests of key configurations, or of the cases that are named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import click

from checks.case import Case, parse
from checks.commands.said import limits_said
from checks.commands.targets import examined, guessed
from checks.commands.targets import limits as isolation_of
from checks.commands.terminal import RIGHT, WRONG, console, corpus_option, demand_used, say
from checks.corpus.keys import key_cases, left_out
from checks.corpus.recording import Recording, record
from checks.corpus.store import FOLDER, Corpus
from checks.counted import count
from checks.errors import UsageError, ZeroComparisonsError
from checks.examination import Examination
from checks.families import family as sheet_of
from checks.families import valid
from checks.opening import opened, quiet
from checks.report.again import InShell
from checks.report.headline import headline
from checks.scope.applies import without_time
from checks.scope.limits import Limits
from checks.target import found, known_families

_EXAMPLES = """\b
Examples:
  gradproof record                                  the reference layers' key configurations
  gradproof record my_layers:MyConv --like conv2d   those of a layer of yours that it takes
  gradproof record 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; data="distinct", seed=1)'"""

#: Said of a layer that is like no family.
NO_EXAMPLES = "; golden digests are of a family's cases: a layer like none has none, and check takes it with --inputs"


@dataclass(frozen=True)
class Wanted:
    """A right layer, and the cases to record; none: its key configurations.

    ``first`` examines the layer; nothing for a reference, which the main job examines.
    """

    examination: Examination
    limits: Limits
    owner: str
    cases: tuple[Case, ...] = ()
    first: Callable[[], Examination | ZeroComparisonsError | None] = lambda: None

    def recordings(self, corpus: Corpus) -> Iterator[Recording]:
        """Record every case."""
        with quiet():
            cases = self.cases or key_cases(self.examination.subject, self.limits)
            yield from record(self.examination, self.limits, corpus, self.owner, cases)


@click.command(name="record", epilog=_EXAMPLES)
@click.argument("what", nargs=-1, metavar="[CASE | MODULE:LAYER]...")
@click.option("--like", default="", metavar="FAMILY", help="What the targets claim to be: conv2d, max_pool, relu, ...")
@click.option("--supports", multiple=True, metavar="NAME=VALUE", help="What the targets take; may be given again.")
@click.option(
    "--budget", default="10s", show_default=True, help="Time for examining each target before it is recorded."
)
@click.option("--family", multiple=True, metavar="NAME", help="Only this family's reference; may be given again.")
@corpus_option
def record_all(
    *,
    what: tuple[str, ...],
    like: str,
    supports: tuple[str, ...],
    budget: str,
    family: tuple[str, ...],
    corpus: Corpus | None,
) -> None:
    """Store digests of exact results: a variant or a port is checked against them without the reference.

    Of the CASEs, or of key configurations of a family; as the reference layers give them, or a layer of yours, which is
    examined first for as long as --budget says. Refused where it is wrong by any law, and where results are not exact.
    """
    if what:
        demand_used(("family",), "beside a CASE or MODULE:LAYER, which says what is recorded")
    if all("(" in text for text in what):
        demand_used(("budget",), "without MODULE:LAYER, which is examined for as long", "one before it")
    if corpus is None:
        raise UsageError(f"--corpus none; expected a folder to write to, such as {FOLDER}")
    corpus.demand_writable()
    tell = partial(say, terminal=console())
    refused = sum(_record(each, corpus, tell) for each in wanted(what, like, supports, family, budget))
    kept = len(corpus.contents().golden)
    tell(f"{count(kept, 'golden case')} in {corpus.folder}" + (f"; {refused} refused" if refused else ""))
    sys.exit(WRONG if refused else RIGHT)


def _record(wanted: Wanted, corpus: Corpus, tell: Callable[[str], None]) -> int:
    """Record what is wanted of one layer, and tell what became of it; gives how much was refused."""
    if fault := _fault(wanted, tell):
        tell(f"REFUSED {wanted.owner}: {fault}")
        return 1
    recordings = []
    for recording in wanted.recordings(corpus):
        recordings.append(recording)
        tell(_line(recording))
    stored = [recording.case for recording in recordings if not recording.refused]
    if stored and not wanted.cases:
        tell(_covered(wanted, stored))
    return len(recordings) - len(stored)


def _fault(wanted: Wanted, tell: Callable[[str], None]) -> str:
    """Examine a layer; gives why none of its digests is stored, empty where it is right."""
    found = wanted.first()
    if isinstance(found, Examination):
        tell(f"examined first: {headline(found, InShell(wanted.owner))}")
        again = f"gradproof check {wanted.owner} --like {wanted.limits.family.name}"
        if found.wrong:
            return f"a wrong layer's digests are wrong; {again} tells the rest"
        return "it has not been shown right; a larger --budget shows more" if without_time(found) else ""
    return str(found or "")


def _covered(wanted: Wanted, stored: Sequence[Case]) -> str:
    missing = left_out(wanted.limits.family, stored)
    rest = f"none of them has {', '.join(missing)}" if missing else "together they have every setting of the family"
    return f"{wanted.owner}: {count(len(stored), 'case')} of {wanted.limits.family.name} stored; {rest}"


def wanted(
    what: Sequence[str], like: str, supports: Sequence[str], names: Sequence[str], budget: str = "10s"
) -> list[Wanted]:
    """Whose results on which cases are to be recorded; each target is examined within ``budget`` first.

    Raises UsageError or CaseError where that is not understood, before any work.
    """
    cases = tuple(valid(parse(text)) for text in what if "(" in text)
    targets = [text for text in what if "(" not in text]
    if targets:
        return [_target(target, like or guessed(target, NO_EXAMPLES), supports, cases, budget) for target in targets]
    if like or supports:
        raise UsageError("--like and --supports are for MODULE:LAYER; expected one, or --family")
    if not cases:
        return [_reference(name, ()) for name in known_families(names)]
    return [_reference(name, tuple(c for c in cases if c.family == name)) for name in {c.family: c for c in cases}]


def _reference(name: str, cases: tuple[Case, ...]) -> Wanted:
    sheet = sheet_of(name)
    return Wanted(Examination(sheet.reference, sheet), Limits(sheet, {}), sheet.reference.name, cases)


def _target(target: str, like: str, supports: Sequence[str], cases: tuple[Case, ...], budget: str) -> Wanted:
    with quiet():
        examination, limits = opened(found(target), like, limits_said(supports), None)
    isolation = isolation_of(budget, None, None)
    looked = partial(examined, [target], like, supports=supports, isolation=isolation, budget=budget)
    return Wanted(examination, limits, target, cases, lambda: next(looked()))


def _line(recording: Recording) -> str:
    if recording.refused:
        return f"REFUSED {recording.case}: {recording.refused}"
    status = "recorded" if recording.new else "known"
    return f"{status} {recording.name}: exact in {', '.join(recording.formats)}: {recording.case}"
