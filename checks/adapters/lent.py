"""Copies in a layer's own order of axes that stand for its caller's arrays: what is written to one is in the other.

One copy stands for one array as long as that lives, and the saved state of a forward knows those that it was handed:
a layer that keeps an array by reference keeps the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import ref

from checks.equality import identical
from checks.types import Array, Arrays


@dataclass
class Lent:
    """An array of the caller, the copy that stands for it, and the numbers that both held when they last agreed."""

    ours: ref[Array]
    turn: Callable[[Array], Array]
    theirs: Array
    agreed: Array

    def settle(self) -> None:
        """What either side wrote is written to the other: that of the layer, where both did."""
        if (ours := self.ours()) is None:
            return
        if not identical(self.theirs, self.agreed):
            _put(self.turn(ours), self.theirs, ours)
        elif not identical(turned := self.turn(ours), self.agreed):
            _put(self.theirs, turned, self.theirs)
        else:
            return
        self.agreed = self.theirs.copy()

    def stands_for(self, array: Array) -> bool:
        """Whether it stands for this very array, which lies as it lay and may be written to as it was."""
        return self.ours() is array and array.flags.writeable == self.theirs.flags.writeable


class Saved(NamedTuple):
    """What a layer saved, and the arrays that it was handed then."""

    by_layer: Any
    lent: tuple[Lent, ...]


class Lender:
    """Hands a layer copies of arrays in its own order."""

    def __init__(self, turn: Callable[[str, Array], Array]) -> None:
        """``turn`` gives a view of an array in the layer's order, by the array's name."""
        self._turn = turn
        self._lent: dict[int, Lent] = {}

    def handed(self, arrays: Arrays) -> tuple[Arrays, tuple[Lent, ...]]:
        """What the layer gets for these arrays, and the copies among that, which are to be settled after its call."""
        given: Arrays = {}
        lent: list[Lent] = []
        for name, array in arrays.items():
            given[name] = turned = self._turn(name, array)
            if not _lies_as(array, turned):
                lent.append(self._for(name, array))
                given[name] = lent[-1].theirs
        return given, tuple(lent)

    def _for(self, name: str, array: Array) -> Lent:
        """The copy that stands for this very array."""
        place = id(array)
        if (known := self._lent.get(place)) is None or not known.stands_for(array):
            theirs = self._turn(name, array).copy(order="C" if array.flags.c_contiguous else "F")
            theirs.flags.writeable = array.flags.writeable
            ours = ref(array, lambda _: self._lent.pop(place, None))
            known = self._lent[place] = Lent(ours, lambda value: self._turn(name, value), theirs, theirs.copy())
        return known


@contextmanager
def settled(lent: tuple[Lent, ...]) -> Iterator[None]:
    """Before a call the copies hold what their arrays hold, and after it the arrays what the copies do."""
    for each in lent:
        each.settle()
    try:
        yield
    finally:
        for each in lent:
            each.settle()


def _lies_as(array: Array, turned: Array) -> bool:
    """Whether an array of the layer's order lies as ours does where it is a view of that.

    A layer's arrays are in C order where ours are, in Fortran order where ours are; any other is handed over as it is.
    """
    flags = array.flags
    if not (flags.aligned and (flags.c_contiguous or flags.f_contiguous)):
        return True
    return bool(turned.flags.c_contiguous if flags.c_contiguous else turned.flags.f_contiguous)


def _put(array: Array, values: Array, owner: Array) -> None:
    """Write to an array, though it may be one that is not to be written to."""
    before = owner.flags.writeable
    owner.flags.writeable = True
    try:
        array.flags.writeable = True  # a view of an owner that may be written to
        array[...] = values
    finally:
        owner.flags.writeable = before
