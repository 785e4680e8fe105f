"""Patterns in *where* a gradient is wrong: the last row, a border, every k-th column, one tap, remainder rows."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np

from checks.diagnosis.chance import share
from checks.diagnosis.difference import Difference
from checks.types import Array

#: Blocks in which vectorized code works.
BLOCKS = (64, 32, 16, 8)

#: Probability from which on chance explains where wrong elements lie: nothing is told of that.
LIKELY = 0.5

#: Wrong indices from which an equal step between them is a pattern: two always have one.
LEAST_REPEATED = 3


def places(difference: Difference, reached: Array) -> Iterator[str]:
    """Sentences about the wrong places, the most telling first; ``reached`` is 0 where no window reaches.

    Where a gradient is 0 and right nothing can be told: wrong places are held against those that could be wrong, too.
    """
    wrong = difference.wrong
    if wrong.any() and not (wrong & (reached != 0)).any() and np.isfinite(difference.got[wrong]).all():
        yield f"only where {difference.of} must be 0, because nothing reaches it there (remainder rows, gaps)"
    if width := _border(difference):
        yield f"only a border of width {width} along the spatial axes"
    yield from (sentence for axis in range(wrong.ndim) for sentence in _along(difference, axis))


def _along(difference: Difference, axis: int) -> Iterator[str]:
    """What the wrong indices along one axis have in common, where not all of them are and chance is no reason."""
    length, name, telling = difference.wrong.shape[axis], difference.axes[axis], _telling(difference)
    others = tuple(other for other in range(difference.wrong.ndim) if other != axis)
    hit, wrong = np.flatnonzero(difference.wrong.any(others)), int(np.count_nonzero(difference.wrong))
    many = telling.sum(others)
    if not 0 < len(hit) < np.count_nonzero(many):
        return
    ends = _at_the_ends(hit, length, name)
    said, alike = ends if ends[0] else _inside(hit, length, name)
    if said and alike * share(int(many[hit].sum()), int(many.sum()), wrong) < LIKELY:
        yield said


def _at_the_ends(hit: Array, length: int, name: str) -> tuple[str, int]:
    """A sentence about wrong indices at either end of an axis, and of how many places it could be said."""
    if len(hit) == 1 and hit[0] in {0, length - 1}:
        return f"only the {'last' if hit[0] else 'first'} {name}", 2
    if hit[-1] == length - 1 and len(hit) == length - hit[0]:
        return _from(int(hit[0]), length, name), 2
    if hit[0] == 0 and len(hit) == hit[-1] + 1:
        return f"only the first {len(hit)} of {length} {name}s", 2
    return _edges(hit, length, name), len(hit)


def _inside(hit: Array, length: int, name: str) -> tuple[str, int]:
    """The same of wrong indices elsewhere."""
    if len(hit) == 1:
        return f"only {name} {hit[0]} (counted from 0)", length
    if len(hit) < LEAST_REPEATED:
        return f"only {name}s {hit[0]} and {hit[1]} (counted from 0)", comb(length, 2)
    if len(steps := set(np.diff(hit).tolist())) != 1:
        return "", 0
    if (every := steps.pop()) == 1:
        return f"only {name}s {hit[0]} to {hit[-1]} of {length} (counted from 0)", length
    return f"only one {name} in {every}, from {hit[0]} on (counted from 0)", length


def _from(start: int, length: int, name: str) -> str:
    block = next((size for size in BLOCKS if start and start % size == 0 and length - start < size), None)
    tail = f": what is left over after blocks of {block}" if block else ""
    return f"only the last {length - start} of {length} {name}s{tail}"


def _edges(hit: Array, length: int, name: str) -> str:
    """Both ends of an axis with one gap between them; empty where that is not so."""
    (gaps,) = np.nonzero(np.diff(hit) > 1)
    if len(gaps) != 1 or hit[0] != 0 or hit[-1] != length - 1:
        return ""
    first, last = int(gaps[0]) + 1, len(hit) - int(gaps[0]) - 1
    if first == last == 1:
        return f"only the first and the last {name}"
    return f"only the first {first} and the last {last} of {length} {name}s"


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
