"""Cases for a time: those that cover every pair of settings first, then others, until the budget is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from time import perf_counter

from checks.case import Case
from checks.errors import UsageError
from checks.examination import AT_SIZE, Examination
from checks.scope.limits import Limits
from checks.scope.published import published
from checks.witness import Witness

#: Rounds without a single new case, after which there is no more to be had.
_PATIENCE = 3

#: Seconds beyond the budget that a slow layer may take for the fewest cases that are judged.
GRACE = 20.0

#: Cases of a sweep between two unusual ones.
_BETWEEN = 2

#: Numbers of a case on which every witness is heard; a slow layer would take long over more.
LEAN = 100_000

#: Laws that settle a case of any size for the price of a few forwards.
SETTLING = frozenset(witness.law for witness in AT_SIZE)

_UNITS = {"": 1.0, "s": 1.0, "ms": 1e-3, "m": 60.0, "min": 60.0, "h": 3600.0}


def seconds(budget: str | float) -> float:
    """A time in seconds, from a number or from text such as "10s", "500ms", "2m".

    Raises UsageError where it is neither, or not positive.
    """
    match = re.fullmatch(r"\s*([0-9.]+)\s*([a-z]*)\s*", str(budget))
    try:
        found = float(match[1]) * _UNITS[match[2]] if match else 0.0
    except (ValueError, KeyError):
        found = 0.0
    if not found > 0:
        raise UsageError(f"budget={budget!r} is no time; expected a positive number with s, ms, m or h: '10s', '2m'")
    return found


def spend(examination: Examination, limits: Limits, budget: float, seed: int, fewest: int) -> None:
    """Judge cases for ``budget`` seconds: a first round in full if it can be, then others unless something broke.

    ``fewest`` cases are judged in up to ``GRACE`` seconds more, and no start of a process is paid for.
    """
    start = perf_counter() - examination.hearing.starting
    seen: set[Case] = set()
    idle = turn = 0
    while idle < _PATIENCE and not (turn and examination.wrong):
        before = len(seen)
        for case in _fresh(examination, limits, seed + turn, seen):
            examination.judge(case, witnesses_for(examination, case))
            spent = perf_counter() - start - examination.hearing.starting
            if examination.hearing.stopped or _enough(examination, spent - budget, fewest):
                return
        idle, turn = (idle + 1 if len(seen) == before else 0), turn + 1


def first_round(examination: Examination, limits: Limits, budget: float, seed: int, fewest: int) -> None:
    """Judge the cases that cover every pair of settings, for about ``budget`` seconds; a broken law ends it.

    ``fewest`` cases are judged in up to ``GRACE`` seconds more.
    """
    start = perf_counter()
    for case in _fresh(examination, limits, seed, set()):
        examination.judge(case, witnesses_for(examination, case))
        if examination.wrong or _enough(examination, perf_counter() - start - budget, fewest):
            return


def _enough(examination: Examination, over: float, fewest: int) -> bool:
    """Whether to stop this many seconds over the budget."""
    if examination.cases < fewest and over > GRACE:
        examination.notes.append(
            f"{examination.cases} cases, and the budget is over by {GRACE:g} s: {fewest} are usual, and a larger "
            "budget shows more"
        )
        return True
    return over > 0 and examination.cases >= fewest


def witnesses_for(examination: Examination, case: Case) -> tuple[Witness, ...]:
    """Those that are asked; on a case of many numbers those that settle it for the price of a few forwards, if any."""
    lean = tuple(witness for witness in examination.witnesses if witness.law in SETTLING and case.sizes() > LEAN)
    return lean or examination.witnesses


def woven(swept: Iterable[Case], unusual: Iterator[Case], published: Iterator[Case]) -> Iterator[Case]:
    """Cases of a sweep with an unusual one, or a real layer's, after every few, and those of them that are left."""
    others = (case for pair in zip_longest(unusual, published) for case in pair if case is not None)
    for place, case in enumerate(swept, 1):
        yield case
        yield from islice(others, int(place % _BETWEEN == 0))
    yield from others


def telling_first(cases: Iterator[Case]) -> Iterator[Case]:
    """The same cases, of which the first has entries: a layer that is slow may not get to a second one."""
    empty = list[Case]()
    for case in cases:
        if case.filled:
            yield case
            break
        empty.append(case)
    yield from empty
    yield from cases


def _fresh(examination: Examination, limits: Limits, seed: int, seen: set[Case]) -> Iterator[Case]:
    """Cases of one sweep that the subject takes and that were not seen; what is outside is counted."""
    family = limits.family
    for case in telling_first(woven(family.sweep(seed, 0), family.unusual(seed, limits.axes), published(family, seed))):
        for reason in limits.outside(case):
            examination.outside[reason] = examination.outside.get(reason, 0) + 1
        inside = limits.inside(case)
        if inside not in seen and limits.takes(inside):
            seen.add(inside)
            yield inside
