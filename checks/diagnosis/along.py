"""What a wrong gradient has in common along one axis: an offset, or a factor, that is another one elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from checks.case import Case
from checks.diagnosis.alike import SAME, slight
from checks.diagnosis.difference import Difference
from checks.types import Array, Shape

#: So many numbers must follow from the others along their axis: of few they may by chance.
FOLLOWING = 6


def along(difference: Difference, case: Case) -> Iterator[str]:
    """A sentence about the first axis along which all elements share an offset, a factor, or a multiple of an argument.

    None where an element is right: what is said is said of all. Those whose right number is NaN are not known.
    """
    known = ~np.isnan(difference.want)
    if difference.wrong[known].all() and difference.want[known].any():
        told = (_of_axis(difference, case, known, axis) for axis in range(difference.want.ndim))
        yield from islice(filter(None, told), 1)


def _of_axis(difference: Difference, case: Case, known: Array, axis: int) -> str:
    want, name, of = difference.want, difference.along([axis]), difference.of
    gap, many = difference.got.astype(want.dtype) - want, known.sum(axis)
    missing = not slight(gap, want)
    if missing and beyond(many, 1) and one(gap, known, axis) and not one(want, known, axis):
        return (
            f"along {name} every element of {of} is off by the same number, and elsewhere by another: as where a mean "
            f"or a sum along {name} is not taken off, or is too much"
        )
    if beyond(many, 1) and want[known].all() and one(difference.got / want, known, axis):
        return f"along {name} every element of {of} is the right one times the same number, and elsewhere times another"
    argument = of.removeprefix("d")
    x = case.array(argument).astype(gap.dtype) if argument in case.arguments else None
    if missing and x is not None and beyond(many, 2) and _on_a_line(gap, x, known, axis):
        return (
            f"along {name} {of} is off by a number plus a multiple of {argument}, other ones elsewhere: as where a "
            f"mean or a variance along {name} is taken for a constant, or gets another weight"
        )
    return ""


def beyond(many: Array, free: int) -> bool:
    """Whether enough known numbers follow from so many others on each line along an axis."""
    return int(np.maximum(many - free, 0).sum()) >= FOLLOWING


def _mean(values: Array, known: Array, axis: int | Shape) -> Array:
    """That of the known numbers along an axis."""
    some = np.where(known, values, 0).sum(axis, keepdims=True)
    return np.asarray(some / np.maximum(known.sum(axis, keepdims=True), 1))


def one(values: Array, known: Array, axis: int | Shape) -> bool:
    """Whether the known numbers are the same along an axis, for each entry of the others."""
    middle = _mean(values, known, axis)
    return bool(np.all(~known | (np.abs(values - middle) <= SAME * np.abs(middle))))


def _on_a_line(gap: Array, x: Array, known: Array, axis: int) -> bool:
    """Whether gap = a + b x along an axis, a and b its own for each entry of the others."""
    off, far = (np.where(known, values - _mean(values, known, axis), 0) for values in (gap, x))
    square = (far * far).sum(axis, keepdims=True)
    left = off - (off * far).sum(axis, keepdims=True) / np.where(square, square, 1) * far
    return bool(np.max(np.abs(left)) <= SAME * np.max(np.abs(off)))
