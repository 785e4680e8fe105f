"""gradproof bench: the reference layers' time beside PyTorch's."""

from __future__ import annotations

import click
from rich.progress import track

from checks import bench as benchmark
from checks.commands.terminal import console
from checks.networks import REAL_LAYERS
from checks.report.bench_table import bench_table, goals, mean_line
from checks.target import containing


@click.command()
@click.option("--layer", default="", metavar="TEXT", help="Only real layers of whose title a word begins with TEXT.")
@click.option("--threads", default=1, type=click.IntRange(1), show_default=True, help="Threads on each side.")
def bench(layer: str, threads: int) -> None:
    """Time the reference layers beside PyTorch: forward and every gradient of each real layer, equal threads."""
    layers, terminal = containing(layer, {row.title: row for row in REAL_LAYERS}), console()
    steps = len(layers) * len(benchmark.DTYPES)
    measured = benchmark.measure(layers, threads)
    timings = list(track(measured, "timing", steps, console=terminal, transient=True, disable=not terminal.is_terminal))
    terminal.print(bench_table(timings, threads), highlight=False)
    if means := benchmark.means(timings, ["conv"]):
        terminal.print(mean_line("convolutions, geometric mean of the ratios", means) + f" (aim: {goals()})")
    for name in ("max_pool", "avg_pool", "relu"):
        if means := benchmark.means(timings, [name]):
            terminal.print(mean_line(f"{name}, apart", means))
