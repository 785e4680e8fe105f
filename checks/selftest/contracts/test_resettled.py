"""Other settings of as many windows are tried early: what is kept by sizes alone is found again."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from checks.case import parse
from checks.families import family
from checks.families.unusual import RESETTLING
from checks.invariants.resettled import resettled
from checks.invariants.settings import Settings
from checks.scope.spend import telling_first, woven
from checks.selftest.contracts.kept_plants import (
    crops_of_the_first_call,
    windows_of_the_first_backward,
    windows_of_the_first_call,
)
from checks.selftest.contracts.plant import complaints
from checks.witness import Trial

#: Cases of a sweep among which a mistake is met.
EARLY = 40


@pytest.mark.parametrize(
    ("name", "make"),
    [("conv", windows_of_the_first_backward), ("avg_pool", windows_of_the_first_call)],
    ids=["backward of a convolution", "average pooling"],
)
def test_windows_that_are_kept_by_sizes_alone_are_met_early(name: str, make: Any) -> None:
    """By the law of settings alone, in what every examination begins with."""
    sheet = family(name)
    cases = telling_first(woven(sheet.sweep(0, 0), sheet.unusual(0, (2,)), ()), sheet)
    assert any(complaints(make(sheet.reference), name, islice(cases, EARLY), [Settings()]))


@pytest.mark.parametrize(("name", "settings"), [("conv", 2), ("max_pool", 2), ("avg_pool", 1)])
def test_each_seed_tries_another_setting_where_there_is_one(name: str, settings: int) -> None:
    """With as many windows as the case has."""
    sheet = family(name)
    tried = [case for case in sheet.unusual(5, (2,)) if case.seed in RESETTLING and case.shapes["x"] == (2, 2, 6, 6)]
    others = [resettled(Trial(sheet.reference, sheet, case)) for case in tried]
    assert len({str(other.config) for other in others if other}) == settings
    assert all(other and other.shapes == case.shapes for other, case in zip(others, tried, strict=True))


def test_the_ends_of_padding_are_exchanged_first() -> None:
    """What is kept by the padded size, too, is found again."""
    sheet = family("conv")
    case = parse(
        "conv(x=(1,1,3), weight=(1,1,2), dy=(1,1,5); stride=1, padding=((1,2),), dilation=1, groups=1; "
        'dtype="float64", data="integers", span=3, unit=1, seed=0)'
    )
    other = resettled(Trial(sheet.reference, sheet, case))
    assert other is not None
    assert other.config["padding"] == ((2, 1),)
    assert any(complaints(crops_of_the_first_call(sheet.reference), "conv", [case], [Settings()]))
    assert not any(complaints(sheet.reference, "conv", [case], [Settings()]))
