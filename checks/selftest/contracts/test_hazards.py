"""Hazards are judged, counted and listed apart from what is wrong; contracts say where they are blind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.adapters import adapt
from checks.arithmetic import OBSERVED
from checks.case import Case, parse
from checks.claim import Claim, Severity
from checks.compare import compare
from checks.errors import SubjectError
from checks.examination import Examination
from checks.families import family
from checks.invariants import INVARIANTS
from checks.invariants.contract import Contract
from checks.invariants.layout import Layout
from checks.invariants.rehearsal import Rehearsal
from checks.invariants.saved_copies import SavedCopies
from checks.invariants.special_values import SpecialValues
from checks.judge import verdicts
from checks.observed import transforms
from checks.oracles.reference import Reference
from checks.report.findings import describe
from checks.report.story import story
from checks.report.words import DANGERS, dangers
from checks.selftest.contracts.memory_plants import PLANTS as MEMORY
from checks.selftest.contracts.memory_plants import by_reference
from checks.selftest.contracts.plant import cases, complaints
from checks.selftest.contracts.right_layers import RIGHT
from checks.selftest.contracts.value_plants import PLANTS as VALUES
from checks.selftest.part import part
from checks.subject import Subject
from checks.types import Array, Arrays
from checks.witness import Trial

LARGE = Case("relu", {"x": (1, 60_001, 1), "dy": (1, 60_001, 1)}, {"at_zero": 0.0}, data="distinct", unit=4)
SMALL = Case("relu", {"x": (2, 2, 3), "dy": (2, 2, 3)}, {"at_zero": 0.0}, data="distinct", unit=4)


@pytest.mark.parametrize("severity", ["wrong", "hazard"])
def test_a_broken_claim_gets_its_severity(severity: Severity) -> None:
    """One element out of its bound, and a shape that is not the wanted one."""
    one, two = np.ones(1), np.zeros(2)
    assert compare(Claim("law", "y", one, one + 1, np.zeros(1), "why", severity=severity)).status == severity
    assert compare(Claim("law", "y", one, two, two, "why", severity=severity)).status == severity


def test_a_kept_hazard_claim_is_right() -> None:
    """Severity matters only where something is out of its bound."""
    one = np.ones(1)
    assert compare(Claim("law", "y", one, one, np.zeros(1), "why", severity="hazard")).status == "right"


def test_an_examination_lists_hazards_apart() -> None:
    """A hazard is counted, shown with its plainest case, and fails nothing."""
    sheet = family("relu")
    examination = Examination(by_reference(sheet.reference), sheet, INVARIANTS)
    for seed in range(8):  # it says which array is written to
        examination.judge(SMALL.but(seed=seed))
    assert not examination.wrong
    tally = examination.tallies["saved copies"]
    assert tally.hazard
    assert tally.right
    hazard = examination.hazards["saved copies"]
    assert hazard.verdict.status == "hazard"
    assert hazard.shrunk.sizes() <= SMALL.sizes()


@pytest.mark.parametrize("witness", [witness for witness in INVARIANTS if isinstance(witness, Contract)])
def test_a_contract_is_blind_on_a_large_case_or_does_not_apply(witness: Contract) -> None:
    """Nothing is skipped in silence: every claim on a large case counts its elements as blind."""
    sheet = family("relu")
    claims = list(witness.claims(Trial(sheet.reference, sheet, LARGE)))
    assert all(claim.blind == 60_001 for claim in claims)
    assert claims or not witness.applies(Trial(sheet.reference, sheet, LARGE))


def test_every_hazard_has_a_sentence_that_says_why() -> None:
    """For each law that calls a planted fault a hazard."""
    laws = {plant.law for plant in (*MEMORY, *VALUES) if plant.severity == "hazard"}
    assert laws <= DANGERS.keys()
    assert dangers(["layout"], "HAZARD") == [("danger", DANGERS["layout"])]
    assert dangers(["layout"], "WRONG") == []


def test_a_refusal_shows_its_reason_and_no_number() -> None:
    """No entry of y is to blame."""
    error = SubjectError("layer: forward raised ValueError: strides")
    claim = Layout().refused(Trial(family("relu").reference, family("relu"), SMALL), error, "hazard")
    assert describe(compare(claim)) == [("reason", "forward raised ValueError: strides")]


(DECLARED,) = (right for _, right in RIGHT if right.name == "integral image")
UNDECLARED = replace(DECLARED, arithmetic=OBSERVED)


@pytest.mark.long
def test_running_sums_are_seen_and_called_a_hazard_until_they_are_declared() -> None:
    """An integral image rounds more than a plain sum, and is exact on integers."""
    tried = part("cases of running sums", cases("avg_pool"), 2)
    found = examine(UNDECLARED, "avg_pool", cases=tried)
    assert not found.findings, story(found)
    assert "arithmetic" in found.hazards
    declared = examine(DECLARED, "avg_pool", cases=tried)
    assert not declared.findings, story(declared)
    assert "arithmetic" not in declared.hazards


def test_running_sums_of_quotients_may_round_where_nothing_reaches() -> None:
    """A thirtieth that is added and taken away again leaves what rounding left, on integers too."""
    config = {"kernel_size": 6, "stride": 5, "padding": 1, "ceil_mode": False, "count_include_pad": False}
    sheet = family("avg_pool")
    case = sheet.case_of({"x": (1, 1, 24)}, {**config, "divisor_override": None}, "float16", "integers", 1)
    dy = case.but(unit=1, span=1).holding("dy", np.array([[[-1.0, -1.0, 0.0, 0.0, 0.0]]], np.float16))
    heard = verdicts(Reference(), Trial(DECLARED, sheet, dy))
    assert {verdict.status for verdict in heard} == {"right"}
    assert any(verdict.of == "dx" and not verdict.exact for verdict in heard)


def test_a_mistake_in_running_sums_is_wrong() -> None:
    """A millionth too much of one entry is not what running sums round, in float64."""

    def off(dy: Array, saved: Any) -> Arrays:
        dx = dict(UNDECLARED.backward(dy, saved))["dx"].copy()
        dx.flat[:1] *= 1 + 1e-6
        return {"dx": dx}

    wrong, sheet = replace(UNDECLARED, backward=off), family("avg_pool")
    assert any(examine(wrong, sheet.name, cases=[case]).findings for case in cases("avg_pool"))


def load_flipped() -> Subject:
    """A convolution whose dweight is mirrored."""
    right = family("conv").reference

    def flipped(dy: Array, saved: Any) -> Arrays:
        found = dict(right.backward(dy, saved))
        return {**found, "dweight": np.flip(found["dweight"], axis=-1)}

    return replace(right, backward=flipped)


def test_a_plain_sum_that_rounds_large_integers_is_no_transform() -> None:
    """In half precision sums of integers round too; a mistake there is not excused by a transform's bound."""
    sheet = family("conv")
    case = parse(
        "conv(x=(33,4,9,9), weight=(6,2,2,2), bias=(6,), dy=(33,6,3,3); stride=4, padding=((0,1),(0,1)), dilation=1, "
        'groups=2; dtype="float16", data="normal", span=1, unit=1, seed=3970562665)'
    )
    assert not transforms(Trial(sheet.reference, sheet, case))
    assert not transforms(Trial(load_flipped(), sheet, case))


