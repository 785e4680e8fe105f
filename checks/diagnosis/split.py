"""On which cases the independent sources called a result wrong, on which right, and what sets the wrong ones apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import comb
from typing import Any

from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis.alone import SOURCES
from checks.families.geometric import GeometricFamily
from checks.family import Family

#: Cases that are kept of either kind, the first ones: a sweep meets every pair of cells early.
MOST_KEPT = 200

#: Settings that are told together; each may be found alone, or with others, beside those that are found: so many tests.
MOST_TOGETHER, TESTS = 3, 6

#: Probability with which wrong cases may share by chance what is said to set them apart.
CHANCE = 0.01


@dataclass
class Split:
    """Cases on which one result is wrong by some independent source, and on which it is right by all that spoke."""

    wrong: list[Case] = field(default_factory=list)
    right: list[Case] = field(default_factory=list)

    def hear(self, case: Case, verdicts: Iterable[Verdict]) -> None:
        """Take a case in by what the sources say of the result there; of one of which they say nothing nothing is."""
        said = {verdict.status for verdict in verdicts if verdict.law in SOURCES and verdict.compared}
        kept = self.wrong if "wrong" in said else self.right
        if said and len(kept) < MOST_KEPT:
            kept.append(case.but())

    def apart(self, family: Family, also: Iterable[Case] = ()) -> str:
        """What all wrong cases have and few right ones have, in a sentence; empty where that may be chance.

        What ``also`` is wrong, and was not picked blindly, only says what none of them may lack.
        """
        cases = [settings(family, case) for case in (*self.wrong, *self.right)]
        shared = set().union(*cases).intersection(*(settings(family, case) for case in also))
        masks = {each: _mask(each in has for has in cases) for each in sorted(shared, reverse=True)}
        within, names = (1 << len(cases)) - 1, frozenset[str]()
        while self.wrong and (found := _telling(masks, within, len(self.wrong), MOST_TOGETHER - len(names))):
            within, names = found[0], names | found[1]
        right = within.bit_count() - len(self.wrong)
        said = f"all {len(self.wrong)} wrong cases have {' and '.join(sorted(names))}"
        return f"{said}, and {right} of {len(self.right)} right ones" if names else ""


def _telling(masks: Mapping[str, int], within: int, wrong: int, most: int) -> tuple[int, frozenset[str]] | None:
    """The fewest settings that all wrong cases have, and the fewest others of some cases, and which cases have them.

    Wrong cases picked blindly are all among the m that have a setting with the probability of the hypergeometric
    distribution; its sum over all settings, pairs, or threes of them, that as few cases have bounds that of naming any.
    """
    having: dict[int, frozenset[str]] = {within: frozenset()}
    for _ in range(most):
        having = {mask & masks[name]: names | {name} for mask, names in having.items() for name in masks}
        best = min((mask for mask in having if _holds(mask, wrong)), key=int.bit_count, default=0)
        few = [size for size in map(int.bit_count, having) if size <= best.bit_count()]
        if best and sum(comb(size, wrong) for size in few) < CHANCE / TESTS * comb(within.bit_count(), wrong):
            return best, having[best]
    return None


def settings(family: Family, case: Case) -> set[str]:
    """What a case is, in words: its cells, its format, the order of its numbers, what its keywords are set to.

    And whether windows overlap, along an axis on which there are several.
    """
    given = (f"{name} {value}" for name, values in case.config.items() for value in _values(values))
    axes = family.geometry(case).axes if isinstance(family, GeometricFamily) and case.filled else ()
    overlap = {"overlapping windows"} if any(axis.output > 1 and axis.stride < axis.extent for axis in axes) else set()
    return {*family.cells(case), f"dtype: {case.dtype}", f"data: {case.data}", *given, *overlap}


def _values(value: Any) -> Iterator[str]:
    """What a keyword is set to, along whichever axis and at whichever end of it."""
    if isinstance(value, (tuple, list)):
        yield from (said for each in value for said in _values(each))
        return
    yield str(value)
    if isinstance(value, int):
        yield from (f"above {least}" for least in (0, 1) if value > least)


def _mask(marks: Iterable[bool]) -> int:
    """Marks as bits, the first one lowest."""
    return sum(mark << place for place, mark in enumerate(marks))


def _holds(mask: int, wrong: int) -> bool:
    """Whether it has all of the first bits."""
    return mask & ((1 << wrong) - 1) == (1 << wrong) - 1
