"""Linearity in dy: what is not additive, not odd or not zero at zero is seen, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from checks.data import round_to
from checks.families import family
from checks.invariants.independence import Samples
from checks.invariants.linearity import Linearity
from checks.judge import verdicts
from checks.selftest.spoil import NAMES, case_of, faults, of_dy
from checks.types import Array
from checks.witness import Apart, Trial, Witness

NOT_LINEAR: dict[str, Callable[[Any], Any]] = {
    "clipped": lambda dy: np.clip(dy, -1, 1),
    "positive part": lambda dy: np.maximum(dy, 0),
    "absolute value": np.abs,
    "squared": lambda dy: dy**2,
    "signs only": np.sign,
    "largest one only": lambda dy: dy * (np.abs(dy) == np.abs(dy).max()),
    "normalised": lambda dy: dy / max(1.0, float(np.abs(dy).max())),
    "a constant added": lambda dy: dy + 1,
    "ignored": np.ones_like,
}


@pytest.mark.parametrize("fault", list(NOT_LINEAR))
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [0, 1])
def test_a_backward_that_is_not_linear_in_dy_is_seen(fault: str, name: str, kind: int) -> None:
    """On integers and on real numbers, on one of three cases: the largest dy may be where x is negative."""
    cases = (case_of(name, kind=kind, seed=seed) for seed in range(3))
    assert any("dx" in faults(Linearity(), of_dy(name, NOT_LINEAR[fault]), case) for case in cases)


@pytest.mark.parametrize("few", [1, 2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_a_path_of_its_own_for_a_few_numbers_in_a_row_is_seen(name: str, few: int) -> None:
    """Within some cases, of which one in four has a dy of which that is left."""

    def hurried(dy: Array) -> Array:
        there = np.flatnonzero(dy)
        return 2 * dy if len(there) == few == np.ptp(there) + 1 else dy

    cases = (case_of(name, seed=seed) for seed in range(0, 160, 4))
    assert any(faults(Linearity(), of_dy(name, hurried), case) for case in cases)


def test_a_linear_mistake_is_left_to_others() -> None:
    """Twice the gradient is linear: this law is about dy alone."""
    assert not faults(Linearity(), of_dy("conv", lambda dy: 2 * dy), case_of("conv"))


@pytest.mark.parametrize("law", [Linearity(), Samples()], ids=lambda law: law.law)
@pytest.mark.parametrize("dtype", ["float16", "float64"])
@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("factor", [1 / 3, 0.7])
def test_what_a_linear_mistake_rounds_is_no_other_mistake(law: Witness, dtype: str, kind: int, factor: float) -> None:
    """A third of the gradient is no integer where the right one is, and what is shifted stands where there is none."""

    def mistaken(dy: Array) -> Array:
        return np.roll(np.asarray(dy * np.dtype(dy.dtype).type(factor)), 1, -1)

    for name, seed in product(NAMES, range(10)):
        case = case_of(name, dtype, kind, seed)
        assert not faults(law, of_dy(name, mistaken), case), str(case)


@pytest.mark.sweep("formats of linear layers", 3)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [0, 1])
def test_right_layers_pass_in_every_format_also_when_their_own_rounding_shows(name: str, dtype: str, kind: int) -> None:
    """A layer that rounds dy to its format first must not be blamed for sums that were never of that format."""
    rounding = of_dy(name, lambda dy: round_to(dy, dtype))
    for seed in range(20):
        case = case_of(name, dtype, kind, seed)
        assert not faults(Linearity(), rounding, case), str(case)
        assert not faults(Linearity(), family(name).reference, case), str(case)


@pytest.mark.parametrize(
    ("kind", "formulas"),
    [
        (Trial, {"B(a + b) = -B(-a) - B(-b)", "B(0) = 0 exactly"}),
        (Apart, {"B(a + b) = B(a) + B(b)", "B(-a) = -B(a)", "B(0) = 0 exactly"}),
    ],
)
def test_three_things_are_said_of_each_gradient(kind: type[Trial], formulas: set[str]) -> None:
    """Additive, odd, zero at zero, each with its formula; additive and odd in one of few backwards."""
    found = verdicts(Linearity(), kind(family("conv").reference, family("conv"), case_of("conv")))
    assert {verdict.why.partition(";")[0] for verdict in found} == formulas
    assert len(found) == 3 * len(formulas)


@pytest.mark.sweep("single entries that are not odd", 2)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("fault", ["positive part", "absolute value", "squared"])
def test_a_single_entry_that_is_not_odd_is_seen_on_every_case(fault: str, name: str, kind: int) -> None:
    """Whatever parts the seed makes of dy, their backwards are asked with the opposite sign."""

    def in_one_entry(dy: Array) -> Array:
        return np.where(np.arange(dy.size).reshape(dy.shape) == dy.size // 3, NOT_LINEAR[fault](dy), dy)

    subject = of_dy(name, in_one_entry)
    for seed in range(20):
        trial = Trial(subject, family(name), case_of(name, kind=kind, seed=seed))
        separately = verdicts(Linearity(), Apart(subject, trial.family, trial.case))
        wrong = [
            {verdict.of for verdict in each if verdict.status == "wrong"}
            for each in (separately, verdicts(Linearity(), trial))
        ]
        assert wrong[0] == wrong[1], str(trial.case)
