"""How long a layer takes over a case, told from smaller ones: a slow layer shall not spend its whole time on one."""

from __future__ import annotations

from bisect import bisect, insort
from dataclasses import dataclass, field

from checks.case import Case
from checks.family import Family


@dataclass
class Pace:
    """Work of the cases that were judged and the seconds that each took; ``left_out`` counts what would take long."""

    family: Family
    known: list[tuple[int, float]] = field(default_factory=list)
    left_out: int = 0

    def note(self, case: Case, seconds: float) -> None:
        """Remember a case."""
        insort(self.known, (self.family.work(case), seconds))

    def fits(self, case: Case, seconds: float) -> bool:
        """Whether a case will take no longer than this, going by the largest one that is not larger."""
        work = self.family.work(case)
        place = bisect(self.known, (work, float("inf")))
        if not place:
            return True
        less, took = self.known[place - 1]
        fits = took * work <= seconds * max(less, 1)
        self.left_out += not fits
        return fits
