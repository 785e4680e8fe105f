"""The true error is within the stated one, over many functions, points, formats and means."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from checks.rounding import DIGITS
from checks.selftest.part import part
from checks.selftest.smooth.accuracy import DTYPES, OFFERS, Trial, trials
from checks.selftest.smooth.functions import ROWS

#: Where long double is no longer than double, nothing is gained by it.
WIDE = "extended differences" if DIGITS["longdouble"] > DIGITS["float64"] else "differences"

HONEST = 0.99
MOST_UNKNOWN = 0.05


@cache
def _found(offer: str, dtype: str) -> tuple[Trial, ...]:
    rows = part("functions of one number", ROWS, 3)
    return tuple(trial for row in rows for trial in trials(row, offer, dtype))


def _honest(known: list[Trial]) -> float:
    return sum(trial.honest for trial in known) / len(known)


def _known(offer: str, dtype: str) -> list[Trial]:
    return [trial for trial in _found(offer, dtype) if trial.estimate.known]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("offer", OFFERS)
class TestStatedErrors:
    """Each format, each way in which a function lets itself be asked."""

    @pytest.mark.long(keep=1)
    def test_true_error_is_within_the_stated_one(self, offer: str, dtype: str) -> None:
        """At least 99% of the estimates are as good as they say, by each method."""
        known = _known(offer, dtype)
        for method in {trial.estimate.method for trial in known}:
            assert _honest([trial for trial in known if trial.estimate.method == method]) >= HONEST, method

    def test_plain_functions_are_nearly_always_known(self, offer: str, dtype: str) -> None:
        """On well-behaved functions at most 5% of the answers are NaN."""
        plain = [trial for trial in _found(offer, dtype) if trial.row.kind == "plain"]
        assert sum(not trial.estimate.known for trial in plain) <= MOST_UNKNOWN * len(plain)

    def test_a_boastful_error_is_noticed(self, offer: str, dtype: str) -> None:
        """Planted: errors divided by 100 are honest far less often than the test demands."""
        boasts = [
            trial._replace(estimate=replace(trial.estimate, error=trial.estimate.error / 100))
            for trial in _known(offer, dtype)
        ]
        assert _honest(boasts) < HONEST - 0.1


def test_the_table_is_long_and_wide() -> None:
    """At least 40 functions with different names, plain and hostile ones."""
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40
    assert {row.kind for row in ROWS} == {"plain", "hostile"}


@pytest.mark.parametrize(
    ("offer", "methods"),
    [
        ("anything", {"complex step", WIDE, "differences"}),
        ("real", {WIDE, "differences"}),
        ("own format", {"differences"}),
    ],
)
def test_the_means_follow_from_what_a_function_allows(offer: str, methods: set[str]) -> None:
    """Complex step and extended precision are used exactly where a function lets them be used."""
    assert {trial.estimate.method for trial in _known(offer, "float64")} == methods


@pytest.mark.parametrize(
    ("offer", "dtype", "relative"), [("anything", "float64", 1e-13), ("own format", "float64", 1e-9)]
)
def test_stated_errors_are_small_too(offer: str, dtype: str, relative: float) -> None:
    """Nearly all plain functions are known to many digits: honest is not the same as vague."""
    plain = [trial for trial in _known(offer, dtype) if trial.row.kind == "plain"]
    sharp = [trial.estimate.error <= relative * (abs(trial.estimate.value) + 1) for trial in plain]
    assert sum(sharp) >= 0.9 * len(sharp)
