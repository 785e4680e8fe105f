"""What a corpus brought to a run, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from checks.corpus.replayed import Replayed
from checks.counted import count

#: How a line of each kind of sentence begins.
HEADINGS = {
    "regressions": "REGRESSION",
    "fixed": "fixed",
    "broken": "still broken",
    "foreign": "found elsewhere",
    "unasked": "not settled",
    "former": "not taken",
    "outside": "not taken",
    "skipped": "NOT READ",
    "kept": "kept",
    "faults": "NOT KEPT",
}


def corpus_lines(replayed: Replayed) -> Iterator[str]:
    """How much was replayed, what became of it, what was skipped and why; nothing where there was nothing."""
    if replayed.counterexamples or replayed.golden:
        yield f"replayed first, from {replayed.folder}: {counts(replayed.counterexamples, replayed.golden)}"
    if replayed.fitting < replayed.recorded:
        yield f"golden digests: {replayed.fit} fit this layer; the others have settings that it does not take"
    for what, sentence in replayed.sentences():
        yield f"{HEADINGS[what]}: {sentence}"


def damaged(replayed: Replayed) -> list[str]:
    """Names of the files that should hold a case, and cannot be read; of the whole folder where nobody may."""
    return [name for name in replayed.files("skipped") if name.endswith(".json") or name == replayed.folder]


def unseen(replayed: Replayed) -> str:
    """Which files should hold a case and cannot be read, and why; empty where there are none.

    What was not asked shall not look green.
    """
    names = damaged(replayed)
    why = [
        sentence for name, sentence in zip(replayed.files("skipped"), replayed.skipped, strict=True) if name in names
    ]
    rest = "what they hold may break again unseen; mend or delete them"
    return f"NOT READ, of {replayed.folder}, and so not replayed: {'; '.join(why)}: {rest}" if names else ""


def unread(replayed: Replayed) -> str:
    """What a headline adds where files of a corpus cannot be read: what they hold may break again unseen."""
    names = damaged(replayed)
    return f", but NOT READ, of {replayed.folder}: {', '.join(names)}" if names else ""


def counts(counterexamples: int, golden: int) -> str:
    """How many cases of each kind."""
    return f"{count(counterexamples, 'counterexample')} and {count(golden, 'golden case')}"
