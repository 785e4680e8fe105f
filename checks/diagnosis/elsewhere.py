"""What other cases say of a pattern that is seen on one: it is the layer's where none of them denies it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

import numpy as np

from checks.diagnosis.counts import BLOCKS
from checks.diagnosis.difference import Difference, axes_of
from checks.types import Array, Shape

#: Whether wrong indices along an axis fit a pattern, of those that are possible there; both in their order.
Fits: TypeAlias = Callable[[Array, Array], bool]


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """One result on other cases: where it is wrong, with what windows reach there, and its shapes where it is right."""

    of: str
    wrong: Sequence[tuple[Difference, Array]] = ()
    right: Sequence[Shape] = ()

    def allows(self, axis: str, fits: Fits) -> bool:
        """Whether no case has another pattern of the indices along an axis, which has a name.

        One on which it could be no otherwise says nothing; where numbers are 0 and right, they may be right by chance.
        """
        return all(_fits(each, place, fits) for each, place in self._along(axis))

    def blocks(self, axis: str, length: int, start: int) -> list[int]:
        """The blocks behind whose last whole one the wrong indices of such an axis may begin, here and on every case.

        Where a result is right there is nothing behind it.
        """
        here = [(each.wrong.shape[place], int(wrong_along(each, place)[0])) for each, place in self._along(axis)]
        named = ((shape, axes_of(self.of, len(shape))) for shape in self.right if prod(shape))
        whole = [shape[names.index(axis)] for shape, names in named if axis in names]
        told = [block for block in reversed(BLOCKS) if all(_behind(block, *each) for each in [(length, start), *here])]
        return [block for block in told if not any(_behind(block, many, many) for many in whole)]

    def _along(self, axis: str) -> Iterator[tuple[Difference, int]]:
        yield from ((each, each.axes.index(axis)) for each, _ in self.wrong if axis in each.axes)


def _fits(difference: Difference, axis: int, fits: Fits) -> bool:
    wrong, able, every = wrong_along(difference, axis), possible(difference, axis), difference.wrong.shape[axis]
    return len(able) == 1 or fits(wrong, able) or fits(wrong, np.arange(every))


def possible(difference: Difference, axis: int) -> Array:
    """The indices along an axis where something is wrong, or is not 0 and could be."""
    return _indices(difference.telling, axis)


def wrong_along(difference: Difference, axis: int) -> Array:
    """The wrong indices along an axis."""
    return _indices(difference.wrong, axis)


def _indices(mask: Array, axis: int) -> Array:
    return np.flatnonzero(mask.any(tuple(other for other in range(mask.ndim) if other != axis)))


def _behind(block: int, length: int, start: int) -> bool:
    """Whether something is left over behind whole blocks of so many, and begins at an index or before it."""
    return length > block and length % block > 0 and start >= length - length % block
