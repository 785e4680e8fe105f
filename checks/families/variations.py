"""Which variations of an example a layer takes: it is asked about those, and about no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, combinations
from types import MappingProxyType

import numpy as np

from checks.calling import copies
from checks.errors import SubjectError, SubjectShapeError, UsageError
from checks.families.degenerate import (
    ABSENT,
    BETWEEN,
    EMPTIED,
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
    NEARER,
    SHARED,
    SPREAD,
    TIED,
    ZEROED,
    rounded,
    varied,
    zeroed,
)
from checks.families.resized import (
    ALIKE,
    LONGER,
    ONE_MORE,
    SHORT,
    SINGLES,
    STACK,
    STACKED,
    TURNED_ROUND,
    resized,
    too_long,
)
from checks.families.unalike import UNALIKE, UNALIKE_TOO, unalike, unalike_too
from checks.families.variations_told import (
    CALLED,
    CHANGED,
    DWINDLES,
    GROWS,
    OWN_LENGTHS,
    RAISES,
    RAISES_LATE,
    STRAYS,
    UNASKED,
    in_its_lengths,
    left_of_zero,
    left_short,
    left_single,
    outside,
    ruled,
)
from checks.families.widened import WIDENED, singles, widened
from checks.patience import Patience
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape, gradient_of

#: What stands in ``span`` of the variations of an example, in the order in which they are tried.
CLOSE = (NEARER, TIED, ZEROED, FARTHER, SHARED, SPREAD)
DEGENERATE = (REPEATED, EMPTIED, NEGATIVE, BETWEEN, MIRRORED, WITHIN, HUDDLED, *ABSENT)
SHORTER = (*SINGLES, SHORT)
RESIZED = (ONE_MORE, LONGER, STACKED, *SHORTER, ALIKE, TURNED_ROUND, WIDENED, UNALIKE, UNALIKE_TOO)

#: Those with other lengths, of as many axes.
LENGTHS = frozenset(RESIZED) - {STACKED}

#: Of variations of one kind a later one is left out where it is an earlier one once more.
TWINS = (*combinations(SINGLES, 2), (UNALIKE, UNALIKE_TOO))

#: Variations some of whose numbers were made the same, or 0.
MADE_ALIKE = frozenset({TIED, SHARED, REPEATED, EMPTIED, *ABSENT})
#: Variations with more zeros than the example has, of which y may be 0; and those with smaller numbers, of which it may
#: be small.
WITH_ZEROS = frozenset({ZEROED, EMPTIED, *ABSENT})
SMALLER = frozenset({NEGATIVE, BETWEEN, MIRRORED, WITHIN, HUDDLED, *ABSENT})

#: The keywords of an example that has none.
NOTHING: Config = MappingProxyType({})

#: How many times as large y of the example may be as of a varied one.
LEFT = 4.0
#: How many times as large y of a degenerate one may be: the layer is hardly meant for what is near a pole.
GROWN = 64.0

#: Columns in which single zeros are tried.
TURNS = 8

#: Arguments up to which each is tried alone where a layer does not take all of them varied.
ARGUMENTS = 8


@dataclass(frozen=True, eq=False)
class Variations:
    """What a layer takes of an example (``arrays``, in ``dtype``) that gave ``y``.

    ``fixed`` are lengths of what it holds beside them. ``untaken`` tells, by why, which variations it does not take.
    """

    subject: Subject
    arrays: Arrays
    dtype: str
    y: Array
    #: How long it is asked.
    patience: Patience
    fixed: frozenset[int] = frozenset()
    untaken: dict[str, list[str]] = field(default_factory=dict)
    #: Why it does not take other lengths, as far as any were tried.
    unfollowed: set[str] = field(default_factory=set)

    def taken(self) -> dict[int, Arrays]:
        """The example as it was given and as the layer takes it varied, by ``span``.

        All arguments are varied at once; where the layer does not take that (a divisor of 0, a target beyond 1),
        those are that it takes varied alone.
        """
        found = {AS_GIVEN: self.arrays}
        for span in (*CLOSE, *DEGENERATE, FAR):
            whole = self._varied(span)
            if self._is_given(whole) or self.patience.spares(CALLED[span]):
                continue
            if tried := next(self._as_taken(span, whole), None):
                found[span] = tried
                continue
            if span != FAR:  # what overflows there is as it must be
                self._tell(whole, span)
            if self._takes(part := self._part(whole, span), span):
                found[span] = part
            elif span != FAR:
                self._tell_size(whole, span)
        return found

    def applied(self, arrays: Arrays, config: Config = NOTHING) -> Array | None:
        """What the layer gives for these; None where it raises."""
        try:
            return self.subject.apply(arrays, config)
        except (SubjectError, UsageError):  # an object may not keep an array of another length
            return None

    def takes_with(self, config: Config, span: int) -> bool:
        """Whether the layer gives finite numbers of the same shape for the example with these keywords."""
        y = self.applied(self.arrays, config)
        if why := _no_number(y):
            self._leave(why, span)
        return y is not None and not why and y.shape == self.y.shape

    def held_back(self, taken: Mapping[int, Arrays]) -> list[str]:
        """What is said of arguments and axes that variations, of which these are taken, leave as they are.

        And of arguments that they leave on one side of 0: what is wrong on the other is not seen.
        """
        shapes = {name: value.shape for name, value in self.arrays.items() if name not in self.subject.own}
        longer = {name: value.shape for name, value in taken.get(WIDENED, self.arrays).items()}
        given = {name: shape for name, shape in shapes.items() if name not in self.subject.moved}
        stay = [f"axis {axis} of {name}" for name, axis in singles(given) if longer[name][axis] == 1]
        short = [left_short(self.arrays)] if too_long(self.arrays, self.fixed, self.subject.own) else []
        free = [{name: each[name] for name in shapes} for each in taken.values()]
        lengths = [] if LENGTHS & taken.keys() else in_its_lengths(sorted(self.unfollowed))
        lengths += filter(None, [self.patience.remark(UNASKED)])
        return [*outside(self.y), *ruled(self.arrays), *short, *lengths, *left_single(stay), *left_of_zero(free)]

    def resized(self) -> dict[int, tuple[Arrays, Shape]]:
        """The example as the layer takes it in other shapes, and the shape of y, by ``span``.

        None where the layer does not give the same y as before after them.
        """
        taken = {span: found for span in RESIZED if (found := self._resized(span)) is not None}
        for first, second in TWINS:
            if taken.keys() >= {first, second} and _shapes(taken[first][0]) == _shapes(taken[second][0]):
                del taken[second]
        if not taken or self._is_as_before():
            return taken
        self.unfollowed.update({CHANGED} if taken else ())
        return {}

    def _resized(self, span: int) -> tuple[Arrays, Shape] | None:
        """The first of the shapes with this in ``span`` that the layer takes, and the shape of y."""
        for tried in self._in_other_shapes(span):
            if self.patience.spares(CALLED[span]):
                return None
            arrays = rounded(tried, self.dtype)
            y = self.applied(arrays)
            follows = y is not None and self._follows(y, span)
            if y is not None and follows:
                if self._goes_back(arrays, y, span):
                    return arrays, y.shape
                self._tell_late(span)
            if span in LENGTHS and not self._all_its_own:
                self.unfollowed.add(RAISES if y is None else RAISES_LATE if follows else STRAYS)
        if self._all_its_own:
            self.unfollowed.add(OWN_LENGTHS)
        return None

    def _tell_late(self, span: int) -> None:
        """A backward raises in a shape in which its forward gave y, whatever other shape of this kind it takes."""
        if not self._all_its_own:
            self._leave(RAISES_LATE, span)

    @property
    def _all_its_own(self) -> bool:
        """Whether all that is varied is an object's own, as of an embedding: what it is called with is held."""
        return self.subject.moved >= self.arrays.keys()

    def _in_other_shapes(self, span: int) -> Iterator[Arrays]:
        """The example so; what an object keeps has the axes that it has, of length 1 for the sake of those of x."""
        whole = self.subject.own | (self.subject.moved if span in {WIDENED, STACKED} else frozenset())
        if make := _OTHER_SHAPES.get(span):
            return make(self.arrays, self.fixed, whole)
        return resized(self.arrays, span, self.fixed, whole)

    def _follows(self, y: Array, span: int) -> bool:
        """Whether y of an example in another shape is finite, about as large as it was, and of a shape that follows.

        Where a length is 1 sums have fewer terms; what a normalization leaves of one number is far smaller.
        """
        if not np.all(np.isfinite(y)) or not np.any(y):
            return False
        follows = y.shape == (STACK, *self.y.shape) if span == STACKED else y.ndim == self.y.ndim
        left = GROWN if span in SINGLES else LEFT
        return follows and left * _largest(y) >= _largest(self.y) and _largest(y) <= GROWN * _largest(self.y)

    def _goes_back(self, arrays: Arrays, y: Array, span: int) -> bool:
        """Whether the backward takes the shape, too: one that raises says no, late.

        Gradients in other shapes than their arguments are no refusal; unless y is in the shape that it had, or the
        gradient in one to which its argument is stretched: a length of 1 may have become one that the layer holds. Nor
        where an argument's length of 1 was made longer, and its own gradient does not follow: that is there to be
        stretched.
        """
        try:
            self.subject.pull(arrays, {}, np.ones_like(y))
        except SubjectShapeError:
            return y.shape != self.y.shape and not self._stretched(arrays, y, span)
        except (SubjectError, UsageError):
            return False
        return True

    def _stretched(self, arrays: Arrays, y: Array, span: int) -> bool:
        with suppress(SubjectError, UsageError):
            _, saved = self.subject.run_forward(copies(arrays), {})
            gradients = self.subject.run_backward(np.ones_like(y), saved, tuple(arrays))
            shapes = {name: gradients[gradient_of(name)].shape for name in arrays}
            longer = (name for name, value in arrays.items() if value.shape != self.arrays[name].shape)
            strays = span == WIDENED and any(shapes[name] != arrays[name].shape for name in longer)
            return strays or any(_stretches(value.shape, shapes[name]) for name, value in arrays.items())
        return False

    def _is_given(self, arrays: Arrays) -> bool:
        return all(np.array_equal(arrays[name], value) for name, value in self.arrays.items())

    def _is_as_before(self) -> bool:
        y = self.applied(self.arrays)
        return y is not None and np.array_equal(y, self.y, equal_nan=True)

    def _tell(self, arrays: Arrays, span: int) -> None:
        """Keep in mind which variation it was, where the layer raises or gives no number."""
        if why := _no_number(self.applied(arrays)):
            self._leave(why, span)

    def _tell_size(self, arrays: Arrays, span: int) -> None:
        """The same where nothing but the size of y is in the way."""
        y = self.applied(arrays)
        if y is not None and not _no_number(y) and y.shape == self.y.shape:
            self._leave(DWINDLES if _largest(y) < _largest(self.y) else GROWS, span)

    def _leave(self, why: str, span: int) -> None:
        """Keep in mind that a variation is not examined, once for each reason."""
        if CALLED[span] not in (named := self.untaken.setdefault(why, [])):
            named.append(CALLED[span])

    def _varied(self, span: int) -> Arrays:
        if span in {*CLOSE, FAR}:
            return varied(self.arrays, self.dtype, span)
        return rounded(degenerate(self.arrays, span), self.dtype)

    def _as_taken(self, span: int, whole: Arrays) -> Iterator[Arrays]:
        """The example so varied, or with zeros in other columns, where it is taken: little may be left of y."""
        tried = [partial(zeroed, self.arrays, self.dtype, turn) for turn in range(1, TURNS)] if span == ZEROED else []
        yield from (each for each in chain((whole,), (make() for make in tried)) if self._takes(each, span))

    def _part(self, whole: Arrays, span: int) -> Arrays:
        """The example with those arguments varied that the layer takes so alone; as given where they are many."""
        if not 1 < len(whole) <= ARGUMENTS:
            return self.arrays
        alone = {name: self.arrays | {name: value} for name, value in whole.items()}
        return self.arrays | {name: whole[name] for name, tried in alone.items() if self._takes(tried, span)}

    def _takes(self, arrays: Arrays, span: int) -> bool:
        """Whether the layer gives finite numbers of the same shape for the example so varied, if that changes it.

        Not where hardly anything is left of y: what cancels inside (ties in a normalization) is seen from nowhere. A
        product of numbers of which one is 0 is exactly 0, and nothing has cancelled.
        """
        if self._is_given(arrays):
            return False
        y = self.applied(arrays)
        if (
            y is None
            or y.shape != self.y.shape
            or not all(np.all(np.isfinite(value)) for value in (y, *arrays.values()))
        ):
            return False
        if span in DEGENERATE and np.any(self.y) and _largest(y) > GROWN * _largest(self.y):
            return False
        return span in SMALLER or (span in WITH_ZEROS and not np.any(y)) or LEFT * _largest(y) >= _largest(self.y)


#: How an example is made that differs in its shapes, by ``span``, where that has a way of its own.
_OTHER_SHAPES = {UNALIKE: unalike, UNALIKE_TOO: unalike_too, WIDENED: widened}


def _no_number(y: Array | None) -> str:
    """Why y of a variation shows nothing; empty where all of it is finite."""
    if y is None:
        return "the layer raises"
    return "" if np.all(np.isfinite(y)) else "y is not finite"


def _shapes(arrays: Arrays) -> tuple[Shape, ...]:
    return tuple(value.shape for value in arrays.values())


def _largest(y: Array) -> float:
    return float(np.max(np.abs(y), initial=0.0))


def _stretches(shape: Shape, to: Shape) -> bool:
    """Whether axes of length 1 alone keep one shape from being another of as many axes."""
    if shape == to or len(shape) != len(to):
        return False
    return all(own in {1, other} for own, other in zip(shape, to, strict=True))
