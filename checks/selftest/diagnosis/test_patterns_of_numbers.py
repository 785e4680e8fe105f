"""What wrong numbers are beside the right ones, and at which numbers they are wrong, is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.diagnosis import diagnose
from checks.diagnosis.difference import Difference
from checks.diagnosis.numbers import numbers, ratios
from checks.families import family
from checks.selftest.diagnosis.changing import CONV, LOSERS, RELU, changed
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial


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
