"""Patterns in *where* a gradient is wrong: the last row, a border, every k-th column, one tap, remainder rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb

import numpy as np

from checks.diagnosis.chance import share
from checks.diagnosis.difference import Difference
from checks.types import Array

#: Blocks in which vectorized code works.
BLOCKS = (64, 32, 16, 8)

#: Probability from which on chance explains where wrong elements lie: nothing is told of that.
LIKELY = 0.2

#: Wrong indices from which an equal step between them is a pattern: two always have one.
LEAST_REPEATED = 3


def places(difference: Difference, reached: Array, likely: float = LIKELY) -> Iterator[str]:
    """Sentences about the wrong places, the most telling first; ``reached`` is 0 where no window reaches.

    Where a gradient is 0 and right nothing can be told: wrong places are held against those that could be wrong, too.
    What chance explains with a probability of ``likely`` is not told.
    """
    wrong = difference.wrong
    if wrong.any() and not (wrong & (reached != 0)).any() and np.isfinite(difference.got[wrong]).all():
        yield f"only where {difference.of} must be 0, because nothing reaches it there (remainder rows, gaps)"
    if width := _border(difference):
        yield f"only a border of width {width} along the spatial axes"
    yield from (sentence for axis in range(wrong.ndim) for sentence in _along(difference, axis, likely))


@dataclass(frozen=True, eq=False)
class Hit:
    """The wrong indices along an axis of so many, and what one entry and several are called."""

    difference: Difference
    axis: int
    indices: Array

    @property
    def length(self) -> int:
        """Entries along the axis."""
        return int(self.difference.wrong.shape[self.axis])

    @property
    def one(self) -> str:
        """``row``."""
        return " ".join(self.difference.one_of(self.axis).format("").split())

    @property
    def several(self) -> str:
        """``rows``."""
        return " ".join(self.numbered("").split())

    def numbered(self, which: str) -> str:
        """``rows 1 and 2``."""
        return self.difference.some_of(self.axis).format(which)


def _along(difference: Difference, axis: int, likely: float) -> Iterator[str]:
    """What the wrong indices along one axis have in common, where not all of them are and chance is no reason."""
    others = tuple(other for other in range(difference.wrong.ndim) if other != axis)
    hit, many = Hit(difference, axis, np.flatnonzero(difference.wrong.any(others))), _telling(difference).sum(others)
    if not 0 < len(hit.indices) < np.count_nonzero(many):
        return
    ends = _at_the_ends(hit)
    said, alike = ends if ends[0] else _inside(hit)
    within, wrong = int(many[hit.indices].sum()), int(np.count_nonzero(difference.wrong))
    if said and alike * share(within, int(many.sum()), wrong) < likely:
        yield said


def _at_the_ends(hit: Hit) -> tuple[str, int]:
    """A sentence about wrong indices at either end of an axis, and of how many places it could be said."""
    indices, length, many = hit.indices, hit.length, len(hit.indices)
    if many == 1 and indices[0] in {0, length - 1}:
        return f"only the {'last' if indices[0] else 'first'} {hit.one}", 2
    if indices[-1] == length - 1 and many == length - indices[0]:
        return _from(hit), 2
    if indices[0] == 0 and many == indices[-1] + 1:
        return f"only the first {many} of {length} {hit.several}", 2
    return _edges(hit), many


def _inside(hit: Hit) -> tuple[str, int]:
    """The same of wrong indices elsewhere."""
    indices, length = hit.indices, hit.length
    if len(indices) == 1:
        return f"only {hit.difference.one_of(hit.axis).format(indices[0])} (counted from 0)", length
    if len(indices) < LEAST_REPEATED:
        return f"only {hit.numbered(f'{indices[0]} and {indices[1]}')} (counted from 0)", comb(length, 2)
    if len(steps := set(np.diff(indices).tolist())) != 1:
        return "", 0
    if (every := steps.pop()) == 1:
        return f"only {hit.numbered(f'{indices[0]} to {indices[-1]} of {length}')} (counted from 0)", length
    return f"only one {hit.one} in {every}, from {indices[0]} on (counted from 0)", length


def _from(hit: Hit) -> str:
    start, length = int(hit.indices[0]), hit.length
    block = next((size for size in BLOCKS if start and start % size == 0 and length - start < size), None)
    tail = f": what is left over after blocks of {block}" if block else ""
    return f"only the last {length - start} of {length} {hit.several}{tail}"


def _edges(hit: Hit) -> str:
    """Both ends of an axis with one gap between them; empty where that is not so."""
    indices = hit.indices
    (gaps,) = np.nonzero(np.diff(indices) > 1)
    if len(gaps) != 1 or indices[0] != 0 or indices[-1] != hit.length - 1:
        return ""
    first, last = int(gaps[0]) + 1, len(indices) - int(gaps[0]) - 1
    if first == last == 1:
        return f"only the first and the last {hit.one}"
    return f"only the first {first} and the last {last} of {hit.length} {hit.several}"


def _border(difference: Difference) -> int:
    """Width of the border outside of which nothing is wrong; 0 where there is none on every side.

    Along one axis alone its two ends are no border, nor are they where corners alone are wrong on the other sides.
    """
    wrong = difference.wrong
    if wrong.ndim < 4 or not wrong.any():  # noqa: PLR2004 - two axes that are not spatial, and two that are
        return 0
    depth = _depth(wrong.shape[2:])
    width = int(depth[np.broadcast_to(wrong.any((0, 1)), depth.shape)].max()) + 1
    sides = all(_side(wrong, width, axis).take(end, axis).any() for axis in range(2, wrong.ndim) for end in (0, -1))
    inside = np.broadcast_to(_telling(difference).any((0, 1)), depth.shape) & (depth >= width)
    return width if sides and inside.any() else 0


def _side(wrong: Array, width: int, axis: int) -> Array:
    """What is no border of any other axis."""
    spatial = (slice(None) if each == axis else slice(width, -width) for each in range(2, wrong.ndim))
    return np.asarray(wrong[:, :, *spatial])


def _telling(difference: Difference) -> Array:
    """Where something is wrong, or is not 0 and could be."""
    return np.asarray(difference.wrong | (difference.want != 0))


def _depth(shape: tuple[int, ...]) -> Array:
    """Distance of each cell from the nearest edge."""
    each = [np.minimum(np.arange(n), n - 1 - np.arange(n)) for n in shape]
    return np.asarray(np.min(np.stack(np.meshgrid(*each, indexing="ij")), 0))
