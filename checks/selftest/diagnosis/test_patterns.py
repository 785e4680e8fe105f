"""Each pattern is recognised where it was planted, on gradients small enough to check by eye."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks.case import parse
from checks.diagnosis.difference import Difference, elements
from checks.diagnosis.numbers import numbers
from checks.diagnosis.places import places as diagnose_places
from checks.selftest.diagnosis.changing import CONV, GAPS, LOSERS, POOL, RELU, Planted, changed, put
from checks.types import Array

EVERY = slice(None)
PLACES: list[Planted] = [
    ("dx", put(5, EVERY, EVERY, -1), "only the last row"),
    ("dx", put(5, EVERY, EVERY, EVERY, 0), "only the first column"),
    ("dx", put(5, EVERY, 2), "only channel 2 (counted from 0)"),
    ("dx", put(5, -1), "only the last sample"),
    ("dx", put(5, EVERY, EVERY, EVERY, slice(1, None, 2)), "only one column in 2, from 1 on (counted from 0)"),
    ("dx", put(5, EVERY, EVERY, slice(4, None)), "only the last 3 of 7 rows"),
    ("dx", put(5, EVERY, slice(0, 2)), "only the first 2 of 4 channels"),
    ("dx", put(5, EVERY, EVERY, EVERY, slice(None, None, 5)), "only the first and the last column"),
    ("dx", put(5, EVERY, EVERY, [0, 1, 6]), "only the first 2 and the last 1 of 7 rows"),
    ("dweight", put(5, EVERY, EVERY, 1, 1), "only kernel row 1 (counted from 0)"),
    ("dweight", put(5, 3), "only output channel 3 (counted from 0)"),
    ("dbias", put(5, slice(4, None)), "only the last 2 of 6 output channels"),
]
NUMBERS: list[Planted] = [
    ("dx", lambda a: -a, "every wrong element has the wrong sign"),
    ("dx", lambda a: a * 0, "dx is zero everywhere"),
    ("dbias", lambda a: a / 30, "every wrong element is 0.0333333 times the right one = 1/(N * outputs)"),
    ("dweight", lambda a: a / 6, "every wrong element is 0.166667 times the right one = 1/window"),
    ("dweight", lambda a: a[::-1], "dweight equals the right one reversed along output channels"),
    ("dweight", lambda a: a + 3, "every element is off by 3"),
    ("dx", lambda a: np.roll(a, 1, 3) * (np.arange(6) > 0), "dx equals the right one shifted by 1 along columns"),
    ("dx", lambda a: np.roll(a, -1, 1), "dx equals the right one rolled by -1 along channels"),
    ("dweight", lambda a: a + CONV.inputs["weight"] / 2, "dweight is the right one plus 0.5 times weight"),
    ("dx", np.abs, "dx equals the magnitude of the right one"),
    ("dx", lambda a: np.where(a > 0, a, 0), "dx equals the positive part of the right one"),
    ("dx", lambda a: np.clip(a, -9, 9), "every element beyond 9 in magnitude comes as 9: clipped"),
    ("dx", lambda a: a * (np.arange(7) != 3)[:, None], "every wrong element is 0: terms are missing"),
]


@pytest.mark.parametrize(("of", "change", "sentence"), PLACES + NUMBERS, ids=[row[2] for row in PLACES + NUMBERS])
def test_a_pattern_is_named(of: str, change: Callable[[Array], Array], sentence: str) -> None:
    """The sentence stands among the patterns, and in the printed diagnosis."""
    found = changed(CONV, of, change)
    assert sentence in found.patterns
    assert sentence in str(found)


def test_a_factor_that_many_quantities_equal_is_told_by_none() -> None:
    """Of a number that all things have two or three of, most names are chance."""
    twos = parse(
        "conv(x=(2,2,4), weight=(2,2,2), dy=(2,2,2); stride=2, padding=0, dilation=1, groups=1; "
        'dtype="float64", data="integers", span=100, unit=1, seed=1)'
    )
    assert "every wrong element is 2 times the right one" in changed(twos, "dx", lambda a: 2 * a).patterns


def test_rows_that_no_window_reaches_are_told_apart() -> None:
    """Stride 3 with a kernel of 2 leaves every third row without a gradient."""
    found = changed(GAPS, "dx", lambda a: np.where((np.arange(6) % 3 == 2)[:, None], 7.0, a))
    assert found.patterns[0].startswith("only where dx must be 0, because nothing reaches it there")


def test_a_cell_that_a_window_reaches_and_does_not_select_is_reached() -> None:
    """A max pooling gives its losers nothing, and its last column is one that no window reaches."""
    lost = changed(LOSERS, "dx", lambda a: np.where((a == 0) & (np.arange(5) < 4), 7.0, a)).patterns
    beyond = changed(LOSERS, "dx", put(7, EVERY, EVERY, EVERY, 4)).patterns
    assert not [sentence for sentence in lost if "reaches" in sentence]
    assert [sentence for sentence in beyond if "nothing reaches it there" in sentence]


def test_what_is_not_windowed_has_no_place_that_nothing_reaches() -> None:
    """A ReLU's zeros depend on x."""
    found = changed(RELU, "dx", lambda a: np.where(a == 0, 7.0, a)).patterns
    assert not [sentence for sentence in found if "reaches" in sentence]


