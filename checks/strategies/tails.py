"""Numbers past the end of a block beside any other setting: tiles go wrong in the last one, and in one setting alone.

Blocks have 8, 16, 32 or 64 of something; what is past the end of the largest is past the end of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from checks.strategies.cells import Space
from checks.strategies.geometry import Geometry
from checks.strategies.mixed import products

#: What there is so much of, one after another, and how much by turns; a short axis is past no block of vectors.
COUNTED: Mapping[str, Sequence[int]] = {
    "inputs": (17, 33, 18, 66),
    "outputs": (17, 33, 18, 66),
    "batch": (33, 17, 66, 18),
    "size": (66, 35, 67, 130),
}

#: Products in a forward.
MOST_WORK = 100_000


def tailed(geometries: Iterable[Geometry], space: Space) -> Iterator[Geometry]:
    """Each layer with one count of samples, channels or cells past a block, as far as that takes few products."""
    counted = [each for each in COUNTED.items() if each[0] != "outputs" or "groups" in space]
    for place, found in enumerate(geometries):
        turn, which = divmod(place, len(counted))
        what, numbers = counted[which]
        plainer = (replace(found, groups=1), replace(found, groups=1, batch=1))
        tried = (_with(each, what, numbers[turn % len(numbers)]) for each in (found, *plainer))
        yield from [each for each in tried if products(each) <= MOST_WORK][:1]


def _with(found: Geometry, what: str, number: int) -> Geometry:
    """With so many of something; along the last axis at least so many cells, with the same rest."""
    if what != "size":
        counts: dict[str, Any] = {what: number}
        return replace(found, **counts)
    *others, last = found.axes
    more = -(-max(number - last.size, 0) // last.stride)
    return replace(found, axes=(*others, replace(last, size=last.size + last.stride * more)))
