"""A wide look: many more cases than there is time for every law, on which one second source alone is heard.

Contracts are looked at beside it, at the price of a call or two: unchanged arguments, calls once more, other layouts.

A mistake that needs three or four settings at once is met by thousands of configurations, not by dozens; and where an
independent layer says what every number must be, one law settles a configuration for the price of a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from time import perf_counter

from checks.case import Case
from checks.data import WHOLE
from checks.examination import Examination
from checks.invariants.glance import GlanceAtLayout, GlanceAtRepetition
from checks.invariants.purity import FirstArguments
from checks.lattice import wider_span
from checks.oracles.reference import Reference
from checks.scope.allowed import READ
from checks.scope.limits import Limits
from checks.scope.pace import Pace
from checks.scope.published import published, shortened, well_known
from checks.scope.room import affords
from checks.strategies.turns import by_turns, interspersed
from checks.witness import Witness

#: Common, mixed and random cases between two that are known.
_BETWEEN = 3

#: Mixed cases between two of one sample, channel or window.
_MIXED = 2

#: Cases between two whose dy is ones, or a single 1, or whose windows are long.
_FEW = 4

#: Contracts that are looked at beside the second source, at the price of a call or two.
GLANCES: Mapping[str, Witness] = {
    glance.law: glance for glance in (FirstArguments(), GlanceAtRepetition(), GlanceAtLayout())
}

#: Kinds of whole numbers whose dy a span says, and those of them of which it is a multiple of the unit.
_SPANNED, _BY_UNITS = WHOLE - {"sparse"}, frozenset({"integers", "patterns"})

#: Cases in a row that a subject does not take, after which no more are looked for.
IN_VAIN = 500


def wide_cases(limits: Limits, seed: int) -> Iterator[Case]:
    """Real layers' settings, unusual cases and borders, from small to large; what is common between them, and others.

    Those are mixed, single, shortened, tailed and random ones.
    """
    family = limits.family
    cases = chain(published(family, seed), family.unusual(seed, limits.axes), family.bordered(seed, limits.axes))
    # a layer of more axes gets a case with the last one repeated: then it is as large as that makes it
    known = sorted(cases, key=lambda case: family.work(limits.inside(case)))
    # along a further axis a long kernel would be no short case any more
    short, further = (
        (case for case in real if READ["axes"](case) in limits.axes)
        for real in (shortened(family, seed), well_known(family, seed))
    )
    tails = by_turns(family.tailed(seed, limits.axes), family.random(seed))
    mixed = interspersed(family.mixed(seed, limits.axes), family.single(seed, limits.axes), _MIXED)
    others = by_turns(mixed, by_turns(short, by_turns(further, tails)))
    usual = family.common(seed, limits.axes)
    groups = (chain([case], one := [*islice(usual, 1)], islice(others, _BETWEEN - len(one))) for case in known)
    return chain(chain.from_iterable(groups), usual, others)


def looked_at(limits: Limits, seed: int) -> Iterator[Case]:
    """Those, between them such whose dy is ones, or a single 1, or whose windows are long, in carried formats, too.

    And windows as networks have them, in groups or modes.
    """
    family = limits.family
    few = by_turns(family.plain_upstream(seed, limits.axes), family.long_windows(limits.axes))
    cases = interspersed(wide_cases(limits, seed), few, _FEW)
    return limits.with_carried(interspersed(cases, family.usual_windows(seed, limits.axes), _FEW))


@dataclass
class Wide:
    """The wide look of one examination: it takes as long as the laws do, and ends where something is wrong."""

    examination: Examination
    cases: Iterator[Case]
    seconds: float = 0.0
    pace: Pace = field(init=False)
    witnesses: tuple[Witness, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(self.examination.family, partial(affords, self.examination))
        asked = self.examination.witnesses
        contracts = tuple(GLANCES[each.law] for each in asked if each.law in GLANCES)
        sources = tuple(each for each in asked if isinstance(each, Reference))
        self.witnesses = sources and sources + contracts

    def catch_up(self, left: Callable[[], float]) -> None:
        """Judge cases until both looks have taken as long, or no time is ``left``."""
        while self._behind() and left() > 0:
            start, case = perf_counter(), next(self.cases, None)
            if case is None:
                return
            self._step(case, left())
            self.seconds += perf_counter() - start

    def _behind(self) -> bool:
        """Whether the laws have taken longer, and nothing is known to be wrong yet."""
        found = self.examination
        ended = not self.witnesses or found.wrong or found.hearing.stopped
        return not ended and self.seconds < found.seconds - self.seconds

    def _step(self, case: Case, left: float) -> None:
        if not self.pace.affords(case, left):
            self.pace.left_out += 1
            return
        with self.pace.timing(case, self.examination.hearing):
            self.examination.judge(case, self.witnesses)
        self.examination.alone += 1


def more_digits(case: Case) -> Case:
    """The case itself, or its whole numbers of float64 with more digits than float32 has: what is rounded shows.

    Products of two such numbers are not exact in float64: where there are any, real numbers show as much.
    """
    plain = case.dtype != "float64" or case.data not in _SPANNED or case.values or case.span == 1
    if plain or len(case.arguments) > 1 or case.seed // 2 % 2:
        return case
    return case.but(span=wider_span(case.unit if case.data in _BY_UNITS else 1))


def taken(examination: Examination, limits: Limits, cases: Iterator[Case], seen: set[Case]) -> Iterator[Case]:
    """The cases that the subject takes and that were not seen; what is outside is counted.

    None after ``IN_VAIN`` others in a row: what is drawn without end may hold no more.
    """
    idle = 0
    for case in cases:
        if idle == IN_VAIN:
            return
        idle += 1
        for reason in limits.outside(case):
            examination.outside[reason] = examination.outside.get(reason, 0) + 1
        inside = limits.inside(case)
        if inside not in seen and limits.takes(inside):
            seen.add(inside)
            idle = 0
            yield inside