@pytest.mark.parametrize("name", ["last of the tied", "split among the tied"])
def test_what_a_nan_won_may_be_lost_or_be_nan(name: str) -> None:
    """By a mask of the cells that equal y, no cell gets it; divided by how many they are, each gets NaN."""
    (layer,) = (plant.make(family("max_pool").reference) for plant in VALUES if plant.name == name)
    x = np.array([[[1.0, np.nan, 2.0]]])
    with np.errstate(all="ignore"):
        dx = layer.pull({"x": x}, {"kernel_size": 3}, np.ones((1, 1, 1))).gradients["dx"]
    assert np.all(np.isnan(dx)) or not dx.any()
    assert next(map(str, complaints(layer, "max_pool", cases("max_pool"), [SpecialValues()])), None) is None


def test_a_backward_that_cannot_go_back_from_what_the_caller_wrote_is_a_hazard() -> None:
    """As of a Cholesky factor: what was written is none."""

    def forward(x: Array) -> tuple[Array, Array]:
        y = np.log(x)
        return y, y

    def backward(dy: Array, y: Array) -> Array:
        if not np.all(y):
            raise np.linalg.LinAlgError("Singular matrix")
        return np.asarray(dy / np.exp(y))

    x = np.random.default_rng(0).uniform(2, 3, (3, 3))
    found = examine((forward, backward), inputs=(x,), budget="1ms", laws=["saved copies"])
    assert not found.wrong
    assert "backward raised LinAlgError" in found.hazards["saved copies"].verdict.why


