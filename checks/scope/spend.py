"""Cases for a time: those that cover every pair of settings first, then others, until the budget is used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from time import monotonic, perf_counter

from checks.case import Case
from checks.counted import count
from checks.errors import UsageError
from checks.examination import AT_SIZE, Examination
from checks.family import Family
from checks.invariants.purity import Purity
from checks.oracles.adjoint import Adjoint
from checks.scope.limits import Limits
from checks.scope.pace import Pace
from checks.scope.published import published
from checks.scope.room import affords
from checks.scope.turns import Turns
from checks.scope.wide import Wide, looked_at, more_digits, taken
from checks.strategies.turns import by_turns, interspersed
from checks.tally import Finding, Tally
from checks.witness import Witness

#: Rounds without a single new case, after which there is no more to be had.
_PATIENCE = 3

#: Seconds beyond the budget that a slow layer may take for the fewest cases that are judged.
GRACE = 10.0

#: The same once something is wrong: no case has to show any more that the layer is right.
GRACE_OF_WRONG = 3.0

#: The first case may take the first part of the time that is left, as libraries are loaded then, another the second,
#: and a law more: then the other laws wait for their turn.
FIRST, SHARES = 3, 4

#: Seconds that the first case has in any case, when a slow opening has used up the budget.
LEAST = 3.0

#: Cases of a sweep between two unusual ones.
_BETWEEN = 2

#: Cases among which a first one is looked for, and the work of one that tells something.
_NEAR, TELLING = 12, 100

#: Seconds of an opening from which on a layer may be slow.
LONG = 1.0

#: Numbers of a case on which every witness is heard; a slow layer would take long over more.
LEAN = 100_000

#: Laws that settle a case of any size for the price of a few forwards.
SETTLING = frozenset(witness.law for witness in AT_SIZE)

_UNITS = {"": 1.0, "s": 1.0, "ms": 1e-3, "m": 60.0, "min": 60.0, "h": 3600.0}


def seconds(budget: str | float, option: str = "budget=") -> float:
    """A time in seconds, from a number or from text such as "10s", "500ms", "2m"; ``option`` is where it was said.

    Raises UsageError where it is neither, or not positive.
    """
    match = re.fullmatch(r"\s*([0-9.]+)\s*([a-z]*)\s*", str(budget))
    try:
        found = float(match[1]) * _UNITS[match[2]] if match else 0.0
    except (ValueError, KeyError):
        found = 0.0
    if not found > 0:
        raise UsageError(f"{option}{budget!r} is no time; expected a positive number with s, ms, m or h: '10s', '2m'")
    return found


def spend(examination: Examination, limits: Limits, budget: float, seed: int, fewest: int) -> None:
    """Judge cases for ``budget`` seconds: a first round in full if it can be, then others unless something broke.

    Half of the time goes to many more cases of which one law alone is asked (``checks.scope.wide``). ``fewest`` cases
    are judged by the other laws in up to ``GRACE`` seconds more, by turns where a layer is slow
    (``checks.scope.turns``). No start of a process is paid for.
    """
    clock = Clock(examination, budget)
    examination.hearing.end = monotonic() + clock.in_budget()
    seen, pace = set[Case](), Pace(limits.family, partial(affords, examination))
    # a case of one law alone is none of all laws
    others = taken(examination, limits, looked_at(limits, seed), set())
    beside = Wide(examination, map(more_digits, (case for case in others if case not in seen)))
    slow = first_laws(examination)
    turns, idle, round_, done, left_out = Turns(examination, slow), 0, 0, False, 0
    while idle < _PATIENCE and not done and not (round_ and examination.wrong):
        before = len(seen)
        fresh = taken(examination, limits, swept(limits, seed + round_), seen)
        for case in pace.paced(fresh, lambda: clock.due(turns.cases)):
            share = clock.due(turns.cases) / (SHARES if turns.cases else FIRST)
            # what a first case takes goes into loading libraries, unless finding out has loaded them
            with pace.timing(case, examination.hearing) if turns.cases or slow else nullcontext():
                turns.judge(case, witnesses_for(examination, case), share)
            beside.catch_up(clock.in_budget)
            report_fatal(examination, limits)
            if done := _enough(examination, clock, turns.cases, fewest):
                break
        done = done or _enough(examination, clock, turns.cases, fewest)
        left_out = left_out if round_ else pace.left_out  # of later rounds, drawn without end, any number could be
        idle, round_ = (idle + 1 if len(seen) == before else 0), round_ + 1
    _tell(examination, left_out + beside.pace.left_out)


def report_fatal(examination: Examination, limits: Limits) -> None:
    """Report what ended the process where a plainer case of another finding was looked for, if the layer takes that.

    An example's parts are none that anybody said it takes.
    """
    fatal, examination.hearing.fatal = examination.hearing.fatal, []
    for case, verdict in fatal if not examination.family.smooth else []:
        if verdict.law not in examination.findings and limits.takes(case):
            examination.tallies.setdefault(verdict.law, Tally()).add(verdict)
            examination.report(Finding(verdict.law, case, verdict, case, verdict))


def first_laws(examination: Examination) -> tuple[str, ...]:
    """What is asked first where a derivative takes long: all entries at once, and what takes few calls."""
    late = examination.family.smooth and examination.opening > LONG
    return (Adjoint.law, Purity.law) if late else ()


def _tell(examination: Examination, left_out: int) -> None:
    if left_out:
        examination.notes.append(
            f"{count(left_out, 'case')} left out: going by smaller ones there was less time left than each would "
            "take, or less memory free; a larger budget shows more"
        )


@dataclass
class Clock:
    """The time of one examination: its budget, of which its opening was a part, and a grace for the fewest cases."""

    examination: Examination
    budget: float
    start: float = field(init=False)

    def __post_init__(self) -> None:
        self.start = perf_counter() - self.examination.hearing.starting - self.examination.opening

    @property
    def grace(self) -> float:
        """Seconds beyond the budget: ``GRACE``, and less once something is wrong."""
        return min(GRACE, GRACE_OF_WRONG) if self.examination.wrong else GRACE

    def in_budget(self) -> float:
        """Seconds of the budget that are left; what processes took to start is not counted."""
        return self.budget - (perf_counter() - self.start - self.examination.hearing.starting)

    def left(self) -> float:
        """Seconds until the grace is over."""
        return self.in_budget() + self.grace

    def due(self, cases: int) -> float:
        """The same for another case after so many; a first one has some time whatever the opening took."""
        return self.left() if cases else max(self.left(), LEAST)


def first_round(examination: Examination, limits: Limits, budget: float, seed: int, fewest: int) -> None:
    """Judge the cases that cover every pair of settings, then random ones, for ``budget`` seconds or to a broken law.

    ``fewest`` cases are judged in up to ``GRACE`` seconds more. Those for which there is no memory are left out.
    """
    clock, left_out = Clock(examination, budget), 0
    for case in taken(examination, limits, chain(swept(limits, seed), limits.family.random(seed)), set()):
        if not affords(examination, case):
            left_out += 1
            continue
        examination.judge(case, witnesses_for(examination, case))
        report_fatal(examination, limits)
        if examination.wrong or _enough(examination, clock, examination.cases, fewest):
            break
    _tell(examination, left_out)


def _enough(examination: Examination, clock: Clock, cases: int, fewest: int) -> bool:
    """Whether to stop now that so many cases were judged by the laws in turns."""
    left = clock.left()
    if cases < fewest and left <= 0 and not examination.hearing.stopped:
        examination.hurried = cases
        more = "a larger budget, or a smaller example," if examination.family.smooth else "a larger budget"
        examination.notes.append(
            f"{count(cases, 'case')}, and the budget is over by {clock.grace - left:.0f} s: {fewest} are usual, "
            f"and {more} shows more"
        )
    usual = cases >= fewest and not examination.unasked
    return bool(examination.hearing.stopped) or left <= (clock.grace if usual else 0)


def witnesses_for(examination: Examination, case: Case) -> tuple[Witness, ...]:
    """Those that are asked; on a case of many numbers those that settle it for the price of a few forwards, if any."""
    lean = tuple(witness for witness in examination.witnesses if witness.law in SETTLING and case.sizes() > LEAN)
    return lean or examination.witnesses


def woven(swept: Iterable[Case], first: Iterable[Case], second: Iterable[Case]) -> Iterator[Case]:
    """Cases of a sweep with one of others after every few, the first and the second in turns, and those left over."""
    return interspersed(swept, by_turns(first, second), _BETWEEN)


def swept(limits: Limits, seed: int) -> Iterator[Case]:
    """The cases with which an examination begins: one that shows most, then those that cover every pair of settings."""
    family = limits.family
    unusual = chain(family.long_sums(limits.axes), family.unusual(seed, limits.axes))
    others = by_turns(unusual, published(family, seed))
    cases = woven(limits.with_carried(family.sweep(seed, 0)), others, family.patterned(seed))
    return chain(family.showing(seed), telling_first(cases, family))


def telling_first(cases: Iterator[Case], family: Family) -> Iterator[Case]:
    """The same cases, of which the first has entries, is small and as its user gave it: a slow layer may get to few."""
    near = list(islice(cases, _NEAR))
    filled = [case for case in near if case.filled and not family.elsewhere(case)]
    first = min([case for case in filled if family.work(case) >= TELLING] or filled, key=family.work, default=None)
    yield from () if first is None else (first,)
    yield from (case for case in near if case is not first)
    yield from cases
