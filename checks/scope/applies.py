"""Which laws have anything to say of a family: told from its own reference on small cases."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nsmallest
from itertools import islice

from checks.errors import GradproofError
from checks.examination import WITNESSES, Examination
from checks.families import families
from checks.family import Family
from checks.invariants.subsets import Subsets
from checks.oracles.modes import Modes
from checks.witness import Trial, Witness

#: Cases of a sweep that are looked at, the smallest of so many.
FEW, AMONG = 8, 60

#: Laws of what a layer has beside a forward and a backward, which a reference has not.
OF_OTHERS = frozenset({Modes.law, Subsets.law})


def applying(sheet: Family, laws: Iterable[str]) -> tuple[str, ...]:
    """Those of the laws that apply to a family; all of them where it has no reference to ask."""
    asked = tuple(laws)
    if not asked or sheet.name not in families():
        return asked
    known = families()[sheet.name]
    cases = [case for case in islice(known.sweep(0, 0), AMONG) if case.filled]
    trials = [Trial(known.reference, known, case) for case in nsmallest(FEW, cases, key=known.work)]
    silent = {each.law for each in WITNESSES if each.law in asked and not _speaks(each, trials)}
    return tuple(law for law in asked if law not in silent - OF_OTHERS)


def without_time(examination: Examination) -> tuple[str, ...]:
    """Laws that apply and had no time on any case, where more of them had none than had some: little was shown then."""
    late = applying(examination.family, examination.unasked)
    return late if len(late) > len(examination.asked) else ()


def _speaks(witness: Witness, trials: Iterable[Trial]) -> bool:
    try:
        return any(next(iter(witness.claims(trial)), None) is not None for trial in trials)
    except GradproofError:
        return True
