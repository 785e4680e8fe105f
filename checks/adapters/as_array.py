"""Plain numbers that an object keeps, as arrays: a float, a number of NumPy's, a list of floats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from checks.adapters.paths import Path, Step, at, lists_in, numbers_in
from checks.refusals import RAISED
from checks.types import Array

#: What plain numbers are: one of Python's, one of NumPy's, or several in a list.
NUMBER, SCALAR, LIST = "number", "scalar", "list"


class AsArray(Step):
    """From plain numbers to an array of them; ``key`` says what they are."""

    def get(self, holder: Any) -> Array:
        """See ``Step``; whole ones are of floating point here.

        Raises TypeError where there are no numbers.
        """
        found = np.array(holder)
        if found.dtype.kind not in "iufc":
            raise TypeError(f"no numbers: {type(holder).__name__}")
        return found.astype(float) if found.dtype.kind in "iu" else found

    def put(self, holder: Any, value: Any) -> Any:
        """See ``Step``: numbers of the same kind."""
        array = np.asarray(value)
        return array[()] if self.key == SCALAR else array.tolist()


def kind_of(value: Any) -> str:
    """What plain numbers are; empty of anything else, and of lists that are no array."""
    if isinstance(value, np.floating):
        return SCALAR
    if type(value) in {int, float}:
        return NUMBER
    return LIST if _holds_numbers(value) and _is_array(value) else ""


def _holds_numbers(value: Any) -> bool:
    """Whether a list, or one of lists, holds numbers alone: one of arrays holds several parameters."""
    each = value if type(value) is list else ()
    return bool(each) and all(isinstance(one, (int, float, np.floating)) or _holds_numbers(one) for one in each)


def _is_array(numbers: list[Any]) -> bool:
    try:
        return np.asarray(numbers).dtype.kind == "f"
    except RAISED:  # rows of several lengths
        return False


def plain_in(thing: Any) -> Iterator[Path]:
    """Ways to the plain numbers that a thing holds under a name, as arrays."""
    for path, value in (*numbers_in(thing), *lists_in(thing)):
        if path and isinstance(path[-1].key, str) and (kind := kind_of(value)):
            yield (*path, AsArray(kind))


def stood(path: Path) -> Path:
    """The way to where something stands, be it an array or not."""
    return path[:-1] if path and isinstance(path[-1], AsArray) else path


def identity(thing: Any, path: Path) -> Any:
    """What is the same for two ways to one thing: plain numbers are an array of their own each time."""
    return id(at(thing, path)) if stood(path) == path else path
