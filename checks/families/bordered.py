"""Small layers whose axes share kernel and stride, with padding that they do not share, or that is said in a word.

Paths that are written for one kernel and stride, the pointwise one first of all, mostly forget these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from checks.case import Case
from checks.families.covered import CoveredFamily
from checks.strategies.bordered import same, uneven
from checks.strategies.geometry import Geometry


def bordered(sheet: CoveredFamily, seed: int, axes: Iterable[int]) -> Iterator[Case]:
    """Such cases of a family, with planes of these numbers of axes, on each kind of its numbers by turns."""
    for place, geometry in enumerate(_geometries(sheet.space.get("padding", ()), axes)):
        modes = {**sheet.usual_modes, **geometry.modes}
        yield sheet.case(replace(geometry, modes=modes), "float64", sheet.kinds[place % 2], seed + place)


def _geometries(options: Sequence[str], axes: Iterable[int]) -> Iterator[Geometry]:
    """Those that a space has options of padding for."""
    for count in axes:
        if "asymmetric" in options:
            yield from uneven(count)
        elif "symmetric" in options:
            yield from filter(_narrow, uneven(count))
        if "same" in options:
            yield from same(count)


def _narrow(found: Geometry) -> bool:
    """Whether padding is as wide at both ends, and half of a window at most, as that of a pool."""
    return all(axis.before == axis.after <= axis.kernel // 2 for axis in found.axes)
