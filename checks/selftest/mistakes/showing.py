"""Cases that can show a mistake: the first ones of a seeded sweep on which it gives other numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from itertools import islice

import numpy as np

from checks.case import Case
from checks.claim import Verdict
from checks.examination import WITNESSES
from checks.families import family
from checks.judge import fair_verdicts, verdicts
from checks.mistakes.mistake import Evidence, Mistake
from checks.oracles.together import MOST_ENTRIES
from checks.oracles.torch_autograd import TorchAutograd
from checks.selftest.spoil import NAMES
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

SEED = 0
#: Cases that are searched, and how many of them are used.
SEARCHED = 300
USED = 2
#: Entries of a small case; larger ones take long with loops, and one entry is not tried of a larger argument.
SMALL = 200
#: Fewest entries of an array, and cells, of which faults without a formula get a case each.
LEAST = 4
CELLS = ("batch: one", "batch: more")


@cache
def swept(name: str) -> tuple[Case, ...]:
    """The searched sweep of a family; last what has no sample, what is large, what is coarse, what PyTorch refuses."""
    return tuple(sorted(family(name).sweep(SEED, SEARCHED), key=_inconvenience))


def _inconvenience(case: Case) -> tuple[bool, bool, bool, bool]:
    sheet = family(case.family)
    torch = verdicts(TorchAutograd(), Trial(sheet.reference, sheet, case))
    refused = any(verdict.status == "blind" for verdict in torch)
    large = case.sizes() > SMALL or max(math.prod(case.shapes[name]) for name in case.arguments) > MOST_ENTRIES
    return not case.shapes["x"][0], large, case.dtype != "float64", refused


@cache
def right(case: Case) -> tuple[Trial, Evidence]:
    """The reference on a case, and what predictions are computed from."""
    sheet = family(case.family)
    return Trial(sheet.reference, sheet, case), Evidence(sheet.reference, case.inputs, case.config, case.dy)


def shows(mistake: Mistake, case: Case) -> bool:
    """Whether a mistake gives numbers that rounding cannot explain."""
    trial, evidence = right(case)
    wrong = mistake.gradients_of(evidence)
    return any(_apart(value, evidence.right[of], trial.bound(of)) for of, value in wrong.items())


def _apart(wrong: Array, right: Array, bound: Array) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.any((np.abs(wrong - right) > 4 * bound) | (np.isnan(wrong) & ~np.isnan(right))))


def showing(mistake: Mistake, name: str) -> list[Case]:
    """The first cases of a family that show a mistake; one of each family where several can make it."""
    return list(islice(all_showing(mistake, name), USED if len(makers(mistake)) == 1 else 1))


def makers(mistake: Mistake) -> list[str]:
    """Those of the families on which mistakes are shown that can make one."""
    return [name for name in NAMES if mistake.concerns(family(name))]


def all_showing(mistake: Mistake, name: str) -> Iterator[Case]:
    """Every searched case of a family that shows a mistake."""
    cases = (mistake.brought_out(case) for case in swept(name))
    return (case for case in cases if shows(mistake, case))


def showing_forward(subject: Subject, name: str) -> list[Case]:
    """The first cases of a family on which a subject gives another y than the reference."""
    return list(islice((case for case in swept(name) if _other_y(subject, case)), USED))


def _other_y(subject: Subject, case: Case) -> bool:
    trial, _ = right(case)
    y = subject.apply(case.inputs, case.config)
    return _apart(y, trial.got.y, trial.bound("y")) if y.shape == trial.got.y.shape else False


def varied(name: str) -> list[Case]:
    """A case without samples, and one with some entries for each of the named cells, in float64."""
    wide = [case for case in swept(name) if case.dtype == "float64" and min(_entries(case)) > LEAST]
    found = (next((case for case in wide if cell in family(name).cells(case)), None) for cell in CELLS)
    empty = next(case for case in swept(name) if not case.shapes["x"][0])
    return [empty, *(case for case in found if case is not None)]


def _entries(case: Case) -> list[int]:
    return [math.prod(shape) for shape in case.shapes.values()]


def judged(subject: Subject, case: Case) -> list[Verdict]:
    """What every witness says of a subject on one case, as an examination hears it."""
    trial, found = Trial(subject, family(case.family), case), []
    for witness in WITNESSES:
        given, trial = fair_verdicts(witness, trial)
        found += given
    return found


def broken(subject: Subject, case: Case) -> set[str]:
    """Laws that a subject breaks on one case; a law that only calls it dangerous is marked."""
    given = judged(subject, case)
    dangers = {f"{verdict.law} (hazard)" for verdict in given if verdict.status == "hazard"}
    return {verdict.law for verdict in given if verdict.status == "wrong"} | dangers