@pytest.mark.usefixtures("every_variation")
def test_a_gradient_that_is_even_in_what_it_refers_to_is_a_hazard_too() -> None:
    """Of x**3: other signs alone would leave it what it is."""
    x = np.array([1.0, -2.0, 3.0])
    found = examine((lambda x: (x**3, x), lambda dy, x: 3 * x * x * dy), inputs=(x,), budget="1ms")
    assert set(found.hazards) == {"saved copies"}
    assert not found.wrong


@pytest.mark.parametrize("what", ["the arguments", "y"])
def test_what_was_saved_in_calls_before_is_asked_once_more_and_holds_its_numbers_again(what: str) -> None:
    """No forward of its own where those calls went well; a reference to what was written to shows."""
    arrays: list[Array] = []

    def forward(x: Array, at_zero: float = 0.0) -> tuple[Array, Array]:
        y = np.maximum(x, 0)
        arrays.append(x if what == "the arguments" else y)
        return y, arrays[-1]

    def told(seed: int) -> tuple[set[str], int]:
        trial = Trial(adapt((forward, lambda dy, kept: dy * (kept > 0))), family("relu"), SMALL.but(seed=seed))
        _ = trial.shared(Rehearsal).later
        before, calls = [array.copy() for array in arrays], len(arrays)
        found = {str(verdict.status) for verdict in verdicts(SavedCopies(), trial)}
        assert all(map(np.array_equal, arrays, before))
        return found, len(arrays) - calls

    assert ({"hazard"}, 0) in map(told, range(4))


def test_a_layer_that_does_not_take_the_numbers_of_a_repeated_array_is_no_hazard() -> None:
    """A matrix whose rows are all the same has no inverse, however it lies in memory."""
    x = np.random.default_rng(0).normal(size=(3, 3)) + 3 * np.eye(3)
    pair = (lambda a: (np.linalg.slogdet(a)[1], a.copy()), lambda dy, a: dy * np.linalg.inv(a).T)
    found = examine(pair, inputs=(x,), budget="1ms", laws=["layout"], seed=1)
    assert not found.hazards, story(found)
    assert any(
        "does not take the numbers that are tried as all arrays of stride 0" in line
        for line in found.tallies["layout"].reasons
    )


def test_a_special_value_multiplies_into_nothing_where_a_layer_chooses() -> None:
    """It reaches what is chosen."""
    said = dict[str, set[bool]]()
    for name in ("max_pool", "conv"):
        sheet = family(name)
        trials = [Trial(sheet.reference, sheet, case) for case in cases(name)]
        why = [claim.why for trial in trials for claim in SpecialValues().claims(trial)]
        told = [each for each in why if each.endswith(": it may not be finite") and "times 0" not in each]
        said[name] = {"multiplies into" in each for each in told}
    assert said == {"max_pool": {False}, "conv": {True}}
