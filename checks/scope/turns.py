"""Which laws are asked of a case where there is no time for all of them: those that wait longest come first."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from checks.case import Case
from checks.examination import Examination
from checks.witness import Witness


@dataclass
class Turns:
    """Judges cases of which each has its time; a law that there was no time for is asked first on the next one."""

    examination: Examination
    waiting: tuple[str, ...] = ()
    cases: int = 0

    def judge(self, case: Case, witnesses: tuple[Witness, ...], seconds: float) -> None:
        """Ask each of the witnesses until so many seconds have passed; one of them at least."""
        place = {law: number for number, law in enumerate(self.waiting)}
        self.examination.hearing.until = monotonic() + seconds
        self.examination.judge(case, tuple(sorted(witnesses, key=lambda each: place.get(each.law, len(place)))))
        self.examination.hearing.until = self.examination.hearing.end
        self.waiting = self.examination.waiting
        self.cases += 1
