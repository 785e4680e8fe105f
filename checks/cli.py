"""The command line: gradproof check, replay, list, bench."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import track

from checks import bench as benchmark
from checks.errors import GradproofError
from checks.report.bench_table import bench_table, goals, mean_line


class _Group(click.Group):
    """A command group whose misuse ends with exit code 2 and a message instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except GradproofError as error:
            raise click.UsageError(str(error)) from error


@click.group(cls=_Group)
@click.version_option(package_name="gradproof")
def main() -> None:
    """Says whether a layer's backward pass is right, how sure it is, and where it is wrong."""


@main.command()
@click.option("--layer", default="", metavar="TEXT", help="Only real layers with TEXT in their title.")
@click.option("--threads", default=1, type=click.IntRange(1), show_default=True, help="Threads on each side.")
def bench(layer: str, threads: int) -> None:
    """Time the reference layers beside PyTorch: forward and every gradient of each real layer."""
    layers, console = benchmark.named(layer), Console()
    timings = list(
        track(
            benchmark.measure(layers, threads),
            "timing",
            len(layers) * len(benchmark.DTYPES),
            console=console,
            transient=True,
        )
    )
    console.print(bench_table(timings, threads))
    console.print(mean_line("convolutions, geometric mean of the ratios", benchmark.means(timings, ["conv"])))
    console.print(f"aim: {goals()}")
    for name in ("max_pool", "avg_pool", "relu"):
        if means := benchmark.means(timings, [name]):
            console.print(mean_line(f"{name}, apart", means))
