"""Digits that wrong numbers lack: they hold those of a narrower format alone, through which they went."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.case import Case
from checks.data import round_to
from checks.diagnosis.alike import LEAST
from checks.diagnosis.difference import Difference
from checks.rounding import DIGITS, unit_roundoff
from checks.types import Array, carrier

#: Formats through which digits get lost, the narrowest first.
NARROW = ("bfloat16", "float16", "float32")
#: Binary digits that numbers must lack in all for it to be no chance: one in a million.
TELLING = 20
#: Roundings of the largest number that the others may have come through.
ROUNDINGS = 16


def digits(difference: Difference, case: Case) -> Iterator[str]:
    """The narrowest format that holds every wrong number, if it does not hold the right ones, and they are near these.

    Of numbers that are infinite or NaN nothing is told.
    """
    wrong = difference.wrong & np.isfinite(difference.got) & np.isfinite(difference.want)
    got, want = difference.got[wrong], difference.want[wrong]
    for name in NARROW if not np.iscomplexobj(got) else ():
        if (lost := DIGITS[case.dtype] - DIGITS[name]) > 0 and _held(got, name).all():
            lacking = int(np.count_nonzero(~_held(want.astype(carrier(case.dtype)), name)))
            coarse = ROUNDINGS * unit_roundoff(name) * np.max(np.abs(want), initial=0.0)
            if lacking >= max(LEAST, TELLING / lost) and np.all(np.abs(got - want) <= coarse):
                yield f"every wrong element is a number of {name}, and must not be: the digits of {name}"
            return


def _held(values: Array, name: str) -> Array:
    """Whether a format has each of these numbers."""
    with np.errstate(all="ignore"):
        return np.asarray(round_to(values, name).astype(values.dtype) == values)


def overflown(difference: Difference) -> Iterator[str]:
    """The format whose largest number tells what is infinite: all that must be larger is, and nothing else."""
    got, want = np.abs(difference.got), np.abs(difference.want)
    for name in NARROW[1:]:  # bfloat16 goes as far as float32
        most = float(np.finfo(name).max)
        if np.isinf(got).any() and not np.isnan(got).any() and np.array_equal(np.isinf(got), want > most):
            yield f"infinite where it must be beyond {most:.6g}, the largest number of {name}"
