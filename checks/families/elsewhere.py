"""Where an example is varied and what is wrong is wrong: forward and backward do not belong together there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from checks.families.example import FARTHER, SETTINGS, SPREAD
from checks.families.other_shapes import LENGTHS
from checks.types import Array, Arrays

OTHER_LENGTHS = "in other lengths than the example's"
FARTHER_OUT = "farther from 0 than the example"
OTHER_SETTINGS = "at other settings than the defaults"

#: In words, by ``span``.
ELSEWHERE: Mapping[int, str] = {
    **dict.fromkeys(LENGTHS, OTHER_LENGTHS),
    **dict.fromkeys((FARTHER, SPREAD), FARTHER_OUT),
    SETTINGS: OTHER_SETTINGS,
}

#: Numbers no farther from 0 than this may be kept there: cosines, amplitudes, what a tanh gave.
UNIT = 1.0


def elsewhere(arrays: Arrays, span: int) -> str:
    """Where a variation of an example is, in words; empty of one that shows no more than was given, or a hazard."""
    return ELSEWHERE.get(span, "") if span not in (FARTHER, SPREAD) or everywhere(arrays) else ""


def everywhere(arrays: Arrays) -> bool:
    """Whether an example's numbers lie on both sides of 0, beyond 1: probabilities and variances do not."""
    return all(_both_sides(value) for value in arrays.values())


def _both_sides(value: Array) -> bool:
    return bool(value.dtype.kind == "f" and value.size and value.min() < 0 < value.max() and np.abs(value).max() > UNIT)
