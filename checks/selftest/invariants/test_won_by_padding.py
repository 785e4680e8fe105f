"""Where padding may win over minus infinity, whatever a layer does is no more than a hazard; elsewhere it is wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks.case import Case, parse
from checks.claim import Verdict
from checks.families import family
from checks.families.ties import held_at_padding, tied_subgradients
from checks.invariants.kinks import Kinks
from checks.invariants.special_values import SpecialValues
from checks.judge import verdicts
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial, Witness

PADDED = parse(
    "max_pool(x=(1,2,4), dy=(1,2,3); kernel_size=2, stride=2, padding=1, ceil_mode=False, dilation=1; "
    'dtype="float64", data="distinct", span=100, unit=4, seed=0)'
)
PLAIN = parse(
    "max_pool(x=(1,2,4), dy=(1,2,2); kernel_size=2, stride=2, padding=0, ceil_mode=False, dilation=1; "
    'dtype="float64", data="distinct", span=100, unit=4, seed=0)'
)
HUNG_OVER = parse(
    "max_pool(x=(1,2,5), dy=(1,2,3); kernel_size=2, stride=2, padding=0, ceil_mode=True, dilation=1; "
    'dtype="float64", data="distinct", span=100, unit=4, seed=0)'
)
SINGLE = parse(
    "max_pool(x=(1,2,4), dy=(1,2,4); kernel_size=1, stride=1, padding=0, ceil_mode=False, dilation=1; "
    'dtype="float64", data="distinct", span=100, unit=4, seed=0)'
)
SHEET = family("max_pool")

#: Of so many some place minus infinity beside padding.
SEEDS = 150

Backward = Callable[[Array, Config, Array], Array]


def _lost(x: Array, config: Config) -> Array:
    """Windows whose largest number is minus infinity."""
    return np.isneginf(SHEET.reference.apply({"x": x}, config))


def _astray(x: Array, config: Config, dy: Array, windows: Array) -> Array:
    """What some windows won goes to the last cell of the plane before."""
    dx = np.array(tied_subgradients(x, config, np.where(windows, 0, dy)).conventions["first"])
    dx[..., -1] += np.roll(np.where(windows, dy, 0).sum(axis=-1), -1, axis=-1)
    return dx


def _won_by_padding(x: Array, config: Config, dy: Array) -> Array:
    """Places of padding, counted from the first cell of a plane on."""
    return _astray(x, config, dy, _lost(x, config) & ~_lost(held_at_padding(x, config), config))


def _by_a_search_from_minus_one(x: Array, config: Config, dy: Array) -> Array:
    """A place of -1 is kept wherever nothing is larger than minus infinity."""
    return _astray(x, config, dy, _lost(x, config))


def _looked_up(x: Array, config: Config, dy: Array) -> Array:
    """Places of padding do not lie in x."""
    if SHEET.won_by_padding(x, config):
        raise IndexError("index -1 is out of bounds")
    return tied_subgradients(x, config, dy).conventions["first"]


def _planted(rule: Backward) -> Subject:
    """A max pooling whose backward follows a rule."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, tuple[Array, Config]]:
        return SHEET.reference.forward(arrays, config)[0], (arrays["x"].copy(), config)

    def backward(dy: Array, saved: tuple[Array, Config]) -> Arrays:
        return {"dx": rule(*saved, dy).astype(dy.dtype)}

    return Subject("planted", forward, backward)


def _heard(rule: Backward, law: Witness, case: Case) -> list[Verdict]:
    """What a law says of it on numbers of many seeds."""
    subject = _planted(rule)
    return [each for seed in range(SEEDS) for each in verdicts(law, Trial(subject, SHEET, case.but(seed=seed)))]


@pytest.mark.parametrize("case", [PADDED, HUNG_OVER], ids=["padding", "over the border"])
@pytest.mark.parametrize("law", [Kinks(), SpecialValues()], ids=lambda law: law.law)
@pytest.mark.parametrize("rule", [_won_by_padding, _looked_up])
def test_what_padding_wins_over_minus_infinity_alone_is_a_hazard(rule: Backward, law: Witness, case: Case) -> None:
    """Lost, to another cell or another plane, or raised over: minus infinity is tied with its padding."""
    heard = _heard(rule, law, case)
    assert {each.status for each in heard if each.law == law.law} >= {"right", "hazard"}
    assert not [str(each) for each in heard if each.status == "wrong"]


@pytest.mark.parametrize(
    ("law", "case"), [(Kinks(), PLAIN), (SpecialValues(), SINGLE)], ids=["kinks", "special values"]
)
def test_what_is_wrong_in_windows_of_minus_infinity_without_padding_stays_wrong(law: Witness, case: Case) -> None:
    """There a cell of x has won."""
    heard = _heard(_by_a_search_from_minus_one, law, case)
    assert "wrong" in {each.status for each in heard if each.law == law.law}
