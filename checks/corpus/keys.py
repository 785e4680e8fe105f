"""Key configurations: the few of which golden digests are recorded unasked, and the settings that none of them has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from checks.case import Case
from checks.corpus.recording import exact
from checks.errors import CorpusError, SubjectError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.limits import Limits, limited
from checks.scope.published import shortened
from checks.subject import Subject
from checks.witness import Trial

#: A configuration that holds more numbers is not recorded unasked.
MOST_ENTRIES = 20_000

#: Configurations of one family that are recorded unasked.
MOST_KEYS = 12

#: Strides and windows that most layers have.
STRIDES, WINDOWS = (1, 2), frozenset({2, 3})

#: Formats from the coarsest: a case whose sums are exact there is exact in the finer ones too.
COARSEST_FIRST = ("float16", "float32", "float64")

#: Cells that say nothing about a configuration, and one whose digests would hold no number.
_FILLED = ("dtype: ", "data: ", "batch: none")


def key_cases(subject: Subject, limits: Limits) -> list[Case]:
    """A few configurations, filled so that every sum is exact: what is usual, then those that meet the most pairs.

    Of pairs of cells, together: without the usual ones, a port that is wrong at every real layer's settings may pass.
    """
    options = [
        (case, _pairs(limits.family, case)) for case in exact_cases(subject, limits, limited(limits).sweep(0, 0))
    ]
    chosen = list(_usual(subject, limits))
    left = set().union(*(pairs for _, pairs in options)).difference(*(_pairs(limits.family, case) for case in chosen))
    while left and len(chosen) < MOST_KEYS:
        case, pairs = max(options, key=lambda option: (len(option[1] & left), -option[0].sizes()))
        chosen.append(case)
        left -= pairs
    return chosen


def _usual(subject: Subject, limits: Limits) -> Iterator[Case]:
    """Of real layers with a window of 2 or 3 the smallest of each stride in ``STRIDES``, the same on all axes."""
    sheet, left = limits.family, set(STRIDES)
    if not isinstance(sheet, GeometricFamily):
        return
    for case in exact_cases(subject, limits, sorted(limits.brought(shortened(sheet, 0)), key=Case.sizes)):
        axes = sheet.geometry(case).axes
        strides, kernels = {axis.stride for axis in axes}, {axis.kernel for axis in axes}
        if kernels <= WINDOWS and len(strides) == 1 and strides <= left:
            left -= strides
            yield case


def exact_cases(subject: Subject, limits: Limits, cases: Iterable[Case]) -> Iterator[Case]:
    """Those of these cases that can be exact, each in the coarsest format in which it is."""
    for case in cases:
        if not 0 < math.prod(case.shapes["x"]) <= case.sizes() <= MOST_ENTRIES:
            continue
        shapes = {name: case.shapes[name] for name in case.arguments}
        for dtype in COARSEST_FIRST:
            filled = limits.family.case_of(shapes, case.config, dtype, _kind(limits.family), case.seed)
            if limits.takes(filled) and _is_exact(Trial(subject, limits.family, filled)):
                yield filled
                break


def _kind(family: Family) -> str:
    """Fractions where a number may be held against a threshold; where several are combined they would not be exact."""
    return "fractions" if family.pointwise and family.selects else family.kinds[0]


def left_out(family: Family, cases: Iterable[Case]) -> list[str]:
    """The settings of a family that none of these cases has."""
    met = set().union(*(family.cells(case) for case in cases))
    return sorted(cell for cell in family.all_cells - met if not cell.startswith(_FILLED))


def _is_exact(trial: Trial) -> bool:
    try:
        return bool(trial.case.parts and exact(trial).formats)
    except (CorpusError, SubjectError):
        return False


def _pairs(family: Family, case: Case) -> set[frozenset[str]]:
    return {pair for pair in family.combinations(case) if not any(cell.startswith(_FILLED) for cell in pair)}
