"""Each pattern is recognised where it was planted, on gradients small enough to check by eye."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.case import Case, parse
from checks.diagnosis import Diagnosis, diagnose
from checks.diagnosis.difference import Difference, elements
from checks.diagnosis.numbers import numbers, ratios
from checks.diagnosis.places import places as diagnose_places
from checks.families import family
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

CONV = parse(
    "conv(x=(2,4,7,6), weight=(6,2,3,2), bias=(6,), dy=(2,6,3,5); stride=(2,1), padding=0, dilation=1, groups=2; "
    'dtype="float64", data="integers", span=9, unit=1, seed=5)'
)
GAPS = parse(
    "conv(x=(1,1,6,5), weight=(1,1,2,3), dy=(1,1,2,3); stride=(3,1), padding=0, dilation=1, groups=1; "
    'dtype="float64", data="integers", span=9, unit=1, seed=1)'
)
RELU = parse('relu(x=(2,1,5), dy=(2,1,5); at_zero=0.0; dtype="float64", data="distinct", span=9, unit=1, seed=2)')
LOSERS = parse(
    "max_pool(x=(1,1,4,5), dy=(1,1,2,2); kernel_size=2, stride=2, padding=0, ceil_mode=False, dilation=1; "
    'dtype="float64", data="distinct", span=9, unit=1, seed=2)'
)
POOL = parse(
    "avg_pool(x=(3,2,6,6), dy=(3,2,5,3); kernel_size=2, stride=(1,2), padding=0; "
    'dtype="float64", data="integers", span=9, unit=4, seed=2)'
)


def changed(case: Case, of: str, change: Callable[[Array], Array]) -> Diagnosis:
    """The diagnosis of a right layer, one of whose gradients is changed."""
    reference = family(case.family).reference

    def backward(dy: Array, saved: object) -> dict[str, Array]:
        gradients = dict(reference.backward(dy, saved))
        return {**gradients, of: change(gradients[of].copy())}

    return diagnose(Trial(Subject("changed", reference.forward, backward), family(case.family), case), of)


def put(value: float, *place: slice | int | list[int]) -> Callable[[Array], Array]:
    """Add a number at a place."""

    def change(a: Array) -> Array:
        a[place] += value
        return a

    return change


Planted = tuple[str, Callable[[Array], Array], str]

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


def test_one_number_in_place_of_all_is_no_bound() -> None:
    """Where every right number is above 0 nothing tells it from a constant; beside smaller ones it is a bound."""
    positive = CONV.holding("dy", np.abs(CONV.dy) + 1).holding("weight", np.abs(CONV.array("weight")) + 1)
    constant, bound = (
        changed(positive, "dx", change) for change in (lambda a: a * 0 + 1, lambda a: np.minimum(a, np.median(a)))
    )
    assert not any("clipped" in said for said in constant.patterns)
    assert any("clipped" in said for said in bound.patterns)


def test_a_law_that_breaks_at_another_dy_is_diagnosed_there() -> None:
    """On a case with dy > 0 a masked dy shows only once dy is negated."""
    reference = family("conv").reference
    guided = Subject("g", reference.forward, lambda dy, saved: reference.backward(np.where(dy > 0, dy, 0), saved))
    found = diagnose(Trial(guided, family("conv"), CONV.holding("dy", np.abs(CONV.dy) + 1)), "dx")
    assert found.matches[0].mistake.name == "upstream masked"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda dy: np.clip(dy, -1e6, 1e6), "every element beyond 1e+06 in magnitude comes as 1e+06: clipped"),
        (lambda dy: np.where(np.abs(dy) < 1e-30, 0, dy), "dx is zero everywhere"),
    ],
    ids=["clipped", "flushed"],
)
def test_a_law_that_breaks_at_far_numbers_is_diagnosed_there(change: Callable[[Array], Array], sentence: str) -> None:
    """On cases as they are drawn nothing is wrong; no known mistake with a threshold of its own is named."""
    reference = family("relu").reference
    subject = Subject("far", reference.forward, lambda dy, saved: reference.backward(change(dy), saved))
    found = diagnose(Trial(subject, family("relu"), RELU), "dx")
    assert found.at.startswith(" with dy times 2**")
    assert sentence in found.patterns
    assert not found.matches


def test_a_factor_next_to_one_is_told_by_its_digits() -> None:
    """``1 times the right one`` would say nothing."""
    found = changed(CONV, "dx", lambda dx: dx * (1 + 2.0**-20))
    assert "every wrong element is the right one times 1 + 9.54e-07" in found.patterns


@pytest.mark.parametrize("name", ["float32", "float16"])
def test_numbers_that_were_rounded_to_a_format_have_its_digits(name: str) -> None:
    """Some went up and some down; numbers that are all too large by as little have none."""
    want = np.linspace(1.0, 2.0, 40)
    got = want.astype(name).astype(np.float64)
    smooth = want * (1 + np.linspace(0.5, 1.0, 40) * np.max(np.abs(got / want - 1)))
    lost, off = (" ".join(numbers(Difference("dx", each, want, np.zeros(40)), CONV)) for each in (got, smooth))
    assert f": the digits of {name}" in lost
    assert "is off by at most" in off
    assert "digits" not in off


@pytest.mark.parametrize(("row", "told"), [([1.0, 0, 0], False), ([0, 1.0, 2, 3, 4, 5], True)])
def test_an_arrangement_is_told_where_chance_does_not_explain_it(row: list[float], told: bool) -> None:
    """One number among zeros is another one reversed, and shifted."""
    want = np.array([row])
    found = numbers(Difference("dx", want[:, ::-1], want, np.zeros(want.shape)), CONV)
    assert bool(list(found)) == told


@pytest.mark.parametrize(("right", "told"), [((), True), ((CONV,), False)], ids=["never seen", "given elsewhere"])
def test_a_gradient_that_is_given_on_some_case_is_not_left_out_by_design(right: tuple[Case, ...], told: bool) -> None:
    """What is zero everywhere on one case may be meant so; what is right on another is not."""
    reference, grouped = family("conv").reference, CONV.but(seed=6)

    def backward(dy: Array, saved: Any) -> dict[str, Array]:
        gradients = dict(reference.backward(dy, saved))
        return gradients if np.array_equal(dy, CONV.dy) else {**gradients, "dweight": 0 * gradients["dweight"]}

    subject = Subject("seldom", reference.forward, backward)
    found = diagnose(Trial(subject, family("conv"), grouped), "dweight", right=right)
    assert "dweight is zero everywhere" in found.patterns
    assert any("by design" in sentence for sentence in found.patterns) == told


def test_a_gradient_that_comes_back_complex_is_compared_too() -> None:
    """As of a layer that is out of step, and answers to the complex steps of an earlier call."""
    got = np.array([1 + 0j, 2 + 1j], np.clongdouble)
    assert Difference("dx", got, np.array([1.0, 2.0]), np.zeros(2)).wrong.tolist() == [False, True]


@pytest.mark.parametrize("least", [0.0, -10_000.0])
def test_what_wins_over_every_cell_of_x_is_told(least: float) -> None:
    """A padding of 0, or of a number that is not small enough: no terms are missing."""
    want = np.sort(LOSERS.inputs["x"].ravel())[:4] - 2.0**30
    below = LOSERS.holding("x", np.resize(want, LOSERS.shapes["x"]))
    (said,) = list(ratios(Difference("y", np.full(4, least), want, np.zeros(4)), below))[:1]
    assert said.startswith(f"every wrong element is {least:.6g}, where a smaller number of x must win: as if padding")


@pytest.mark.parametrize(
    ("of", "want"), [("dx", [-3.0, -2.0, -1.0]), ("y", [-3.0, 2.0, -1.0]), ("y", [-0.5, -0.25, -0.125])]
)
def test_terms_are_missing_where_no_cell_of_x_had_to_win(of: str, want: list[float]) -> None:
    """Of a gradient; where more than negative numbers are lost; where sums must come."""
    x = np.resize([-3.0, 2.0, -2.0, -1.0], LOSERS.shapes["x"])
    difference = Difference(of, np.zeros(3), np.array(want), np.zeros(3))
    assert "every wrong element is 0: terms are missing" in list(ratios(difference, LOSERS.holding("x", x)))


def test_right_rows_in_another_order_are_told_with_that() -> None:
    """As of channels that a backward interleaves; not where two of them are alike, or one is another."""
    want = np.random.default_rng(0).normal(size=(6, 4))
    order = [0, 3, 1, 4, 2, 5]
    (said,) = numbers(Difference("dx", want[order], want, np.zeros(want.shape)), CONV)
    assert said == "dx equals the right one with its samples in another order: 0, 3, 1, 4, 2, 5"
    alike = np.concatenate([want[:5], want[4:5]])
    other = np.where(np.arange(6)[:, None] == 0, want + 1, want)[order]
    for got, right in ((alike[order], alike), (other, want)):
        assert not list(numbers(Difference("dx", got, right, np.zeros(want.shape)), CONV))
