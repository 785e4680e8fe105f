"""No false alarm in a great many random cases: right layers examined for hours, in chunks that are never lost.

The layers are the reference layers and PyTorch's own, which nobody doubts: every alarm is a mistake of a witness, or a
discovery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checks import pool
from checks.case import Case
from checks.examination import Examination
from checks.exclusion import Exclusion
from checks.family import Family
from checks.judge import RUNS
from checks.opening import quiet
from checks.soak_rows import Row, opened_row
from checks.witness import Witness

#: Grows by one whenever a reader of the former state would misunderstand the new one.
SCHEMA = 2

#: Cases that are examined before what was found is written down.
CHUNK = 200


@dataclass
class Soaked:
    """What is known of a row: cases, numbers compared, the next seed, alarms in words, cases that the layer refused.

    ``heard`` counts the laws that were asked, each case's together.
    """

    cases: int = 0
    compared: int = 0
    seed: int = 0
    alarms: list[str] = field(default_factory=list)
    refused: int = 0
    heard: int = 0

    @property
    def laws(self) -> float:
        """How many laws a case was asked for, on average."""
        return self.heard / self.cases if self.cases else 0.0

    def joined(self, other: Soaked) -> Soaked:
        """Of both together."""
        cases, compared = self.cases + other.cases, self.compared + other.compared
        refused, heard = self.refused + other.refused, self.heard + other.heard
        return Soaked(cases, compared, max(self.seed, other.seed), _all(self.alarms, other.alarms), refused, heard)

    def since(self, _: Soaked, there: Soaked) -> Soaked:
        """Runs of one row, side by side, draw the same cases: the counts are those of one, the alarms of both."""
        return replace(max(there, self, key=lambda each: each.cases), alarms=_all(there.alarms, self.alarms))


@dataclass(frozen=True)
class Chunk:
    """Cases of one row: a sweep from a seed. Each case is heard by one law in ``turns``, the next by the next ones."""

    row: Row
    seed: int
    cases: int
    turns: int = 1

    def laws(self, number: int, witnesses: tuple[Witness, ...]) -> tuple[Witness, ...]:
        """Those that hear the case of this number; another seed gives the same number to others."""
        return witnesses[(number + self.seed) % self.turns :: self.turns]


def soak(
    wanted: Sequence[Row], known: Mapping[str, Soaked], cases: int, processes: int, turns: int = 1
) -> Iterator[tuple[Row, Soaked]]:
    """Examine each row until it has seen ``cases`` cases, the rows in turns; gives each chunk as it is done."""
    chunks = [replace(chunk, turns=turns) for chunk in _chunks(wanted, known, cases)]
    for index, message in pool.run(work, chunks, processes):
        chunk = chunks[index]
        if isinstance(message, pool.Died):
            yield chunk.row, Soaked(seed=chunk.seed + 1, alarms=[f"sweep of seed {chunk.seed}: {message.why}"])
        else:
            yield chunk.row, message


def work(chunk: Chunk) -> Soaked:
    """One chunk, in this process."""
    whole, sheet = opened_row(chunk.row)
    examination = Examination(whole.subject, sheet, whole.witnesses, exclusion=_Unread())
    heard = 0
    with quiet():
        for number, case in enumerate(list(sheet.sweep(chunk.seed, chunk.cases))[-chunk.cases :]):
            asked = chunk.laws(number, whole.witnesses)
            examination.judge(case, asked)
            heard += len(asked)
    alarms = [f"{found.shrunk}: {found.shrunk_verdict}" for found in examination.findings.values()]
    refused = examination.tallies[RUNS].blind if RUNS in examination.tallies else 0
    return Soaked(examination.cases, examination.compared, chunk.seed + 1, alarms, refused, heard)


class _Unread(Exclusion):
    """What a chunk excludes, which nobody reads: to find every combination of a case's cells takes its time."""

    def visit(self, family: Family, case: Case) -> None:
        """Not counted."""


def _chunks(wanted: Sequence[Row], known: Mapping[str, Soaked], cases: int) -> Iterator[Chunk]:
    """What is left to do, a chunk of every row before the next one of any."""
    left = {row: cases - known.get(row.title, Soaked()).cases for row in wanted}
    seeds = {row: known.get(row.title, Soaked()).seed for row in wanted}
    while any(number > 0 for number in left.values()):
        for row in [row for row in wanted if left[row] > 0]:
            yield Chunk(row, seeds[row], min(CHUNK, left[row]))
            left[row] -= CHUNK
            seeds[row] += 1


def _all(alarms: list[str], others: list[str]) -> list[str]:
    return list(dict.fromkeys([*alarms, *others]))
