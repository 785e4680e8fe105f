"""The sheets: output shapes, roundings, exactness and simplifications, against brute force and PyTorch."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.errors import CaseError, UsageError
from checks.families import families, family
from checks.families.geometric import GeometricFamily
from checks.selftest.spoil import NAMES, case_of
from checks.witness import Trial

SHEETS = pytest.mark.parametrize(
    "sheet", [pytest.param(each, id=name) for name, each in families().items() if isinstance(each, GeometricFamily)]
)
CASES = 60


def _cases(sheet: GeometricFamily, seed: int = 3) -> list[Case]:
    return list(islice(sheet.sweep(seed, CASES), CASES))


@SHEETS
def test_the_stated_output_shape_is_the_one_that_the_reference_gives(sheet: GeometricFamily) -> None:
    """Counted from the numbers, without running anything; here it is run."""
    for case in _cases(sheet):
        assert sheet.reference.vjp(case).y.shape == case.shapes["dy"], str(case)


def _terms(sheet: GeometricFamily, case: Case) -> dict[str, int]:
    """The most summands behind one element of each result: the layer run on ones."""
    ones = {name: np.ones(value.shape) for name, value in case.inputs.items()}
    pull = sheet.reference.pull(ones, case.config, np.ones(case.shapes["dy"]))
    return {of: int(np.ceil(np.max(value, initial=0.0))) for of, value in pull.named().items()}


@pytest.mark.parametrize("name", ["conv", "max_pool", "relu"])
def test_roundings_are_no_fewer_than_the_additions_behind_an_element(name: str) -> None:
    """As many as terms, less one; a bound from fewer would call a right layer wrong."""
    sheet: Any = family(name)
    for case in _cases(sheet):
        roundings = sheet.roundings(case.shapes, case.config)
        for of, terms in _terms(sheet, case).items():
            assert roundings[of] >= min(terms, 2) - 1 if sheet.selects and of == "y" else roundings[of] >= terms - 1


@SHEETS
def test_every_layer_is_exact_in_every_format_wherever_its_sheet_says_so(sheet: GeometricFamily) -> None:
    """A bound of zero is a promise: run in double precision and in the format itself, the numbers are equal."""
    promised = 0
    for case in _cases(sheet):
        trial = Trial(sheet.reference, sheet, case)
        wide = sheet.reference.pull(trial.wide_inputs, case.config, trial.wide_dy).named()
        for of, value in trial.got.named().items():
            exact = np.broadcast_to(trial.bound(of) == 0, value.shape)
            promised += int(np.count_nonzero(exact))
            np.testing.assert_array_equal(value[exact], wide[of][exact], err_msg=str(case))
    assert promised > 0


@SHEETS
def test_simpler_cases_are_valid_layers(sheet: GeometricFamily) -> None:
    """Each of them runs in the shape that it states, and none changes the family."""
    for case in _cases(sheet)[:20]:
        for simpler in sheet.simpler(case):
            assert simpler.family == case.family
            assert sheet.reference.vjp(simpler).y.shape == simpler.shapes["dy"]


@SHEETS
def test_the_plainest_case_has_nothing_simpler(sheet: GeometricFamily) -> None:
    """Shrinking ends there."""
    case = next(iter(_cases(sheet)))
    while (simpler := next(iter(sheet.simpler(case)), None)) is not None:
        case = simpler
    assert case.dtype == "float64"
    assert case.data == sheet.kinds[0]
    assert max(case.shapes["x"]) == 1


INVALID: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "kernel beyond the input": ("conv", {"x": (1, 1, 2), "weight": (1, 1, 3)}, {}),
    "stride 0": ("conv", {"x": (1, 1, 2), "weight": (1, 1, 1)}, {"stride": 0}),
    "negative padding": ("conv", {"x": (1, 1, 9), "weight": (1, 1, 1)}, {"padding": -1}),
    "dilation 0": ("max_pool", {"x": (1, 1, 4)}, {"kernel_size": 2, "dilation": 0}),
    "padding beyond half the kernel": ("avg_pool", {"x": (1, 1, 4)}, {"kernel_size": 2, "padding": 2}),
    "a window of padding alone": ("max_pool", {"x": (1, 1, 1)}, {"kernel_size": 2, "padding": 1, "dilation": 2}),
    "more groups than channels": ("conv", {"x": (1, 2, 3), "weight": (1, 1, 1)}, {"groups": 2}),
}


@pytest.mark.parametrize("fault", list(INVALID))
def test_a_configuration_that_is_no_layer_is_turned_down(fault: str) -> None:
    """By the harness itself, before any layer runs: with the shapes and keywords."""
    name, shapes, config = INVALID[fault]
    with pytest.raises(CaseError, match=f"{name} with .*"):
        family(name).case_of(shapes, config, "float64", "integers", 0)


@pytest.mark.parametrize("name", ["max_pool", "relu"])
@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("seed", range(10))
def test_a_layer_with_kinks_is_linear_as_far_as_its_sheet_says(name: str, kind: int, seed: int) -> None:
    """Every entry moves by its reach at once, up or down: no winner changes, no sign."""
    sheet, case = family(name), case_of(name, kind=kind, seed=seed)
    move = sheet.reach(case, "x") * np.random.default_rng(seed).choice([-1.0, 1.0], case.shapes["x"])
    assert sheet.reach(case, "x") > 0
    before = sheet.reference.vjp(case).gradients["dx"]
    after = sheet.reference.pull({"x": case.inputs["x"] + move}, case.config, case.dy).gradients["dx"]
    np.testing.assert_array_equal(before, after)


def test_families_are_found_by_name_and_others_turned_down_with_the_list() -> None:
    """What there is, in alphabetical order."""
    assert set(NAMES) <= set(families())
    assert list(families()) == sorted(families())
    with pytest.raises(UsageError, match=r"'linear_' is no family; expected one of avg_pool, conv, .*relu"):
        family("linear_")
