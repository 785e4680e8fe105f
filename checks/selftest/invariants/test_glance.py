"""Contracts that break in one rare configuration alone are met in the wide look, at the price of a call or two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.claim import Verdict
from checks.examination import Examination
from checks.families import family
from checks.invariants.glance import FEW, GlanceAtLayout, GlanceAtRepetition
from checks.invariants.purity import FirstArguments
from checks.scope.limits import Limits
from checks.scope.wide import Wide, wide_cases
from checks.selftest.spoil import NAMES, case_of, faults, heard, of_dy
from checks.subject import Subject
from checks.types import Array


def _misread(dy: Array) -> Array:
    """Fortran's order as if it were C's."""
    fortran = dy.flags.f_contiguous and not dy.flags.c_contiguous
    return dy.T.reshape(dy.shape) if fortran else dy


def _keeping(right: Subject) -> Subject:
    """Gives a multiple by how often it was called on arrays of other numbers in between."""
    last = list[Array]()

    def backward(dy: Any, saved: Any) -> Any:
        last.append(dy.copy())
        before = len(last) > 1 and not np.array_equal(last[-2], last[-1])
        return {name: value * (1 + before) for name, value in right.backward(dy, saved).items()}

    return replace(right, backward=backward)


def _refusing(right: Subject) -> Subject:
    def backward(dy: Any, saved: Any) -> Any:
        if not dy.flags.c_contiguous:
            raise ValueError("dy must be contiguous")
        return right.backward(dy, saved)

    return replace(right, backward=backward)


@pytest.mark.parametrize("name", NAMES)
def test_an_upstream_gradient_in_fortran_order_that_is_misread_is_a_matter_of_layout(name: str) -> None:
    """And of nothing else."""
    wrong = of_dy(name, _misread)
    assert faults(GlanceAtLayout(), wrong, case_of(name)) > set()
    assert not faults(GlanceAtRepetition(), wrong, case_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_of_calls_on_other_numbers_is_no_matter_of_layout(name: str) -> None:
    """It is not repeatable."""
    right = family(name).reference
    assert faults(GlanceAtRepetition(), _keeping(right), case_of(name)) > set()
    assert not faults(GlanceAtLayout(), _keeping(right), case_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_right_layers_pass_at_a_glance_in_every_format(name: str) -> None:
    """With no word of wrong, and no hazard."""
    cases = [case_of(name, dtype, seed=seed) for dtype in ("float16", "float32", "float64") for seed in (0, 1, 6, 7)]
    assert {verdict.status for case in cases for verdict in _glances(family(name).reference, case)} == {"right"}


def test_a_layer_that_refuses_what_is_not_contiguous_is_dangerous_and_not_wrong() -> None:
    """As by the whole law."""
    refusing = _refusing(family("relu").reference)
    assert {verdict.status for verdict in _glances(refusing, case_of("relu"))} == {"right", "hazard"}


def test_a_case_in_three_is_looked_at_if_it_is_small() -> None:
    """Both formats of cases that take them by turns are among them."""
    sheet = family("relu")
    looked = [seed for seed in range(12) if _glances(sheet.reference, case_of("relu", seed=seed))]
    assert looked == [0, 1, 6, 7]
    large = sheet.case_of({"x": (1, 1, FEW)}, {}, "float64", "distinct", 0)
    assert not _glances(sheet.reference, large)


def test_the_wide_look_meets_a_contract_that_breaks_in_a_rare_configuration() -> None:
    """Padding, a stride and Fortran's order; the laws of the wide look alone are asked."""
    conv = family("conv")

    def backward(dy: Any, saved: Any) -> Any:
        windows = saved.windows
        rare = windows.before[0] and windows.stride[0] > 1 and windows.dilation[0] > 1
        return conv.reference.backward(_misread(dy) if rare else dy, saved)

    examination = Examination(replace(conv.reference, backward=backward), conv)
    wide = Wide(examination, islice(wide_cases(Limits(conv, {}), 0), 600))
    examination.seconds = 1e9  # as if every law had been asked for that long
    wide.catch_up(lambda: 1e9)
    assert set(examination.findings) == {"layout"}


def test_arguments_of_a_large_case_are_counted_as_blind() -> None:
    """Nothing is kept of its first calls, so nothing is said, and that is seen."""
    sheet = family("relu")
    small, large = (sheet.case_of({"x": (1, 1, n)}, {}, "float32", "distinct", 0) for n in (10, 60_000))
    assert {(each.of, each.status) for each in heard(FirstArguments(), sheet.reference, small)} == {
        ("x", "right"),
        ("dy", "right"),
    }
    said = heard(FirstArguments(), sheet.reference, large)
    assert {(each.of, each.status, each.blind) for each in said} == {("x", "blind", 60_000), ("dy", "blind", 60_000)}


def _glances(subject: Subject, case: Case) -> Iterable[Verdict]:
    return [verdict for law in (GlanceAtRepetition(), GlanceAtLayout()) for verdict in heard(law, subject, case)]
