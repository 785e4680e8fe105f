"""How long a layer takes over a case, told from smaller ones: a slow layer shall not spend its whole time on one."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from checks.case import Case
from checks.family import Family
from checks.hearing import Hearing

#: Seconds below which a case says little of a larger one: most of them went into calls, not into numbers.
TELLING = 0.5

#: How many times as long as there is time a case must seem to take where nothing telling is known.
FAR = 50


@dataclass
class Pace:
    """Work of the cases that were judged and the seconds that each took; ``left_out`` counts what would take too much.

    ``room`` says whether there is memory for a case.
    """

    family: Family
    room: Callable[[Case], bool] = lambda _: True
    known: list[tuple[int, float]] = field(default_factory=list)
    left_out: int = 0

    def note(self, case: Case, seconds: float) -> None:
        """Remember a case; one without entries says nothing of others."""
        if work := self.family.work(case):
            insort(self.known, (work, seconds))

    @contextmanager
    def timing(self, case: Case, hearing: Hearing) -> Iterator[None]:
        """Remember how long the block takes over a case, unless that ends its process; starting one does not count."""
        start, died = perf_counter() - hearing.starting, hearing.deaths
        yield
        if hearing.deaths == died:
            self.note(case, perf_counter() - hearing.starting - start)

    def affords(self, case: Case, seconds: float) -> bool:
        """Whether a case will take no longer than this, going by the largest one that is not larger, and has room."""
        work = self.family.work(case)
        place = bisect(self.known, (work, float("inf")))
        less, took = self.known[place - 1] if place else (work, 0.0)
        return took * work <= seconds * max(less, 1) * (1 if took >= TELLING else FAR) and self.room(case)

    def paced(self, cases: Iterable[Case], left: Callable[[], float]) -> Iterator[Case]:
        """The cases for which there is time, those last for which there does not seem to be when they come first.

        None any more when no time is ``left``.
        """
        waiting = list[Case]()
        for case in cases:
            if left() <= 0:
                break
            if self.affords(case, left()):
                yield case
            else:
                waiting.append(case)
        for case in waiting:
            if self.affords(case, left()):
                yield case
            else:
                self.left_out += 1
