"""The story of each target of gradproof check MODULE:LAYER, told and written down as soon as it is examined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from checks.commands.counted_targets import tell_count, tell_done
from checks.commands.terminal import INTERRUPTED, RIGHT, WRONG, say
from checks.counted import count
from checks.errors import ZeroComparisonsError
from checks.examination import Examination
from checks.report import as_json
from checks.report.again import InShell
from checks.report.corpus import damaged
from checks.report.story import told
from checks.scope.cut_short import CutShortError


def tell_targets(
    names: Sequence[str],
    found: Iterator[Examination | ZeroComparisonsError],
    document: as_json.Targets,
    terminal: Console,
) -> int:
    """Tell the story of each target, and write it down, as soon as it is examined; gives the exit code.

    A file of the corpus that cannot be read makes none that says that all is right.
    """
    unseen = dict[str, None]()
    try:
        for name, examination in zip(names, found, strict=True):
            story = _story(name, examination, document)
            say(story, terminal)
            tell_done(len(document.rows), len(names), story.partition("\n")[0], terminal)
            if isinstance(examination, Examination):
                unseen |= dict.fromkeys(damaged(examination.replayed))
    except KeyboardInterrupt as stop:
        if not document.rows and not isinstance(stop, CutShortError):
            raise
        _tell_cut_short(names[len(document.rows) :], stop, document, terminal)
        tell_count(len(names), document.rows, terminal)
        return INTERRUPTED
    if unseen:
        say(f"NOT READ, and so not replayed: {', '.join(unseen)}", terminal)
    tell_count(len(names), document.rows, terminal)
    return RIGHT if document.status == "right" and not unseen else WRONG


def _story(name: str, examination: Examination | ZeroComparisonsError, document: as_json.Targets) -> str:
    """The story of a target, which is written down."""
    if isinstance(examination, ZeroComparisonsError):
        document.blind(name, str(examination))
        return f"{name}: BLIND: {examination}"
    document.add(name, examination)
    return told(examination, InShell(name, document.supports, document.inputs))


def _tell_cut_short(left: Sequence[str], stop: KeyboardInterrupt, document: as_json.Targets, terminal: Console) -> None:
    """Tell what was found of the first of the targets that are left, as far as it was examined."""
    cut = stop.examination if isinstance(stop, CutShortError) else None
    document.cut_short(left[0], cut)
    if cut and cut.tallies:
        say(told(cut, InShell(left[0], document.supports, document.inputs)), terminal)
    found = "WRONG" if cut and cut.wrong else "nothing wrong"
    say(f"{left[0]}: interrupted after {count(cut.cases if cut else 0, 'case')}, {found} so far", terminal)
    if others := ", ".join(left[1:]):
        say(f"not examined: {others}", terminal)
