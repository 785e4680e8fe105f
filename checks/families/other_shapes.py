"""In which other shapes a layer takes an example: it is asked about those, and about no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from checks.calling import copies
from checks.case import nested
from checks.errors import SubjectError, SubjectShapeError, UsageError
from checks.families.asked_example import GROWN, LEFT, NOTHING, Asked, largest
from checks.families.example import rounded
from checks.families.resized import (
    ALIKE,
    LONGER,
    MANY,
    MANY_CHANNELS,
    MANY_LAST,
    MANY_TOO,
    ONE_MORE,
    SHORT,
    SINGLES,
    STACK,
    STACKED,
    TURNED_ROUND,
    resized,
)
from checks.families.unalike import UNALIKE, UNALIKE_TOO, unalike, unalike_too
from checks.families.variations_told import (
    CALLED,
    CHANGED,
    DWINDLES,
    GROWS,
    NOTES,
    OWN_LENGTHS,
    RAISES,
    RAISES_LATE,
    STRAYS,
)
from checks.families.widened import WIDENED, widened
from checks.types import Array, Arrays, Config, Shape, gradient_of

#: What stands in ``span`` of an example in another shape, in the order in which they are tried.
SHORTER = (*SINGLES, SHORT)
RESIZED = (
    ONE_MORE,
    LONGER,
    STACKED,
    MANY,
    MANY_TOO,
    MANY_CHANNELS,
    MANY_LAST,
    *SHORTER,
    ALIKE,
    TURNED_ROUND,
    WIDENED,
    UNALIKE,
    UNALIKE_TOO,
)

#: Those in which a mean, or a part of a whole, is the smaller for each further number.
GROWING = frozenset({ONE_MORE, LONGER, MANY, MANY_TOO, MANY_LAST})
#: Those of which it is told that y is of another size: nothing longer may be taken in their place.
OF_MANY = frozenset({MANY, MANY_TOO, MANY_LAST})

#: Those with other lengths, of as many axes.
LENGTHS = frozenset(RESIZED) - {STACKED}

#: Of variations of one kind a later one is left out where it is an earlier one once more.
TWINS = (
    *combinations(SINGLES, 2),
    *combinations((MANY, MANY_TOO, MANY_CHANNELS, MANY_LAST), 2),
    (UNALIKE, UNALIKE_TOO),
)

#: How an example is made that differs in its shapes, by ``span``, where that has a way of its own.
_OTHER_SHAPES = {UNALIKE: unalike, UNALIKE_TOO: unalike_too, WIDENED: widened}


class OtherShape(NamedTuple):
    """An example in another shape, the keywords with the labels that go along, and the shape of y."""

    arrays: Arrays
    config: Config
    y: Shape


@dataclass(frozen=True, eq=False)
class OtherShapes:
    """Whether a layer takes an example in other shapes; ``unfollowed`` says why not, as far as any were tried."""

    asked: Asked
    unfollowed: set[str] = field(default_factory=set)

    def resized(self) -> dict[int, OtherShape]:
        """The example as the layer takes it in other shapes, by ``span``.

        None where the layer does not give the same y as before after them, or gradients of other shapes; but those
        alone are left out from which an object notes a length for good where they come first of all.
        """
        before = self._of_gradients()
        taken = {span: found for span in RESIZED if (found := self._resized(span)) is not None}
        for first, second in TWINS:
            if taken.keys() >= {first, second} and _shapes(taken[first].arrays) == _shapes(taken[second].arrays):
                del taken[second]
        as_before = not taken or self._is_as_before()
        if as_before and (not taken or self._of_gradients() == before):
            return self._without_notes(taken) if taken else {}
        if as_before:
            self.asked.subject.start_anew()  # an optimizer's buffer may have another shape for good
        self.unfollowed.add(CHANGED)
        return {}

    def _without_notes(self, taken: dict[int, OtherShape]) -> dict[int, OtherShape]:
        """Those that may come first of all, of an object that carries nothing else from one forward to the next."""
        subject = self.asked.subject
        if self.asked.patience.slow or not subject.stateful or subject.forget is None:
            return taken
        if not self._is_as_before_after(self.asked.arrays):
            return taken
        kept = {span: each for span, each in taken.items() if self._is_as_before_after(each.arrays, each.config)}
        for span in [each for each in taken if each not in kept]:
            self.unfollowed.add(NOTES)
            self.asked.leave(NOTES, span)
        return kept

    def _is_as_before_after(self, arrays: Arrays, config: Config = NOTHING) -> bool:
        """Whether an object that nobody has called gives the y that it gave where these come before the example."""
        self.asked.subject.start_anew()
        self.asked.applied(arrays, config)
        as_before = self._is_as_before()
        self.asked.subject.start_anew()
        return as_before

    def _resized(self, span: int) -> OtherShape | None:
        """The first of the shapes with this in ``span`` that the layer takes."""
        for tried in self._in_other_shapes(span):
            if self.asked.patience.spares(CALLED[span]):
                return None
            arrays, config = self._apart(tried)
            y = self.asked.applied(arrays, config)
            follows = y is not None and self._follows(y, span) and self._follows_in_modes(arrays, config, y)
            if y is not None and follows:
                if self._goes_back(arrays, config, y, span):
                    return OtherShape(arrays, config, y.shape)
                self._tell_late(span)
            if span in OF_MANY and y is not None:
                self._tell_size(y, span)
            if span in LENGTHS and not self._all_its_own:
                self.unfollowed.add(RAISES if y is None else RAISES_LATE if follows else STRAYS)
        if self._all_its_own:
            self.unfollowed.add(OWN_LENGTHS)
        return None

    def _apart(self, tried: Arrays) -> tuple[Arrays, Config]:
        """The arguments among these, and the labels that changed as keywords of the case."""
        labels = {name: tried[name] for name, given in self.asked.held.labels.items() if tried[name] is not given}
        arrays = {name: tried[name] for name in self.asked.arrays}
        return rounded(arrays, self.asked.dtype), {name: nested(value) for name, value in labels.items()}

    def _tell_late(self, span: int) -> None:
        """A backward raises in a shape in which its forward gave y, whatever other shape of this kind it takes."""
        if not self._all_its_own:
            self.asked.leave(RAISES_LATE, span)

    @property
    def _all_its_own(self) -> bool:
        """Whether all that is varied is an object's own, as of an embedding: what it is called with is held."""
        return self.asked.subject.moved >= self.asked.arrays.keys()

    def _in_other_shapes(self, span: int) -> Iterator[Arrays]:
        """The example so; what an object keeps has the axes that it has, of length 1 for the sake of those of x.

        A table stays as long as its places reach, and labels stay where axes differ that were alike.
        """
        held, given = self.asked.held, self.asked.arrays
        whole = self.asked.subject.own | (self.asked.subject.moved if span in {WIDENED, STACKED} else frozenset())
        if (make := _OTHER_SHAPES.get(span)) is None:
            yield from resized(given, span, held, whole)
            return
        shapes = {name: value.shape for name, value in given.items()}
        for each in make(given, held.every, whole):
            if held.reached(shapes, {name: value.shape for name, value in each.items()}):
                yield {**each, **held.labels}

    def _follows(self, y: Array, span: int) -> bool:
        """Whether y of an example in another shape is finite, about as large as it was, and of a shape that follows.

        Where a length is 1 sums have fewer terms; what a normalization leaves of one number is far smaller. Where it
        grows a mean is of more of them.
        """
        if not np.all(np.isfinite(y)) or not np.any(y):
            return False
        loss = not self.asked.y.ndim  # which is one number whatever it is of
        stacked = y.shape == (STACK, *self.asked.y.shape)
        follows = stacked if span == STACKED and not loss else y.ndim == self.asked.y.ndim
        return follows and not self._other_size(y, span)

    def _other_size(self, y: Array, span: int) -> str:
        """Why y of an example in another shape shows too little for its size; empty where it shows enough."""
        left = GROWN if span in GROWING or span in SINGLES else LEFT
        if left * largest(y) < largest(self.asked.y):
            return DWINDLES
        return GROWS if largest(y) > GROWN * largest(self.asked.y) else ""

    def _tell_size(self, y: Array, span: int) -> None:
        """Nothing but the size of y is in the way of a long length, whatever shorter one is taken."""
        if y.ndim == self.asked.y.ndim and (why := self._other_size(y, span)):
            self.asked.leave(why, span)

    def _follows_in_modes(self, arrays: Arrays, config: Config, y: Array) -> bool:
        """Whether y is of that shape in each mode in which the layer gives one: statistics of a length stay with it.

        Where it raises that is left to be found: it takes the shape in the mode that it is in.
        """
        modes = (replace(self.asked, subject=other) for other in self.asked.subject.modes.values())
        return all(
            there is None or there.shape == y.shape for there in (each.applied(arrays, config) for each in modes)
        )

    def _goes_back(self, arrays: Arrays, config: Config, y: Array, span: int) -> bool:
        """Whether the backward takes the shape, too: one that raises says no, late.

        Gradients in other shapes than their arguments are no refusal; unless y is in the shape that it had, or the
        gradient in one to which its argument is stretched: a length of 1 may have become one that the layer holds. Nor
        where an argument's length of 1 was made longer, and its own gradient does not follow: that is there to be
        stretched.
        """
        try:
            self.asked.subject.pull(arrays, config, np.ones_like(y))
        except SubjectShapeError:
            strays = self._alone(arrays) or self._stretched(arrays, config, y, span)
            return y.shape != self.asked.y.shape and not strays
        except (SubjectError, UsageError):
            return False
        return True

    def _alone(self, arrays: Arrays) -> bool:
        """Whether an axis stands in front of some of the arguments, to which others of as many axes are stretched."""
        given = {name: value.ndim for name, value in self.asked.arrays.items()}
        most = max((given[name] for name, value in arrays.items() if value.ndim > given[name]), default=0)
        stay = [given[name] for name, value in arrays.items() if value.ndim == given[name]]
        return bool(most) and any(axes >= most for axes in stay)

    def _stretched(self, arrays: Arrays, config: Config, y: Array, span: int) -> bool:
        with suppress(SubjectError, UsageError):
            _, saved = self.asked.subject.run_forward(copies(arrays), config)
            gradients = self.asked.subject.run_backward(np.ones_like(y), saved, tuple(arrays))
            shapes = {name: gradients[gradient_of(name)].shape for name in arrays}
            longer = (name for name, value in arrays.items() if value.shape != self.asked.arrays[name].shape)
            strays = span == WIDENED and any(shapes[name] != arrays[name].shape for name in longer)
            return strays or any(_stretches(value.shape, shapes[name]) for name, value in arrays.items())
        return False

    def _of_gradients(self) -> dict[str, Shape]:
        """The shapes of the example's gradients, by name; none where the backward raises, or they are others.

        Nor of a layer that is slow, or keeps nothing.
        """
        if self.asked.patience.slow or not self.asked.subject.stateful:
            return {}
        with suppress(SubjectError, UsageError):
            pulled = self.asked.subject.pull(self.asked.arrays, {}, np.ones_like(self.asked.y))
            return {of: value.shape for of, value in pulled.gradients.items()}
        return {}

    def _is_as_before(self) -> bool:
        y = self.asked.applied(self.asked.arrays)
        return y is not None and np.array_equal(y, self.asked.y, equal_nan=True)


def _shapes(arrays: Arrays) -> tuple[Shape, ...]:
    return tuple(value.shape for value in arrays.values())


def _stretches(shape: Shape, to: Shape) -> bool:
    """Whether axes of length 1 alone keep one shape from being another of as many axes."""
    if shape == to or len(shape) != len(to):
        return False
    return all(own in {1, other} for own, other in zip(shape, to, strict=True))
