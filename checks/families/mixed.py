"""Cases of small numbers that follow from no other, in every pairing, and of those that all axes of a layer share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

import numpy as np

from checks.case import Case
from checks.data import PATTERNED
from checks.families.covered import CoveredFamily
from checks.strategies.cases import LARGEST_SEED
from checks.strategies.cells import settled
from checks.strategies.everyday import everyday
from checks.strategies.geometry import Geometry
from checks.strategies.lean import alike
from checks.strategies.mixed import geometry, levels, light, longer, mixed
from checks.strategies.tails import tailed
from checks.strategies.turns import by_turns, interspersed

#: Mixed layers between two whose axes share several unusual settings, once those with few were met.
_BETWEEN = 3

#: Geometries of a number of axes, without end.
Draw: TypeAlias = Callable[[CoveredFamily, np.random.Generator, int], Iterator[Geometry]]


def mixed_cases(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Cases of these numbers of axes by turns, without end, in every format and kind of numbers."""
    return _of_each(sheet, (seed, 37), axes, _geometries)


def tailed_cases(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """The same with a count past the end of a block in each, beside any other setting."""
    return _of_each(sheet, (seed, 41), axes, _tailed)


def _of_each(sheet: CoveredFamily, seed: Sequence[int], axes: Iterable[int], drawn: Draw) -> Iterator[Case]:
    rngs = ((np.random.default_rng([*seed, count]), count) for count in axes)
    return by_turns(*(_of(sheet, rng, drawn(sheet, rng, count)) for rng, count in rngs))


def _of(sheet: CoveredFamily, rng: np.random.Generator, geometries: Iterable[Geometry]) -> Iterator[Case]:
    space, plain = sheet.space, {"padding": settled(sheet.space).get("padding", "none")}
    kinds = (*space["data"], *(PATTERNED[kind] for kind in space["data"] if kind in PATTERNED))
    for found in geometries:
        row = plain | {cell: _one(space[cell], rng) for cell in (*sheet.mode_cells, "dtype")}
        whole = replace(found, modes=sheet.modes(row))
        yield sheet.case(whole, row["dtype"], _one(kinds, rng), int(rng.integers(LARGEST_SEED)))


def _geometries(sheet: CoveredFamily, rng: np.random.Generator, axes: int) -> Iterator[Geometry]:
    """By turns those whose axes share their settings, few and then many of these unusual, and mixed ones."""
    others = _rows(sheet, rng, axes)
    if "kernel" not in sheet.space:
        return others
    others = (longer(each, place) for place, each in enumerate(others))
    known = list(alike(axes))
    shuffled = (known[place] for place in rng.permutation(len(known)).tolist())
    unusual = filter(light, everyday(axes, sheet.space, rng))
    return chain(chain.from_iterable(zip(shuffled, others, strict=False)), interspersed(others, unusual, _BETWEEN))


def _tailed(sheet: CoveredFamily, rng: np.random.Generator, axes: int) -> Iterator[Geometry]:
    return tailed(_rows(sheet, rng, axes), sheet.space)


def _rows(sheet: CoveredFamily, rng: np.random.Generator, axes: int) -> Iterator[Geometry]:
    """Mixed numbers of a family's settings."""
    space = sheet.space
    rows = mixed(levels(space, axes), rng, lambda numbers: light(geometry(numbers, axes, space, {})))
    return (geometry(numbers, axes, space, {}) for numbers in rows)


def _one(options: Iterable[str], rng: np.random.Generator) -> str:
    several = tuple(options)
    return several[int(rng.integers(len(several)))]
