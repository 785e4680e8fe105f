"""How much memory a layer takes over a large plane, told from small ones: a dense matrix of it fits in no machine."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace
from math import log, prod

from checks.case import Case
from checks.errors import CaseError, SubjectError
from checks.examination import Examination
from checks.families.geometric import GeometricFamily
from checks.witness import Trial

#: Cells of a plane from which on a layer is tried on smaller ones first.
LARGE = 16_384

#: How much smaller the two planes are by which the memory of a large one is told.
SMALLER = (16, 32)


def affords(examination: Examination, case: Case) -> bool:
    """Whether a layer takes no more than half of the free memory over a case, going by how it grows on smaller planes.

    What lies in frameworks with memory of their own is not seen.
    """
    sheet, cells = examination.family, _cells(case)
    if cells < LARGE or not isinstance(sheet, GeometricFamily) or not (free := _free()):
        return True
    try:
        smaller = [_smaller(sheet, case, times) for times in SMALLER]
        near, far = (examination.hearing.ask(Trial(examination.subject, sheet, each), peak) for each in smaller)
    except (SubjectError, CaseError):  # it will show on the case itself, or no smaller one is a layer
        return True
    more, fewer = map(_cells, smaller)
    power = max(1.0, log(near / far) / log(more / fewer)) if more > fewer else 1.0  # windows may allow no smaller plane
    return bool(near * (cells / more) ** power <= free / 2)


def peak(trial: Trial) -> int:
    """Bytes that Python and NumPy held at most during a forward and a backward."""
    tracemalloc.start()
    try:
        trial.subject.vjp(trial.case)
        return max(tracemalloc.get_traced_memory()[1], 1)
    finally:
        tracemalloc.stop()


def _cells(case: Case) -> int:
    return prod(case.shapes["x"][2:]) if "x" in case.shapes else 0


def _smaller(sheet: GeometricFamily, case: Case, times: int) -> Case:
    """The case with as many cells fewer, as far as its windows fit."""
    found = sheet.geometry(case)
    share = times ** (1 / len(found.axes))
    axes = tuple(replace(axis, size=max(round(axis.size / share), axis.extent)) for axis in found.axes)
    return sheet.case(replace(found, axes=axes), case.dtype, case.data, case.seed)


def _free() -> int:
    """Bytes of free memory; 0 where nobody tells."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0
