"""Windows of more cells than a byte, or bfloat16, can count are met among the first cases of the wide look."""

from __future__ import annotations

from itertools import islice
from math import prod
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.examination import Examination
from checks.families import family
from checks.families.windowed import axes_of
from checks.oracles.reference import Reference
from checks.scope.limits import Limits
from checks.scope.wide import looked_at
from checks.subject import Subject

POOLINGS = ("avg_pool", "max_pool")

#: The first number that bfloat16, which holds every one up to 256, and a byte cannot count.
UNCOUNTED = 257

AVERAGE = family("avg_pool")


def cells(case: Case) -> int:
    """Of a window."""
    return prod(axis.kernel for axis in axes_of(case.shapes, case.config))


@pytest.mark.parametrize("name", POOLINGS)
def test_they_are_among_the_first_cases_of_the_wide_look_in_wide_and_narrow_formats(name: str) -> None:
    """In bfloat16, too, where a layer takes that."""
    limits = Limits(family(name), {"axes": 2}, carried=("bfloat16",))
    first = [case for case in islice(looked_at(limits, 0), 60) if cells(case) >= UNCOUNTED]
    assert {"float64", "float16", "bfloat16"} <= {case.dtype for case in first}


@pytest.mark.parametrize("axes", [2, 3])
def test_a_cell_wins_that_bfloat16_does_not_count(axes: int) -> None:
    """Its place in its window is odd, and past 256."""
    (case, *_) = family("max_pool").long_windows((axes,))
    along = axes_of(case.shapes, case.config)
    kernel = tuple(axis.kernel for axis in along)
    windows = np.lib.stride_tricks.sliding_window_view(case.inputs["x"], kernel, tuple(range(2, 2 + axes)))
    steps: list[Any] = [slice(None, None, axis.stride) for axis in along]
    strided = windows[(slice(None), slice(None), *steps)]
    places = strided.reshape(-1, prod(kernel)).argmax(axis=1)
    assert any(place >= UNCOUNTED and place % 2 for place in places)


def in_a_byte(count: int) -> float:
    """From -128 to 127."""
    return float(np.uint8(count % 256).astype(np.int8))


def in_bfloat16(count: int) -> float:
    """With 8 digits."""
    return float(round(count / 2) * 2 if count >= UNCOUNTED else count)


def counting(kept: Any) -> Subject:
    """Average pooling whose backward divides by the cells of its window as ``kept`` keeps their number."""

    def forward(arrays: Any, config: Any) -> Any:
        y, saved = AVERAGE.reference.forward(arrays, config)
        return y, (saved, prod(axis.kernel for axis in axes_of({"x": arrays["x"].shape}, config)))

    def backward(dy: Any, saved: Any) -> Any:
        inner, count = saved
        return {"dx": AVERAGE.reference.backward(dy, inner)["dx"] * np.asarray(count / kept(count), dy.dtype)}

    return Subject("counting", forward, backward)


@pytest.mark.parametrize("kept", [in_a_byte, in_bfloat16])
def test_a_count_that_its_format_cannot_hold_is_wrong_there(kept: Any) -> None:
    """Of the reference alone it takes one case; a count that is held is right there."""
    cases = [case for case in AVERAGE.long_windows((1, 2, 3)) if case.dtype == "float64"]
    for layer, wrong in ((counting(kept), True), (counting(float), False)):
        examination = Examination(layer, AVERAGE, (Reference(),))
        for case in cases:
            examination.judge(case)
        assert examination.wrong is wrong
