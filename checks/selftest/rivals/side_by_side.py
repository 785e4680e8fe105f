"""Detection, false alarms and seconds of every checker on the same layers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from rich.table import Table

from checks import pool
from checks.errors import SubjectError
from checks.selftest.rivals.checkers import checkers
from checks.selftest.rivals.layers import layers


@dataclass(frozen=True)
class Task:
    """One layer by its title, and gradproof's budget."""

    title: str
    budget: str


@dataclass(frozen=True)
class Said:
    """What one checker said of one layer, and in how many seconds."""

    checker: str
    title: str
    wrong: bool
    alarm: bool
    seconds: float


def work(task: Task) -> list[Said]:
    """Every checker on one layer, in this process."""
    said = []
    (layer,) = (layer for layer in layers() if layer.title == task.title)
    for name, checker in checkers(task.budget):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            start = perf_counter()
            alarm = checker(layer.make(), layer.family)
        said.append(Said(name, layer.title, layer.wrong, alarm, perf_counter() - start))
    return said


def compared(titles: Sequence[str], budget: str, processes: int) -> Iterator[Said]:
    """What everybody says of every layer; a process that dies is an alarm of nobody.

    Raises SubjectError where a checker dies: then its figures would be wrong.
    """
    for index, said in pool.run(work, [Task(title, budget) for title in titles], processes):
        if isinstance(said, pool.Died):
            raise SubjectError(f"{titles[index]}: {said.why}")
        yield from said


def table(heard: Sequence[Said]) -> Table:
    """A row for each checker."""
    found = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style="bold")
    for heading in ("checker", "wrong layers found", "false alarms", "seconds a layer"):
        found.add_column(heading, justify="left" if heading == "checker" else "right")
    for checker in dict.fromkeys(said.checker for said in heard):
        mine = [said for said in heard if said.checker == checker]
        wrong, right = ([said for said in mine if said.wrong is each] for each in (True, False))
        found.add_row(checker, _share(wrong), _share(right), f"{sum(said.seconds for said in mine) / len(mine):.2f}")
    return found


def _share(said: Sequence[Said]) -> str:
    alarms = sum(each.alarm for each in said)
    return f"{alarms} of {len(said)} ({alarms / len(said):.0%})" if said else "none tried"
