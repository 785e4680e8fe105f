"""Key configurations: the few of which golden digests are recorded unasked, and the settings that none of them has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from checks.case import Case
from checks.corpus.recording import exact
from checks.errors import CorpusError, SubjectError
from checks.family import Family
from checks.scope.limits import Limits, limited
from checks.subject import Subject
from checks.witness import Trial

#: A configuration that holds more numbers is not recorded unasked.
MOST_ENTRIES = 20_000

#: Configurations of one family that are recorded unasked.
MOST_KEYS = 12

#: Formats from the coarsest: a case whose sums are exact there is exact in the finer ones too.
COARSEST_FIRST = ("float16", "float32", "float64")

#: Cells that say nothing about a configuration, and one whose digests would hold no number.
_FILLED = ("dtype: ", "data: ", "batch: none")


def key_cases(subject: Subject, limits: Limits) -> list[Case]:
    """A few configurations, filled so that every sum is exact: those that meet the most pairs of cells together."""
    options = [(case, _pairs(limits.family, case)) for case in exact_cases(subject, limits)]
    chosen: list[Case] = []
    left = set().union(*(pairs for _, pairs in options))
    while left and len(chosen) < MOST_KEYS:
        case, pairs = max(options, key=lambda option: (len(option[1] & left), -option[0].sizes()))
        chosen.append(case)
        left -= pairs
    return chosen


def exact_cases(subject: Subject, limits: Limits) -> Iterator[Case]:
    """The covering configurations, each as the subject takes it, in the coarsest format in which it is exact."""
    for case in limited(limits).sweep(0, 0):
        if not 0 < math.prod(case.shapes["x"]) <= case.sizes() <= MOST_ENTRIES:
            continue
        shapes = {name: case.shapes[name] for name in case.arguments}
        for dtype in COARSEST_FIRST:
            filled = limits.family.case_of(shapes, case.config, dtype, limits.family.kinds[0], case.seed)
            if limits.takes(filled) and _is_exact(Trial(subject, limits.family, filled)):
                yield filled
                break


def left_out(family: Family, cases: Iterable[Case]) -> list[str]:
    """The settings of a family that none of these cases has."""
    met = set().union(*(family.cells(case) for case in cases))
    return sorted(cell for cell in family.all_cells - met if not cell.startswith(_FILLED))


def _is_exact(trial: Trial) -> bool:
    try:
        return trial.case.lattice and bool(exact(trial).formats)
    except (CorpusError, SubjectError):
        return False


def _pairs(family: Family, case: Case) -> set[frozenset[str]]:
    return {pair for pair in family.combinations(case) if not any(cell.startswith(_FILLED) for cell in pair)}
