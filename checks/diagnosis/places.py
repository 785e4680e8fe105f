"""Patterns in *where* a gradient is wrong: the last row, a border, every k-th column, one tap, remainder rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb

import numpy as np

from checks.diagnosis.border import border, bordered
from checks.diagnosis.chance import share
from checks.diagnosis.counts import BLOCKS
from checks.diagnosis.difference import Difference
from checks.diagnosis.elsewhere import Elsewhere, Fits, wrong_along
from checks.types import Array

#: Probability from which on chance explains where wrong elements lie: nothing is told of that.
LIKELY = 0.2

#: Wrong indices from which an equal step between them is a pattern: two always have one.
LEAST_REPEATED = 3


def places(
    difference: Difference, reached: Array, elsewhere: Elsewhere | None = None, likely: float = LIKELY
) -> Iterator[str]:
    """Sentences about the wrong places, the most telling first; ``reached`` is 0 where no window reaches.

    Where a gradient is 0 and right nothing can be told: wrong places are held against those that could be wrong, too.
    What chance explains with a probability of ``likely`` is not told, nor what is not so ``elsewhere``.
    """
    others = elsewhere or Elsewhere(difference.of)
    if all(_unreached(*each) for each in [(difference, reached), *others.wrong]):
        yield f"only where {difference.of} must be 0, because nothing reaches it there (remainder rows, gaps)"
    if (width := border(difference)) and all(bordered(each, width) for each, _ in others.wrong):
        yield f"only a border of width {width} along the spatial axes"
    yield from (
        sentence for axis in range(difference.wrong.ndim) for sentence in _along(difference, axis, others, likely)
    )


def _unreached(difference: Difference, reached: Array) -> bool:
    """Whether all that is wrong is a number that nothing reaches."""
    wrong = difference.wrong
    return bool(wrong.any() and not (wrong & (reached != 0)).any() and np.isfinite(difference.got[wrong]).all())


@dataclass(frozen=True, eq=False)
class Hit:
    """The wrong indices along an axis of so many, and what one entry and several are called."""

    difference: Difference
    axis: int
    indices: Array
    elsewhere: Elsewhere

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


def _along(difference: Difference, axis: int, elsewhere: Elsewhere, likely: float) -> Iterator[str]:
    """What the wrong indices along one axis have in common, where not all of them are and chance is no reason."""
    others = tuple(other for other in range(difference.wrong.ndim) if other != axis)
    many, hit = difference.telling.sum(others), Hit(difference, axis, wrong_along(difference, axis), elsewhere)
    if not 0 < len(hit.indices) < np.count_nonzero(many):
        return
    ends = _at_the_ends(hit)
    said, alike, fits = ends if ends[0] else _inside(hit)
    if (
        said
        and alike * _by_chance(difference, axis, hit.indices) < likely
        and elsewhere.allows(difference.axes[axis], fits)
    ):
        yield said


def _by_chance(difference: Difference, axis: int, indices: Array) -> float:
    """With what probability all that is wrong lies at these indices along an axis, where more than that lies there.

    Of several places of which each is wrong along whole axes each counts once: a kernel's tap for every channel.
    """
    wrong, telling = difference.wrong, difference.telling
    alone = _share(wrong, telling, axis, indices)
    if np.array_equal(np.moveaxis(wrong, axis, 0)[indices], np.moveaxis(telling, axis, 0)[indices]):
        return alone
    for other in range(wrong.ndim):
        if other != axis and np.all((wrong == wrong.any(other, keepdims=True)) | ~telling):
            wrong, telling = (np.any(each, other, keepdims=True) for each in (wrong, telling))
    return _share(wrong, telling, axis, indices) if np.count_nonzero(wrong) > 1 else alone


def _share(wrong: Array, telling: Array, axis: int, indices: Array) -> float:
    many = np.moveaxis(telling, axis, 0).reshape(telling.shape[axis], -1).sum(1)
    return share(int(many[indices].sum()), int(many.sum()), int(np.count_nonzero(wrong)))


def _at_the_ends(hit: Hit) -> tuple[str, int, Fits]:
    """A sentence about wrong indices at either end of an axis, of how many places it could be said, what fits it."""
    indices, length, many = hit.indices, hit.length, len(hit.indices)
    if many == 1 and indices[0] in {0, length - 1}:
        return f"only the {'last' if indices[0] else 'first'} {hit.one}", 2, _last if indices[0] else _first
    if indices[-1] == length - 1 and many == length - indices[0]:
        return _from(hit), 2, _last
    if indices[0] == 0 and many == indices[-1] + 1:
        return f"only the first {many} of {length} {hit.several}", 2, _first
    return _edges(hit), many, _either_end


def _inside(hit: Hit) -> tuple[str, int, Fits]:
    """The same of wrong indices elsewhere."""
    indices, length = hit.indices, hit.length
    if len(indices) == 1:
        return f"only {hit.difference.one_of(hit.axis).format(indices[0])} (counted from 0)", length, _some
    if len(indices) < LEAST_REPEATED:
        return f"only {hit.numbered(f'{indices[0]} and {indices[1]}')} (counted from 0)", comb(length, 2), _some
    if len(steps := set(np.diff(indices).tolist())) != 1:
        return "", 0, _some
    if (every := steps.pop()) == 1:
        return f"only {hit.numbered(f'{indices[0]} to {indices[-1]} of {length}')} (counted from 0)", length, _some
    words = f"only one {hit.one} in {every}, from {indices[0]} on (counted from 0)"
    return words, length, lambda wrong, _: not np.any(np.diff(wrong) % every)


def _last(wrong: Array, able: Array) -> bool:
    return bool(wrong[0] > able[0] and wrong[-1] == able[-1])


def _first(wrong: Array, able: Array) -> bool:
    return bool(wrong[0] == able[0] and wrong[-1] < able[-1])


def _either_end(wrong: Array, able: Array) -> bool:
    return bool(
        wrong[0] == able[0] and wrong[-1] == able[-1] and (len(wrong) < len(able) or len(able) < LEAST_REPEATED)
    )


def _some(wrong: Array, able: Array) -> bool:
    return len(wrong) < len(able)


def _from(hit: Hit) -> str:
    start, length = int(hit.indices[0]), hit.length
    blocks = hit.elsewhere.blocks(hit.difference.axes[hit.axis], length, start) if start % min(BLOCKS) == 0 else []
    tail = f": what is left over after blocks of {' or '.join(map(str, blocks))}" if blocks else ""
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
