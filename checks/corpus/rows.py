"""The rows of the main job that come from a corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.corpus import selection
from checks.corpus.entry import Counterexample, Golden
from checks.corpus.replay import Replays
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus, Stored
from checks.examination import WITNESSES
from checks.judge import RUNS
from checks.oracles.golden import GoldenDigests
from checks.sweep import Job


def rows(corpus: Corpus | None, names: Iterable[str], done: Replayed) -> Iterator[Job]:
    """For each of these families a row of its counterexamples, oldest first, and one of its golden digests.

    A case on which a subject may end its process has a row of its own, so that it takes no other with it. ``done``
    names the files that are skipped.
    """
    if corpus is None:
        return
    contents = corpus.contents()
    done.skipped += selection.skipped(contents)
    for name in dict.fromkeys(names):
        found = list(selection.counterexamples(contents, name, "", done))
        groups = [[stored for stored in found if stored.entry.law != RUNS]]
        groups += [[stored] for stored in found if stored.entry.law == RUNS]
        yield from (_counterexamples(name, group) for group in groups if group)
        if known := list(selection.golden(contents, name, done)):
            yield _golden(name, known)


def _counterexamples(name: str, group: list[Stored[Counterexample]]) -> Job:
    alone = f", {group[0].name}" if group[0].entry.law == RUNS else ""
    cases = tuple(Replays(None, "", group).cases)
    return Job(f"{name} corpus{alone}", name, cases, witnesses=WITNESSES, replays=tuple(group))


def _golden(name: str, known: list[Stored[Golden]]) -> Job:
    recorded = [stored.entry.recorded for stored in known]
    usual = (case for each in recorded for case in selection.variants(each) if case.dtype in selection.FORMATS)
    return Job(f"{name} golden digests", name, tuple(usual), witnesses=(GoldenDigests(recorded),))
