"""Derivatives of a smooth layer take a part of the time that its case has; one of each argument is always taken."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from checks.compare import compare
from checks.opening import opened
from checks.oracles.adjoint import Adjoint
from checks.oracles.finite_difference import FiniteDifference
from checks.witness import Trial

pytestmark = pytest.mark.usefixtures("every_step")

X = np.random.default_rng(0).standard_normal((4, 5))


@pytest.fixture(scope="module")
def trial() -> Trial:
    """A right layer on its example."""
    pair = (lambda x: (np.tanh(x), x), lambda dy, x: dy / np.cosh(x) ** 2)
    examination, limits = opened(pair, "", None, (X,))
    return Trial(examination.subject, examination.family, next(limits.family.sweep(0, 0)))


def test_a_case_without_time_has_one_entry_derived_and_the_others_are_counted(trial: Trial) -> None:
    """Nothing is passed over in silence."""
    (claim,) = FiniteDifference().claims(replace(trial, until=monotonic()))
    verdict = compare(claim)
    assert (verdict.status, verdict.compared, verdict.blind) == ("right", 1, X.size - 1)
    assert "1 entry, no time for more" in claim.why


def test_a_case_with_time_has_all_entries_derived(trial: Trial) -> None:
    """As ever."""
    (claim,) = FiniteDifference().claims(trial)
    assert compare(claim).compared == X.size


def test_one_direction_is_tried_whatever_time_there_is(trial: Trial) -> None:
    """Two where there is time."""
    assert [compare(next(Adjoint().claims(each))).compared for each in (replace(trial, until=monotonic()), trial)] == [
        1,
        2,
    ]
