"""No false alarm in a great many random cases: right layers examined for hours, in chunks that are never lost.

The layers are the reference layers and PyTorch's own, which nobody doubts: every alarm is a mistake of a witness, or a
discovery.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from checks import pool
from checks.adapters import adapt
from checks.case import Case
from checks.errors import UsageError
from checks.examination import Examination
from checks.exclusion import Exclusion
from checks.families import families
from checks.family import Family
from checks.judge import RUNS
from checks.opening import opened, quiet
from checks.scope.likeness import resolve
from checks.subject import Subject
from checks.witness import Witness

#: Grows by one whenever a reader of the former state would misunderstand the new one.
SCHEMA = 2

#: Cases that are examined before what was found is written down.
CHUNK = 200

#: NumPy has no bfloat16: the reference layers are soaked in the half precision that it has.
REFERENCE_DTYPES = ("float64", "float32", "float16")
TORCH_DTYPES = ("float64", "float32", "bfloat16")

#: PyTorch's own layers, by what they are like.
TORCH = {f"{name}{axes}d": f"{name}{axes}d" for name in ("conv", "max_pool", "avg_pool") for axes in (1, 2, 3)}


@dataclass(frozen=True)
class Row:
    """One right layer in one format; ``function`` is PyTorch's, empty for the reference."""

    like: str
    dtype: str
    function: str = ""

    @property
    def title(self) -> str:
        """What it is called in the table and in the state."""
        return f"{f'torch {self.function}' if self.function else f'reference {self.like}'}, {self.dtype}"


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
        alarms = list(dict.fromkeys([*self.alarms, *other.alarms]))
        cases, compared = self.cases + other.cases, self.compared + other.compared
        refused, heard = self.refused + other.refused, self.heard + other.heard
        return Soaked(cases, compared, max(self.seed, other.seed), alarms, refused, heard)


def rows(text: str = "") -> list[Row]:
    """Every right layer in every format whose title contains ``text``, capitals aside.

    Raises UsageError where there is none.
    """
    references = [Row(name, dtype) for name in families() for dtype in REFERENCE_DTYPES]
    functions = {**TORCH, "relu": "relu"}
    theirs = [Row(like, dtype, name) for name, like in functions.items() for dtype in TORCH_DTYPES]
    found = [row for row in references + theirs if text.lower() in row.title.lower()]
    if not found:
        raise UsageError(f"--only {text!r} stands in no title; expected a part of one such as {references[0].title!r}")
    return found


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
    with quiet(), without_onednn(chunk.row):
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


#: Convolutions of PyTorch whose gradient by oneDNN is known to be wrong, or to end the process (2.13; see README).
WRONG_BY_ONEDNN = {("conv1d", "bfloat16"), ("conv2d", "bfloat16"), ("conv3d", "bfloat16"), ("conv3d", "float32")}


@contextmanager
def without_onednn(row: Row) -> Iterator[None]:
    """PyTorch's convolutions without oneDNN where that is wrong: discoveries of this soak, on AVX-512.

    In bfloat16 entries of dweight whose tap meets padding alone hold whatever lay in memory; they must be 0, and are 0
    in PyTorch's own code. Of three axes in float32 it writes past dweight where a window overhangs x at both ends.
    """
    if (row.function, row.dtype) not in WRONG_BY_ONEDNN:
        yield
        return
    import torch  # noqa: PLC0415 - only its own layers need it

    with torch.backends.mkldnn.flags(enabled=False):
        yield


@cache
def opened_row(row: Row) -> tuple[Examination, Any]:
    """An examination of the row's layer and the family of its cases."""
    examination, _ = opened(_subject(row), row.like, {"dtype": row.dtype}, None)
    return examination, examination.family


def _chunks(wanted: Sequence[Row], known: Mapping[str, Soaked], cases: int) -> Iterator[Chunk]:
    """What is left to do, a chunk of every row before the next one of any."""
    left = {row: cases - known.get(row.title, Soaked()).cases for row in wanted}
    seeds = {row: known.get(row.title, Soaked()).seed for row in wanted}
    while any(number > 0 for number in left.values()):
        for row in [row for row in wanted if left[row] > 0]:
            yield Chunk(row, seeds[row], min(CHUNK, left[row]))
            left[row] -= CHUNK
            seeds[row] += 1


def _subject(row: Row) -> Subject:
    sheet, _ = resolve(row.like)
    if not row.function:
        return sheet.reference
    import torch  # noqa: PLC0415 - only its own layers need it

    function = getattr(torch.nn.functional, row.function)
    found = adapt(function, sheet.arguments, framework="torch", dtype="bfloat16" if row.dtype == "bfloat16" else "")
    return replace(found, name=row.title)
