"""What every command shares: exit codes, a console, the number of cores, the option that names a subject."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console

from checks.corpus.store import FOLDER, Corpus
from checks.errors import UsageError
from checks.report.words import ABSENT

#: Exit codes.
RIGHT, WRONG, INTERRUPTED = 0, 1, 130

#: What names no corpus at all.
NO_CORPUS = "none"

#: Columns where no terminal says how many there are.
WIDTH = 140

#: How signs are written that a stream's encoding lacks, and those that stand in tables.
PLAINER, _PLAIN = "plainer", {ABSENT: "-", "…": "."}

subject_option = click.option(
    "--subject", default="", metavar="MODULE:ATTRIBUTE", help="Examine this subject instead of the reference layers."
)

inputs_option = click.option(
    "--inputs",
    default="",
    metavar="MODULE:EXAMPLES",
    help="Examples for a layer like no family: a tuple, a function that gives one, or a Hypothesis strategy.",
)


def _corpus(folder: str) -> Corpus | None:
    """The corpus that is meant, if there is to be one.

    Raises UsageError where there can be none at this name.
    """
    if not folder:
        raise UsageError(f"--corpus '' names no folder; expected a name, or {NO_CORPUS!r} for no such folder")
    return Corpus(Path(folder)).demand_folder() if folder != NO_CORPUS else None


corpus_option = click.option(
    "--corpus",
    default=FOLDER,
    show_default=True,
    metavar="DIR",
    envvar="GRADPROOF_CORPUS",
    callback=lambda _context, _option, folder: _corpus(folder),
    help=f"Folder of counterexamples and golden digests: replayed first, added to; {NO_CORPUS!r} for no such folder.",
)


def demand_used(options: Collection[str], without: str, expected: str = "one or the other") -> None:
    """Raise UsageError where one of these options was given, which is of no use as the command was called."""
    context = click.get_current_context()
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
        if given and option.name in options:
            off = context.params[option.name] is False
            typed = [*option.secondary_opts, *option.opts][0] if off else option.opts[0]
            raise UsageError(f"{typed} is of no use {without}; expected {expected}")


def state_option(file: str) -> Callable[[Any], Any]:
    """Where a long run writes down what it knows."""
    return click.option(
        "--state",
        default=Path(file),
        show_default=True,
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="What is known so far: written after every round, and read by the next run, which goes on from there.",
    )


def written(fault: str, code: int) -> int:
    """Say why a document is not written, if it is not; gives the exit code, which is not that of a good end then."""
    if fault:
        click.echo(f"Error: {fault}", err=True)
    return code or (WRONG if fault else RIGHT)


def console() -> Console:
    """A console as wide as the terminal, or wide enough for the table; a layer called ``lay:ok:`` is no emoji."""
    found = Console(emoji=False)
    return found if found.is_terminal or "COLUMNS" in os.environ else Console(width=WIDTH, emoji=False)


def say(text: str, terminal: Console) -> None:
    """Print a text as it is, unbroken: it may hold brackets, a path or a command to copy."""
    terminal.print(text, markup=False, highlight=False, soft_wrap=True)


def demand_no_encoding() -> None:
    """Have signs that the terminal's encoding lacks written by others: nothing may be lost at a run's end.

    Those of a table by one sign each, so that its columns stay where they are; others by their numbers.
    """
    codecs.register_error(PLAINER, _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in {"strict", "backslashreplace"}:
            stream.reconfigure(errors=PLAINER)


def _plainer(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeEncodeError) and (plain := _PLAIN.get(error.object[error.start])):
        return plain, error.start + 1
    return codecs.backslashreplace_errors(error)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
