"""Numbers that went through a narrower format are told by the digits, and by the range, that they have left."""

from __future__ import annotations

import numpy as np
import pytest

from checks.case import parse
from checks.data import round_to
from checks.diagnosis.difference import Difference
from checks.diagnosis.digits import digits, overflown
from checks.types import Array

CASE = parse('relu(x=(1,2,40), dy=(1,2,40); at_zero=0.0; dtype="float64", data="normal", span=9, unit=1, seed=2)')
WIDE = np.random.default_rng(4).standard_normal(80) * np.random.default_rng(5).choice([1, 300], 80)


def said(got: Array, want: Array, dtype: str = "float64") -> str:
    """What is said of numbers."""
    difference = Difference("dx", got, want, np.zeros(want.shape))
    return "; ".join([*overflown(difference), *digits(difference, CASE.but(dtype=dtype))])


@pytest.mark.parametrize("name", ["float32", "float16", "bfloat16"])
def test_the_format_that_numbers_went_through_is_told(name: str) -> None:
    """Rounded twice on the way, too; the same numbers with more digits, as near to the right ones, are a near miss."""
    half = round_to(WIDE / 2, name).astype(float)
    twice = round_to(half + round_to(WIDE - half, name).astype(float), name).astype(float)
    for got in (round_to(WIDE, name).astype(float), twice):
        assert said(got, WIDE).endswith(f"is a number of {name}, and must not be: the digits of {name}")
        assert "digits" not in said(got * (1 + 2.0**-40), WIDE)


def test_float32_lacks_the_digits_of_a_narrower_format_alone() -> None:
    """All its numbers have those of float32."""
    want = WIDE.astype(np.float32)
    assert "the digits of bfloat16" in said(round_to(want, "bfloat16"), want.astype(float), "float32")
    assert "digits" not in said(np.nextafter(want, np.float32(0)), want.astype(float), "float32")


def test_numbers_that_came_in_a_narrower_format_are_told_by_its_digits() -> None:
    """Those that they must be have more in the format of their argument."""
    assert "the digits of float32" in said(WIDE.astype(np.float32), WIDE)


def test_integers_that_a_format_holds_are_no_digits_of_it() -> None:
    """They are far from the right numbers, as where terms are missing."""
    want = np.arange(4001.0, 4400.0, 2)
    assert "digits" not in said(want - np.arange(2200, 2400), want)


def test_what_a_format_is_too_small_for_is_told() -> None:
    """Infinite where it ends, with the digits of the rest; infinite elsewhere is a near miss."""
    want = np.linspace(-90000.0, 90000.0, 40) + 1 / 3
    with np.errstate(over="ignore"):
        got = want.astype(np.float16).astype(float)
    told = said(got, want)
    assert "infinite where it must be beyond 65504, the largest number of float16" in told
    assert told.endswith("the digits of float16")
    got[20] = np.inf
    assert "beyond" not in said(got, want)
