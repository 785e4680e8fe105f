"""How far gradproof check MODULE:LAYER... has come, and how many of its targets are right at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console

from checks.commands.terminal import say
from checks.counted import count

#: What is said of a target, by its status, the most pleasant first.
WORDS: Mapping[str, str] = {
    "right": "right",
    "wrong": "WRONG",
    "blind": "NOT SHOWN RIGHT",
    "interrupted": "interrupted",
}


def tell_done(done: int, targets: int, headline: str, terminal: Console) -> None:
    """Say on the error stream that one of several targets is done, where the stories go to no terminal."""
    if targets > 1 and not terminal.is_terminal:
        click.echo(f"[{done}/{targets}] {headline}", err=True)


def tell_count(targets: int, rows: Sequence[Mapping[str, Any]], terminal: Console) -> None:
    """How many of several targets are right, and which are not; nothing of one alone, of which its story tells."""
    if targets == 1:
        return
    titles = {status: [row["title"] for row in rows if row["status"] == status] for status in WORDS}
    told = [f"{len(found)} {WORDS[status]}{_which(status, found)}" for status, found in titles.items() if found]
    left = [f"{targets - len(rows)} not examined"] if len(rows) < targets else []
    say(f"{count(targets, 'target')}: {'; '.join([*told, *left])}", terminal)


def _which(status: str, titles: Sequence[str]) -> str:
    return "" if status == "right" else f": {', '.join(titles)}"
