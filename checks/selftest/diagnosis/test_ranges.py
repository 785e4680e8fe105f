"""At which numbers a gradient is wrong is told where chance does not explain it, and no place is told where it does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks.case import parse
from checks.diagnosis.difference import Difference
from checks.diagnosis.places import places
from checks.diagnosis.ranges import ranges
from checks.types import Array

CASE = parse('relu(x=(1,2,40,30), dy=(1,2,40,30); at_zero=0.0; dtype="float64", data="normal", span=9, unit=1, seed=2)')
FEW = parse('relu(x=(1,1,4,3), dy=(1,1,4,3); at_zero=0.0; dtype="float64", data="normal", span=9, unit=1, seed=2)')
X, DY = CASE.inputs["x"], CASE.dy
WANT = DY * (X > 0)


def off(mask: Array) -> Difference:
    """A gradient that is wrong in some places."""
    return Difference("dx", np.where(mask, WANT + 1, WANT), WANT, np.zeros(WANT.shape))


TOLD: list[tuple[Callable[[], Array], str]] = [
    (lambda: (X > 0) & (np.abs(X) < 1e-2), "only where |x| is at most "),
    (lambda: (X > 0) & (X[X > 0].min() == X), "only where |x| is at most "),
    (lambda: X > 2.5, "only where |x| is at least "),
    (lambda: X < 0, "only where x is at most "),
    (lambda: (X > 1) & (X < 1.5), "only where |x| is from "),
    (lambda: (X > 0) & (np.abs(DY) > 1), "only where |dy| is at least "),
    (lambda: (X > 0) & (DY > 1), "only where dy is at least "),
]


@pytest.mark.parametrize(("mask", "words"), TOLD, ids=[f"{place}: {row[1]}" for place, row in enumerate(TOLD)])
def test_the_numbers_at_which_a_gradient_is_wrong_are_told(mask: Callable[[], Array], words: str) -> None:
    """Of one element, too, where so many could be wrong; with a few others that lie anywhere nothing is."""
    (said,) = ranges(off(mask()), CASE)
    assert said.startswith(words)
    anywhere = np.random.default_rng(1).random(X.shape) < 0.05
    assert not list(ranges(off(mask() | ((X > 0) & anywhere)), CASE))


def test_what_must_be_0_tells_where_something_is_wrong_that_must() -> None:
    """A few of the many numbers below 0 lie below no threshold; elements that are right at the others say so."""
    last = np.zeros(X.shape, bool)
    last.reshape(-1)[-12:] = True
    assert np.any(last & (X < 0))
    assert not list(ranges(off(last & (X < 0)), CASE))


def test_few_numbers_have_a_smallest_one_by_chance() -> None:
    """One of twelve."""
    x = np.abs(FEW.inputs["x"])
    difference = Difference("dx", np.where(x == x.min(), 2.0, 1.0), np.ones(x.shape), np.zeros(x.shape))
    assert not list(ranges(difference, FEW))


def test_one_wrong_element_lies_in_one_row_by_chance() -> None:
    """Nothing is told of it that its index does not say; a row that is wrong as a whole is told."""
    one, row, want = np.zeros(X.shape, bool), np.zeros(X.shape, bool), np.ones(X.shape)
    one[0, 1, 2, 17] = row[:, :, 2] = True
    said = [list(places(Difference("dx", want + mask, want, 0 * want), want)) for mask in (one, row)]
    assert said == [[], ["only row 2 (counted from 0)"]]


def test_zeros_of_an_argument_are_told_of_which_some_are_right() -> None:
    """A tap is left out whose weights are all 0; others are 0 as well."""
    x = np.where(np.random.default_rng(3).random(X.shape) < 0.3, 0.0, X)
    wrong = (x == 0) & (np.arange(X.shape[-1]) % 2 == 0)
    (said,) = ranges(off(wrong), CASE.holding("x", x))
    others = np.count_nonzero((x == 0) & ~wrong)
    assert said.startswith(f"only where x is 0, and in {others} of the ")
    assert not list(ranges(off(np.random.default_rng(4).random(X.shape) < 0.1), CASE.holding("x", x)))


def test_taps_that_are_wrong_for_every_channel_are_few_places() -> None:
    """Two of nine lie in the first two rows by chance, however many channels there are; a whole row does not."""
    want, taps, row = np.ones((16, 16, 3, 3)), np.zeros((3, 3), bool), np.zeros((3, 3), bool)
    taps[:2, 1] = row[0] = True
    said = [list(places(Difference("dweight", want + mask, want, 0 * want), want)) for mask in (taps, row)]
    assert said == [[], ["only the first kernel row"]]
