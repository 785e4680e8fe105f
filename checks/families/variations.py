"""Which variations of an example a layer takes: it is asked about those, and about no others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np

from checks.families.asked_example import GROWN, LEFT, Asked, largest
from checks.families.degenerate import (
    ABSENT,
    BETWEEN,
    EMPTIED,
    FILLED,
    HUDDLED,
    MIRRORED,
    NEGATIVE,
    REPEATED,
    WITHIN,
    degenerate,
)
from checks.families.example import (
    AS_GIVEN,
    FAR,
    FARTHER,
    IN_NARROW,
    NARROWER,
    NEARER,
    SHARED,
    SPREAD,
    TIED,
    ZEROED,
    rounded,
    varied,
    zeroed,
)
from checks.families.held import stays
from checks.families.other_shapes import LENGTHS
from checks.families.resized import too_long
from checks.families.variations_told import (
    CALLED,
    DWINDLES,
    GROWS,
    NO_NUMBER,
    RAISES,
    UNASKED,
    in_its_lengths,
    left_of_zero,
    left_short,
    left_single,
    outside,
    ruled,
)
from checks.families.widened import WIDENED, singles
from checks.types import Array, Arrays, Config

#: What stands in ``span`` of the variations of an example, in the order in which they are tried.
CLOSE = (NEARER, TIED, ZEROED, FARTHER, SHARED, SPREAD)
DEGENERATE = (REPEATED, EMPTIED, NEGATIVE, BETWEEN, MIRRORED, WITHIN, HUDDLED, FILLED, *ABSENT)
#: Variations some of whose numbers were made the same, or 0.
MADE_ALIKE = frozenset({TIED, SHARED, REPEATED, EMPTIED, *ABSENT})
#: Variations with more zeros than the example has, of which y may be 0; and those with smaller numbers, of which it may
#: be small.
WITH_ZEROS = frozenset({ZEROED, EMPTIED, *ABSENT})
SMALLER = frozenset({NEGATIVE, BETWEEN, MIRRORED, WITHIN, HUDDLED, FILLED, *ABSENT})

#: Variations whose numbers go farther from 0, so that y may grow.
MOVED_OUT = frozenset({FARTHER, SPREAD, FAR})

#: Columns in which single zeros are tried.
TURNS = 8

#: Arguments up to which each is tried alone where a layer does not take all of them varied.
ARGUMENTS = 8


@dataclass(frozen=True, eq=False)
class Variations:
    """What a layer takes of an example in the lengths that it has; ``asked`` is told what it does not."""

    asked: Asked

    def taken(self) -> dict[int, Arrays]:
        """The example as it was given and as the layer takes it varied, by ``span``.

        All arguments are varied at once; where the layer does not take that (a divisor of 0, a target beyond 1),
        those are that it takes varied alone.
        """
        found = {AS_GIVEN: self.asked.arrays}
        for span in CLOSE:
            found |= self._as_taken(span)
        found |= self._narrow()
        for span in (*DEGENERATE, FAR):
            found |= self._as_taken(span)
        return found

    def _as_taken(self, span: int) -> dict[int, Arrays]:
        """The example varied in one way, as far as the layer takes that; nothing where it does not at all."""
        whole = self._varied(span)
        if self._is_given(whole) or self.asked.patience.spares(CALLED[span]):
            return {}
        if tried := next(self._taken_whole(span, whole), None):
            return {span: tried}
        if span != FAR:  # what overflows there is as it must be
            self._tell(whole, span)
        if self._takes(part := self._part(whole, span), span):
            return {span: part}
        if span != FAR:
            self._tell_size(whole, span)
        return {}

    def _narrow(self) -> dict[int, Arrays]:
        """The example in a narrower format, where there is one in which the layer goes forward and back."""
        narrow = NARROWER.get(self.asked.dtype, "")
        if not narrow or self.asked.patience.spares(CALLED[IN_NARROW]):
            return {}
        whole = rounded(self.asked.arrays, narrow)
        if why := self.asked.refused(whole):
            self.asked.leave(why, IN_NARROW)
        return {} if why else {IN_NARROW: whole}

    def takes_with(self, config: Config, span: int) -> bool:
        """Whether the layer gives finite numbers of the same shape for the example with these keywords."""
        y = self.asked.applied(self.asked.arrays, config)
        if why := _no_number(y):
            self.asked.leave(why, span)
        return y is not None and not why and y.shape == self.asked.y.shape

    def held_back(self, taken: Mapping[int, Arrays], unfollowed: Collection[str]) -> list[str]:
        """What is said of arguments and axes that variations, of which these are taken, leave as they are.

        And of arguments that they leave on one side of 0: what is wrong on the other is not seen. ``unfollowed`` says
        why there are none in other lengths.
        """
        arrays, subject = self.asked.arrays, self.asked.subject
        shapes = {name: value.shape for name, value in arrays.items() if name not in subject.own}
        longer = {name: value.shape for name, value in taken.get(WIDENED, arrays).items()}
        given = {name: shape for name, shape in shapes.items() if name not in subject.moved}
        stay = [f"axis {axis} of {name}" for name, axis in singles(given) if longer[name][axis] == 1]
        short = [left_short(arrays)] if too_long(arrays, self.asked.held, subject.own) else []
        free = [{name: each[name] for name in shapes} for each in taken.values()]
        lengths = [] if LENGTHS & taken.keys() else in_its_lengths(sorted(unfollowed))
        lengths = lengths or stays({name: arrays[name] for name in shapes}, taken.values(), self.asked.held)
        lengths += filter(None, [self.asked.patience.remark(UNASKED)])
        return [*outside(self.asked.y), *ruled(arrays), *short, *lengths, *left_single(stay), *left_of_zero(free)]

    def _is_given(self, arrays: Arrays) -> bool:
        return all(np.array_equal(arrays[name], value) for name, value in self.asked.arrays.items())

    def _tell(self, arrays: Arrays, span: int) -> None:
        """Keep in mind which variation it was, where the layer raises or gives no number."""
        if why := _no_number(self.asked.applied(arrays)):
            self.asked.leave(why, span)

    def _tell_size(self, arrays: Arrays, span: int) -> None:
        """The same where nothing but the size of y is in the way."""
        y = self.asked.applied(arrays)
        if y is not None and not _no_number(y) and y.shape == self.asked.y.shape:
            self.asked.leave(DWINDLES if largest(y) < largest(self.asked.y) else GROWS, span)

    def _varied(self, span: int) -> Arrays:
        if span in {*CLOSE, FAR}:
            return varied(self.asked.arrays, self.asked.dtype, span)
        return rounded(degenerate(self.asked.arrays, span), self.asked.dtype)

    def _taken_whole(self, span: int, whole: Arrays) -> Iterator[Arrays]:
        """The example so varied, or with zeros in other columns, where it is taken: little may be left of y."""
        turned = partial(zeroed, self.asked.arrays, self.asked.dtype)
        others = map(turned, range(1, TURNS)) if span == ZEROED else ()
        yield from (each for each in chain((whole,), others) if self._takes(each, span))

    def _part(self, whole: Arrays, span: int) -> Arrays:
        """The example with those arguments varied that the layer takes so alone; as given where they are many."""
        if not 1 < len(whole) <= ARGUMENTS:
            return self.asked.arrays
        alone = {name: self.asked.arrays | {name: value} for name, value in whole.items()}
        return self.asked.arrays | {name: whole[name] for name, tried in alone.items() if self._takes(tried, span)}

    def _takes(self, arrays: Arrays, span: int) -> bool:
        """Whether the layer gives finite numbers of the same shape for the example so varied, if that changes it.

        Not where hardly anything is left of y: what cancels inside (ties in a normalization) is seen from nowhere. A
        product of numbers of which one is 0 is exactly 0, and nothing has cancelled.
        """
        if self._is_given(arrays):
            return False
        y = self.asked.applied(arrays)
        if (
            y is None
            or y.shape != self.asked.y.shape
            or not all(np.all(np.isfinite(value)) for value in (y, *arrays.values()))
        ):
            return False
        if span not in MOVED_OUT and np.any(self.asked.y) and largest(y) > GROWN * largest(self.asked.y):
            return False
        return span in SMALLER or (span in WITH_ZEROS and not np.any(y)) or LEFT * largest(y) >= largest(self.asked.y)


def _no_number(y: Array | None) -> str:
    """Why y of a variation shows nothing; empty where all of it is finite."""
    if y is None:
        return RAISES
    return "" if np.all(np.isfinite(y)) else NO_NUMBER
