"""The part of a long sweep that the default profiles try; the rest is counted, said at the end, left to thorough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from checks.profiles import THOROUGH, chosen

T = TypeVar("T")

#: What this run has left out, and how much there was, by what it is.
LEFT_OUT: Counter[str] = Counter()
WHOLE: Counter[str] = Counter()


def part(what: str, things: Sequence[T], every: int, first: int = 0) -> Sequence[T]:
    """One of so many things, spread over all of them, from the ``first`` on; all of them under thorough."""
    kept = things if thorough() else things[first % every :: every]
    tried(what, len(kept), len(things))
    return kept


def thorough() -> bool:
    """Whether nothing is to be left out."""
    return chosen() == THOROUGH


def tried(what: str, count: int, of: int) -> None:
    """Take note that so many of so many were tried."""
    LEFT_OUT[what] += of - count
    WHOLE[what] += of


def told() -> str:
    """What was left out, in a sentence; empty where nothing was."""
    parts = [f"{left:,} of {WHOLE[what]:,} {what}" for what, left in LEFT_OUT.items() if left]
    return f"left out: {', '.join(parts)}; all of them: tox -e thorough" if parts else ""
