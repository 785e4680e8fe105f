"""Entries are moved together only where no output sees two of them, and whatever reaches further is still found."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from checks.case import Case
from checks.families import families, family
from checks.oracles.finite_difference import FiniteDifference
from checks.oracles.groups import MOST_TOGETHER, apart
from checks.oracles.together import derivatives
from checks.selftest.spoil import NAMES, case_of, faults
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial


@pytest.mark.parametrize("name", NAMES)
def test_no_entry_reaches_an_output_outside_its_box(name: str) -> None:
    """Over a sweep; a special value shows what it reaches, whatever the other numbers are."""
    sheet = families()[name]
    for case in islice(sheet.sweep(3, 60), 60):
        for argument in case.arguments:
            if case.dy.size:
                _demand_inside(case, argument)


def _demand_inside(case: Case, argument: str) -> None:
    sheet = family(case.family)
    places = np.random.default_rng(case.seed).integers(case.shapes[argument], size=(4, len(case.shapes[argument])))
    arrays = {name: np.ones(shape) for name, shape in case.shapes.items() if name != "dy"}
    before = sheet.reference.apply(arrays, case.config)
    for place, box in zip(places, sheet.reached(case, argument, places), strict=True):
        moved = {name: value.copy() for name, value in arrays.items()}
        moved[argument][tuple(place)] = 3
        changed = sheet.reference.apply(moved, case.config) != before
        changed[tuple(slice(*ends) for ends in box)] = False
        assert not changed.any(), (str(case), argument, place, box)


def test_boxes_of_one_group_do_not_meet_and_every_box_has_a_group() -> None:
    """And a group is not larger than it may be."""
    low = np.random.default_rng(0).integers(0, 20, (70, 3))
    boxes = np.stack([low, low + 3], axis=-1)
    groups = apart(boxes)
    assert sorted(number for group in groups for number in group) == list(range(70))
    assert len(groups) < 35
    for group in groups:
        assert len(group) <= MOST_TOGETHER
        for one in group:
            assert all(np.any(np.abs(low[one] - low[other]) >= 3) for other in group if other != one)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [0, 1])
def test_fewer_forwards_give_the_derivatives_of_a_local_layer(name: str, kind: int) -> None:
    """As many entries as before are compared, with fewer calls."""
    calls: list[Config] = []
    right = family(name).reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, object]:
        calls.append(config)
        return right.forward(arrays, config)

    case = case_of(name, "float64", kind)
    trial = Trial(replace(right, forward=forward), family(name), case)
    compared = sum(claim.got.size for claim in FiniteDifference().claims(trial))
    assert len(calls) < compared / 2


def _leaking(name: str, leak: float) -> Subject:
    """A forward whose every output also holds a share of all entries of x, of which the backward knows nothing."""
    right = family(name).reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, object]:
        y, saved = right.forward(arrays, config)
        return y + leak * arrays["x"].sum(), saved

    return replace(right, forward=forward)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("seed", range(10))
def test_a_forward_that_reaches_further_is_found_entry_by_entry(name: str, kind: int, seed: int) -> None:
    """Steps of both signs might cancel in what leaks; random steps do not."""
    case = case_of(name, "float64", kind, seed)
    assert faults(FiniteDifference(), _leaking(name, 1.0), case) == {"dx"}


def test_nothing_is_said_together_where_outputs_change_that_no_entry_reaches() -> None:
    """The caller then moves the entries one by one."""
    case = case_of("relu")
    trial = Trial(_leaking("relu", 1.0), family("relu"), case)
    assert derivatives(trial, "x", np.array([(0, 0, 0, 0), (1, 2, 4, 3)]), 1.0) is None
    right = Trial(family("relu").reference, family("relu"), case)
    assert derivatives(right, "x", np.array([(0, 0, 0, 0), (1, 2, 4, 3)]), 1.0) is not None
