"""What is said about ties: the numbers that were tried, the rule that was broken, a sum that is called a sum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks.case import Case, parse
from checks.claim import Verdict
from checks.families import family
from checks.families.ties import MISTAKES, tied_subgradients
from checks.invariants.kinks import Kinks
from checks.judge import verdicts
from checks.report.words import place
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial

MANY = parse(
    "max_pool(x=(2,2,9), dy=(2,2,4); kernel_size=3, stride=2, padding=0, ceil_mode=False, dilation=1; "
    'dtype="float32", data="distinct", span=100, unit=4, seed=6)'
)
PAIR = parse(
    "max_pool(x=(1,1,2), dy=(1,1,1); kernel_size=2, stride=1, padding=0, ceil_mode=False, dilation=1; "
    'dtype="float64", data="distinct", span=100, unit=4, seed=1)'
)


Rule = Callable[[Array, Config, Array], Array]


def _heard(case: Case, rule: Rule) -> list[Verdict]:
    """What the law says of a max pooling whose ties follow a rule."""
    sheet = family("max_pool")

    def forward(arrays: Arrays, config: Config) -> tuple[Array, tuple[Array, Config]]:
        return sheet.reference.forward(arrays, config)[0], (arrays["x"].copy(), config)

    def backward(dy: Array, saved: tuple[Array, Config]) -> Arrays:
        return {"dx": rule(*saved, dy).astype(dy.dtype)}

    return verdicts(Kinks(), Trial(Subject("planted", forward, backward), sheet, case))


def _mistaken(rule: str) -> list[Verdict]:
    """What is wrong with a rule that is no choice of subgradients."""
    found = _heard(PAIR, lambda x, config, dy: tied_subgradients(x, config, dy).mistakes[rule])
    return [verdict for verdict in found if verdict.status == "wrong"]


def _by_bits(x: Array, config: Config, dy: Array) -> Array:
    """0 is larger than -0, as where bits are compared."""
    plus_zero = (x == 0) & ~np.signbit(x)
    return tied_subgradients(np.where(plus_zero, np.float32(0.5), x), config, dy).conventions["first"]


def _by_numbers(x: Array, config: Config, dy: Array) -> Array:
    """0 and -0 are equal."""
    return tied_subgradients(x, config, dy).conventions["first"]


def test_a_tie_of_both_zeros_that_is_none_to_the_layer_is_a_hazard() -> None:
    """A valid gradient by a convention of its own; one that compares numbers has nothing said of it."""
    (told,) = (verdict for verdict in _heard(MANY, _by_bits) if verdict.status != "right")
    assert (told.law, told.status) == ("convention", "hazard")
    assert "none that has a name; tied cells, zeros of both signs" in told.why
    assert {verdict.status for verdict in _heard(MANY, _by_numbers)} == {"right"}


@pytest.mark.parametrize("rule", MISTAKES.values())
def test_a_known_rule_for_ties_that_is_not_valid_is_named(rule: str) -> None:
    """With the numbers that were tried, which are not the case's own."""
    for verdict in _mistaken(rule):
        assert verdict.why.endswith(rule)
        assert "x=[[[-1.0, -1.0]]], dy=[[[" in verdict.why


def test_a_sum_over_dx_is_not_shown_as_an_entry() -> None:
    """Each of two tied cells with all of dy is possible; both at once are too much."""
    assert [place(verdict) for verdict in _mistaken(next(iter(MISTAKES.values())))][:1] == ["dx, sum 0,0"]


def test_a_convention_is_said_of_the_case_at_hand() -> None:
    """A layer may have another one elsewhere: here its dx at 0 is dy, on other numbers of axes it is 0."""
    case = parse(
        'relu(x=(1,1,30), dy=(1,1,30); at_zero=0.0; dtype="float64", data="distinct", span=100, unit=4, seed=1)'
    )
    sheet = family("relu")

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Array]:
        return sheet.reference.forward(arrays, config)[0], arrays["x"].copy()

    def backward(dy: Array, x: Array) -> Arrays:
        return {"dx": dy * (x >= 0 if x.ndim == 3 else x > 0)}

    found = verdicts(Kinks(), Trial(Subject("two conventions", forward, backward), sheet, case))
    said = {verdict.why for verdict in found if verdict.law == "convention" and verdict.status != "right"}
    assert said
    assert all(why.startswith("valid, but not the convention at_zero=0; here it is at_zero=1; ") for why in said)
