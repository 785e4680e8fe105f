"""Cases that a sweep hardly meets: hanging windows, large numbers, arrays of one number, edges, every small number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from checks.case import Case, nested
from checks.data import PATTERNED
from checks.families.covered import CoveredFamily
from checks.strategies.cases import LARGEST_SEED
from checks.strategies.geometry import Axis, Geometry
from checks.strategies.large import (
    HANGING,
    LONG_HANGING,
    ORDINARY,
    OVERLAPPING,
    TOUCHING,
    ladder,
    large,
    many_cells,
    many_channels_of_groups,
    powers,
)
from checks.strategies.lean import STRIDED, lean

DTYPES = ("float64", "float32")

#: Large numbers that come before everything else.
COMMONEST = 2

#: Seeds for which the law of settings takes the first and the second setting of as many windows.
RESETTLING = (0, 3)


def unusual(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Unusual cases of a family, those with planes of these numbers of axes, in two formats by turns."""
    counts = tuple(axes)
    yield from filter(sheet.following, _usual(sheet, [TOUCHING], seed))
    yield from _hanging(sheet, HANGING, seed)
    numbers = _usual(sheet, large(counts), seed)
    yield from islice(numbers, COMMONEST)
    yield from _resettled(sheet, RESETTLING[0])
    yield from numbers
    yield from _resettled(sheet, RESETTLING[1])
    if not sheet.selects:
        yield from _constant(sheet, seed)
    elif "kernel" in sheet.space:
        yield from _last(sheet, counts)
    yield from _alike(sheet, seed)
    yield from _hanging(sheet, LONG_HANGING, seed)
    yield from _usual(sheet, lean(counts), seed)
    yield from _usual(sheet, ladder(), seed)
    yield from _usual(sheet, powers(), seed)
    if _multiplies(sheet):
        yield from _usual(sheet, many_channels_of_groups(), seed)
        yield from _usual(sheet, large(counts), seed + 1)  # the other format has other numbers


def _hanging(sheet: CoveredFamily, geometry: Geometry, seed: int) -> Iterator[Case]:
    """A last window over the border of the input, with each option of each mode."""
    for mode, options in sheet.mode_cells.values() if "ceil_mode" in sheet.plain_modes else ():
        for value in options.values():
            modes = {**sheet.usual_modes, "ceil_mode": True, mode: value}
            yield sheet.case(replace(geometry, modes=modes), DTYPES[0], sheet.kinds[0], seed)


def _resettled(sheet: CoveredFamily, seed: int) -> Iterator[Case]:
    """Windows of which other strides and dilations make as many, whatever the padding: a law tries them."""
    if "kernel" in sheet.space:
        yield sheet.case(replace(OVERLAPPING, modes=sheet.usual_modes), DTYPES[0], sheet.kinds[0], seed)


def _usual(sheet: CoveredFamily, geometries: Iterable[Geometry], seed: int) -> Iterator[Case]:
    """In two formats by turns.

    Whole numbers do not show sums of many products that are kept in a narrower format: in the wider one real ones do.
    """
    for place, geometry in enumerate(geometries, seed % LARGEST_SEED):
        dtype = DTYPES[place % len(DTYPES)]
        kind = sheet.kinds[-1 if _multiplies(sheet) and dtype == "float64" else 0]
        yield sheet.case(replace(geometry, modes=sheet.usual_modes), dtype, kind, place)


def _multiplies(sheet: CoveredFamily) -> bool:
    """Whether arguments of a layer are multiplied with one another."""
    return len(sheet.arguments) > 1


def _constant(sheet: CoveredFamily, seed: int) -> Iterator[Case]:
    """Each argument all zeros, as weights often start; then every array all twos."""
    plain = sheet.case(replace(ORDINARY, modes=sheet.usual_modes), DTYPES[0], sheet.kinds[0], seed)
    zeros = [{name: 0.0} for name in plain.arguments]
    for numbers in (*zeros, dict.fromkeys((*plain.arguments, "dy"), 2.0)):
        yield plain.but(values={name: nested(np.full(plain.shapes[name], n)) for name, n in numbers.items()})


def _last(sheet: CoveredFamily, axes: Iterable[int]) -> Iterator[Case]:
    """Numbers that rise, so that of windows of more cells than a byte can count the last one is the largest."""
    for count in axes:
        whole = replace(many_cells(count), batch=1, inputs=1, modes=sheet.usual_modes)
        every = (sheet.case(whole, DTYPES[0], PATTERNED[sheet.kinds[0]], seed) for seed in range(LARGEST_SEED))
        yield next(case for case in every if np.all(np.diff(case.array("x").ravel()) > 0))


def _alike(sheet: CoveredFamily, seed: int) -> Iterator[Case]:
    """A dy of twos where windows move on by more than one cell; then x of a single number, which is negative."""
    strided, single = (
        sheet.case(replace(geometry, modes=sheet.usual_modes), DTYPES[0], sheet.kinds[0], seed)
        for geometry in (STRIDED, Geometry(axes=(Axis(),)))
    )
    yield strided.but(values={"dy": nested(np.full(strided.shapes["dy"], 2.0))})
    yield single.but(values={"x": nested(np.full(single.shapes["x"], -2.0))})
