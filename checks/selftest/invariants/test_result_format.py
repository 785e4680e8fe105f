"""A narrower format on the way is told from other mistakes: what is wrong anyway may be exact or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.case import parse
from checks.families import family
from checks.invariants.result_format import ResultFormat
from checks.judge import verdicts
from checks.subject import Subject
from checks.types import Array, Arrays
from checks.witness import Trial

#: A case of which some sums are exact, times 2**11 + 1, and others are not.
CASE = parse(
    "conv(x=(4,4,12), weight=(6,2,5), bias=(6,), dy=(4,6,2); "
    'stride=3, padding="valid", dilation=2, groups=2; dtype="float32", data="patterns", span=100, '
    "unit=1, seed=2324770918)"
)


def _heard(change: Callable[[Array], Array]) -> list[tuple[str, str]]:
    """What the law complains of in a convolution whose dweight is changed so."""
    right = family("conv").reference

    def backward(dy: Array, saved: Any) -> Arrays:
        found = dict(right.backward(dy, saved))
        return {**found, "dweight": change(found["dweight"]).astype(dy.dtype)}

    found = verdicts(ResultFormat(), Trial(Subject("planted", right.forward, backward), family("conv"), CASE))
    return [(verdict.of, verdict.status) for verdict in found if verdict.status != "right"]


def test_exchanged_channels_are_no_matter_of_format() -> None:
    """Each is what rounding allows where it belongs."""
    assert _heard(lambda dweight: dweight[::-1]) == []


def test_a_narrower_format_is_found_in_exchanged_channels_too() -> None:
    """Rounding there is larger than of any sum of the case."""
    assert _heard(lambda dweight: dweight[::-1].astype(np.float16)) == [("dweight", "wrong")]


def test_a_number_that_is_wrong_already_is_not_held_against_its_multiple() -> None:
    """What does not grow with its arguments is no matter of format, and what is left unsaid of it is counted."""
    assert _heard(lambda dweight: dweight + 1) == [("dweight", "blind")]
