"""Whether arrays hold the same numbers: asked a hundred times a case, of few numbers, where NumPy's words are slow."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.types import Array


def every(true: Array) -> bool:
    """Whether all of these booleans are true: a 0 among bytes is found several times as fast as NumPy says so."""
    return b"\0" not in true.tobytes()


def highest(values: Array) -> Any:
    """The largest of some numbers, NaN where one of them is: NumPy finds its place in half the time of its ``max``."""
    return values.item(values.argmax())


def both_nan(one: Array, other: Array) -> Array:
    """Where both of two arrays of one shape are NaN."""
    return np.asarray(np.not_equal(one, one) & np.not_equal(other, other))


def identical(one: Array, other: Array) -> bool:
    """Whether two arrays have one shape and equal numbers; two NaN are equal."""
    if one.shape != other.shape:
        return False
    equal = one == other
    return every(equal) or every(equal | both_nan(one, other))
