"""``python -m checks.selftest.rivals``: gradproof beside other checkers."""

from __future__ import annotations

import click
from rich.console import Console

from checks.selftest.rivals.layers import layers
from checks.selftest.rivals.side_by_side import Said, compared, table
from checks.selftest.rivals.sizes import sizes


@click.command()
@click.option("--budget", default="5s", show_default=True, help="gradproof's time for one layer.")
@click.option(
    "--every", default=1, show_default=True, type=click.IntRange(1), help="Only every N-th of the wrong layers."
)
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option("--only-sizes", is_flag=True, help="Only the times at several sizes.")
def main(budget: str, every: int, jobs: int, *, only_sizes: bool) -> None:
    """What each checker finds, where it alarms falsely, and how long it takes; then times at several sizes."""
    console = Console(width=140)
    if not only_sizes:
        wrong, right = ([layer.title for layer in layers() if layer.wrong is each] for each in (True, False))
        titles = wrong[::every] + right
        heard = list(compared(titles, budget, jobs))
        console.print(table(heard))
        for line in _surprises(heard):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    for line in sizes():
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _surprises(heard: list[Said]) -> list[str]:
    """What gradproof missed and where it alarmed falsely, by name."""
    ours = [said for said in heard if said.checker.startswith("gradproof") and said.alarm is not said.wrong]
    return [f"gradproof {'missed' if said.wrong else 'alarmed falsely at'} {said.title}" for said in ours]


if __name__ == "__main__":
    main()
