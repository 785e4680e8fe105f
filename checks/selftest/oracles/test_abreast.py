"""Several forwards are one call where samples, or kernels, know nothing of each other, and as many calls elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks.case import Case
from checks.families import family
from checks.oracles.abreast import abreast
from checks.oracles.finite_difference import FiniteDifference
from checks.scope.limits import Limits, limited
from checks.selftest.spoil import faults
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial


def _case(groups: int) -> Case:
    config = {"stride": (1, 2), "padding": 1, "dilation": 1, "groups": groups}
    shapes = {"x": (2, 4, 5, 6), "weight": (6, 4 // groups, 3, 3), "bias": (6,)}
    return family("conv").case_of(shapes, config, "float64", "integers", 5)


def _several(case: Case, argument: str) -> Array:
    return np.stack([case.array(argument) + step for step in range(3)])


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("argument", ["x", "weight"])
def test_one_call_gives_what_each_alone_gives(argument: str, groups: int) -> None:
    """Kernels of a group stay in their group."""
    case = _case(groups)
    trial, several = Trial(family("conv").reference, family("conv"), case), _several(case, argument)
    found = abreast(trial, argument, several)
    each = [trial.subject.apply({**case.inputs, argument: value}, case.config) for value in several]
    assert found is not None
    assert np.array_equal(found, np.stack(each))


@pytest.mark.parametrize(("argument", "limits"), [("x", {"batch": 2}), ("weight", {"out_channels": 6})])
def test_a_layer_of_one_size_is_not_called_with_another(argument: str, limits: Config) -> None:
    """Its user has said so, and compiled code may write past its end."""
    case, sheet, calls = _case(1), limited(Limits(family("conv"), limits)), list[Config]()
    trial = Trial(_counting(calls), sheet, case)
    assert abreast(trial, argument, _several(case, argument)) is None
    assert not calls


def test_a_layer_that_refuses_other_sizes_is_called_for_each() -> None:
    """And all of its entries are compared."""
    case = _case(1)

    def forward(arrays: Arrays, config: Config) -> tuple[Array, object]:
        if len(arrays["weight"]) != 6:
            raise ValueError("six kernels")
        return family("conv").reference.forward(arrays, config)

    subject = replace(family("conv").reference, forward=forward)
    assert abreast(Trial(subject, family("conv"), case), "weight", _several(case, "weight")) is None
    assert not faults(FiniteDifference(), subject, case)


def test_kernels_that_know_of_each_other_are_moved_one_by_one() -> None:
    """What is right then is not called wrong, since each derivative is of its own forward."""
    case, sheet = _case(1), family("conv")

    def forward(arrays: Arrays, config: Config) -> tuple[Array, object]:
        y, saved = sheet.reference.forward(arrays, config)
        return y + (100 if len(arrays["weight"]) != 6 else 0) * arrays["weight"].sum(), saved

    assert not faults(FiniteDifference(), replace(sheet.reference, forward=forward), case)


def _counting(calls: list[Config]) -> Subject:
    right = family("conv").reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, object]:
        calls.append(config)
        return right.forward(arrays, config)

    return replace(right, forward=forward)
