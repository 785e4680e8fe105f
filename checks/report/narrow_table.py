"""The same table where a terminal has no room for its columns: a few lines for each layer, and nothing cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from checks.counted import count
from checks.report.table import OWN, others, results, style, worst
from checks.report.words import abbreviations, cell, sign
from checks.runner import Run

#: Columns in which every table has room.
ANY_WIDTH = 10_000

#: Room above, right, below and left of what is said of a layer.
_INDENT = (0, 0, 0, 2)


def rows(run: Run, order: Sequence[str], terminal: Console) -> Iterator[RenderableType]:
    """The table, or its rows below each other where it is wider than the terminal; ``order`` is that of the laws."""
    whole = results(run, order)
    if terminal.measure(whole, options=terminal.options.update(width=ANY_WIDTH)).maximum <= terminal.width:
        yield whole
        return
    short = abbreviations(OWN)
    for job, outcome in run.rows:
        told = style(outcome) or ""
        cases = count(outcome.cases, "case")
        if outcome.cases != len(job.cases):
            cases = f"{outcome.cases:,} of {count(len(job.cases), 'case')}"
        yield Text(f"{job.title}: {cases}, {outcome.seconds:.1f} s", told)
        laws = [f"{short[law]}:{cell(outcome.tallies.get(law))}" for law in OWN]
        yield Padding(Text("  ".join(laws), told), _INDENT)
        signs = "".join(sign(outcome.tallies.get(law)) for law in others(run, order))
        yield Padding(Text(f"others {signs}", told), _INDENT)
        yield Padding(Text(f"worst error {worst(outcome.tallies)}", told), _INDENT)
