"""The measurement as a table: a row per layer and format, the means below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from checks.bench import GOALS, Timing
from checks.counted import count


def bench_table(timings: Sequence[Timing], threads: int) -> Table:
    """Milliseconds of both sides and their ratio, side by side for each format."""
    table = Table(
        title=f"forward and every gradient, milliseconds, {count(threads, 'thread')} on each side",
        title_justify="left",
        box=None,
    )
    dtypes = list(dict.fromkeys(timing.dtype for timing in timings))
    table.add_column("layer", no_wrap=True)
    for dtype in dtypes:
        for heading in (f"{dtype} reference", "PyTorch", "ratio"):
            table.add_column(heading, justify="right")
    for title in dict.fromkeys(timing.title for timing in timings):
        row = {timing.dtype: timing for timing in timings if timing.title == title}
        table.add_row(title, *(cell for dtype in dtypes for cell in _cells(row[dtype])))
    return table


def mean_line(heading: str, means: Mapping[str, float]) -> str:
    """The geometric means of one kind of layer in a line."""
    return f"{heading}: " + ", ".join(f"{mean:.2f} in {dtype}" for dtype, mean in means.items())


def goals() -> str:
    """What convolutions aim at."""
    return ", ".join(f"{goal} in {dtype}" for dtype, goal in GOALS.items())


def _cells(timing: Timing) -> tuple[str, str, str]:
    return f"{1000 * timing.ours:.2f}", f"{1000 * timing.theirs:.2f}", f"{timing.ratio:.2f}"