def test_a_nan_where_nothing_reaches_is_not_explained_by_that() -> None:
    """Nothing but that it is one."""
    found = changed(GAPS, "dx", lambda a: np.where((np.arange(6) % 3 == 2)[:, None], np.nan, a)).patterns
    assert not [sentence for sentence in found if "reaches" in sentence]


@pytest.mark.parametrize(
    ("got", "want"), [([-83.0], [76.0]), ([8.0] * 4, [9.0] * 4), ([2.0, 4.0], [1.0, 2.0])], ids=["one", "alike", "two"]
)
def test_few_numbers_or_numbers_that_are_alike_show_no_ratio(got: list[float], want: list[float]) -> None:
    """Of any one number there is one, and an offset."""
    found = numbers(Difference("dx", np.array(got), np.array(want), np.zeros(len(got))), CONV)
    assert not list(found)


def test_a_border_has_a_width() -> None:
    """Wrong on all four sides and nowhere else."""
    edge = np.pad(np.zeros((4, 4)), 1, constant_values=1)
    assert "only a border of width 1 along the spatial axes" in changed(POOL, "dx", lambda a: a + edge).patterns


@pytest.mark.parametrize("ends", [np.s_[:, :, ::5], np.s_[:, :, :, ::5]])
def test_two_opposite_sides_are_no_border(ends: tuple[slice, ...]) -> None:
    """Rows alone, or columns: the corners are wrong on all four sides."""
    found = changed(POOL, "dx", put(5, *ends)).patterns
    assert not [sentence for sentence in found if "border" in sentence]
    assert [sentence for sentence in found if "only the first and the last" in sentence]


def test_two_wrong_columns_are_no_every_other_one() -> None:
    """Two always have a step between them; three show one."""
    patterns = changed(CONV, "dx", put(5, EVERY, EVERY, EVERY, slice(1, 4, 2))).patterns
    assert not [sentence for sentence in patterns if "only one column in" in sentence]
    assert "only columns 1 and 3 (counted from 0)" in patterns
    patterns = changed(CONV, "dx", put(5, EVERY, EVERY, EVERY, slice(0, 5, 2))).patterns
    assert "only one column in 2, from 0 on (counted from 0)" in patterns


def test_places_where_nothing_can_be_told_make_no_pattern() -> None:
    """All that is not 0 is wrong: that it lies in every other column, or at the border, belongs to the layer."""
    places = np.zeros((7, 8), bool)
    places[::6, ::2] = places[::2, ::7] = True
    want = np.where(places, 3.0, 0.0)[None, None]
    assert not list(diagnose_places(Difference("dx", 2 * want, want, np.zeros(want.shape)), np.ones(want.shape)))


def test_height_exchanged_with_width_is_named() -> None:
    """A square gradient that is transposed."""
    found = changed(POOL, "dx", lambda a: a.swapaxes(2, 3))
    assert "dx equals the right one with rows and columns exchanged" in found.patterns


def test_nan_is_counted() -> None:
    """Nothing else is said about numbers that are none."""
    assert "NaN or infinite: 3 elements of dx" in changed(CONV, "dx", put(float("nan"), 0, 0, 0, slice(0, 3))).patterns


def test_the_wrong_elements_are_counted_boxed_and_ranked() -> None:
    """Count, box, first and worst."""
    want = np.zeros((3, 4))
    got = want.copy()
    got[1, 1], got[2, 3] = 1, -5
    found = elements(Difference("dbias", got, want, np.zeros((3, 4))))
    assert found is not None
    assert str(found) == "2 of 12 wrong, in [1..2, 1..3], first at [1, 1], worst at [2, 3]"


def test_right_gradients_have_no_wrong_elements() -> None:
    """A diagnosis of a right layer has nothing to show."""
    found = changed(CONV, "dx", lambda a: a)
    assert (found.elements, found.patterns, found.matches, found.headline) == (None, (), (), "")
