"""Cases of small numbers that follow from no other: what a layer does with them in every pairing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import cycle

import numpy as np

from checks.case import Case
from checks.data import PATTERNED
from checks.families.covered import CoveredFamily
from checks.strategies.cases import LARGEST_SEED
from checks.strategies.cells import settled
from checks.strategies.mixed import geometry, levels, light, mixed


def mixed_cases(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Cases of these numbers of axes by turns, without end, in every format and kind of numbers."""
    by_count = [_of_axes(sheet, np.random.default_rng([seed, 37, count]), count) for count in axes]
    return (next(cases) for cases in cycle(by_count))


def _of_axes(sheet: CoveredFamily, rng: np.random.Generator, axes: int) -> Iterator[Case]:
    space, plain = sheet.space, {"padding": settled(sheet.space).get("padding", "none")}
    kinds = (*space["data"], *(PATTERNED[kind] for kind in space["data"] if kind in PATTERNED))
    for numbers in mixed(levels(space, axes), rng, lambda numbers: light(geometry(numbers, axes, space, {}))):
        row = plain | {cell: _one(space[cell], rng) for cell in (*sheet.mode_cells, "dtype")}
        found = geometry(numbers, axes, space, sheet.modes(row))
        yield sheet.case(found, row["dtype"], _one(kinds, rng), int(rng.integers(LARGEST_SEED)))


def _one(options: Iterable[str], rng: np.random.Generator) -> str:
    several = tuple(options)
    return several[int(rng.integers(len(several)))]
