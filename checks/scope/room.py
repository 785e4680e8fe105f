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
from checks.strategies.geometry import Axis
from checks.witness import Trial

#: Cells of a plane from which on a layer is tried on smaller ones first.
LARGE = 16_384

#: The same of cells of a plane, padded, times those of a window: so many numbers are all windows side by side, if they
#: move by one cell each, as those do of a full correlation, which gives dx whatever the stride.
SIDE_BY_SIDE = 1 << 20

#: How much smaller the two planes are by which the memory of a large one is told.
SMALLER = (16, 32)


def affords(examination: Examination, case: Case) -> bool:
    """Whether a layer takes no more than half of the free memory over a case, going by how it grows on smaller planes.

    What lies in frameworks with memory of their own is not seen.
    """
    sheet = examination.family
    if not isinstance(sheet, GeometricFamily) or not (_large(sheet, case) and (free := _free())):
        return True
    try:
        smaller = [_smaller(sheet, case, times) for times in SMALLER]
        near, far = (examination.hearing.ask(Trial(examination.subject, sheet, each), peak) for each in smaller)
    except (SubjectError, CaseError):  # it will show on the case itself, or no smaller one is a layer
        return True
    cells, more, fewer = (_windowed(sheet, each) for each in (case, *smaller))
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


def _large(sheet: GeometricFamily, case: Case) -> bool:
    return "x" in case.shapes and (_cells(case) >= LARGE or _windowed(sheet, case) >= SIDE_BY_SIDE)


def _cells(case: Case) -> int:
    return prod(case.shapes["x"][2:])


def _windowed(sheet: GeometricFamily, case: Case) -> int:
    """Cells of the padded plane, times those of a window."""
    return prod((axis.size + axis.before + axis.after) * axis.kernel for axis in sheet.geometry(case).axes)


def _smaller(sheet: GeometricFamily, case: Case, times: int) -> Case:
    """The case with as many cells fewer, as far as its windows fit; large windows shrink with their plane."""
    found = sheet.geometry(case)
    share = times ** (1 / len(found.axes))
    axes = tuple(_by_share(axis, share) if _cells(case) < LARGE else axis for axis in found.axes)
    axes = tuple(
        replace(now, size=max(round(axis.size / share), now.extent)) for now, axis in zip(axes, found.axes, strict=True)
    )
    return sheet.case(replace(found, axes=axes), case.dtype, case.data, case.seed)


def _by_share(axis: Axis, share: float) -> Axis:
    """The windows of an axis with its strides and padding, so many times shorter."""
    kernel, stride = (max(1, round(number / share)) for number in (axis.kernel, axis.stride))
    before, after = (round(number / share) for number in axis.padded)
    return replace(axis, kernel=kernel, stride=stride, before=before, after=after)


def _free() -> int:
    """Bytes of free memory; 0 where nobody tells."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0
