"""Sums that are kept in half precision: a hazard where each number is added by itself, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from math import prod
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.claim import Verdict
from checks.compare import compare
from checks.families import family
from checks.invariants.arithmetic import Arithmetic
from checks.invariants.half_sums import FEWEST, half_sums
from checks.judge import verdicts
from checks.oracles.reference import Reference
from checks.scope.limits import Limits
from checks.scope.spend import swept
from checks.selftest.contracts.plant import cases
from checks.subject import Subject
from checks.types import Array, Arrays
from checks.witness import Trial

#: Numbers of a case that is tried.
SMALL = 4_000

Sum = Callable[[Array], Array]


def _one_by_one(dy: Array) -> Array:
    total = np.zeros(dy.shape[1], dy.dtype)
    for column in np.moveaxis(dy, 1, 0).reshape(dy.shape[1], -1).T:
        total = total + column
    return total


def _sample_by_sample(dy: Array) -> Array:
    total = np.zeros(dy.shape[1], dy.dtype)
    for sample in dy.reshape(*dy.shape[:2], -1):
        total = total + sample.sum(axis=1, dtype=np.float32).astype(dy.dtype)
    return total


def _at_once(dy: Array) -> Array:
    return np.asarray(dy.sum(axis=(0, *range(2, dy.ndim))))


def _layer(add_up: Sum) -> Subject:
    """A convolution that adds up dbias so."""
    right = family("conv").reference

    def backward(dy: Array, saved: Any) -> Arrays:
        found = dict(right.backward(dy, saved))
        return {**found, "dbias": add_up(dy)} if "dbias" in found else found

    return Subject("planted", right.forward, backward)


def _halves() -> Iterator[Case]:
    """Cases of half precision with a bias, and planes that are not the smallest."""
    sheet = family("conv")
    for case in islice(filter(_asked, sheet.sweep(0, 100)), 12):
        shapes = {name: case.shapes[name] for name in case.arguments}
        yield sheet.case_of(shapes, case.config, "float16", case.data, case.seed)


def _asked(case: Case) -> bool:
    planes = prod(case.shapes["dy"][2:]) >= FEWEST
    return planes and "bias" in case.shapes and case.filled and case.seed % 2 == 0 and case.sizes() < SMALL


def _heard(add_up: Sum) -> list[Verdict]:
    layer, sheet = _layer(add_up), family("conv")
    return [verdict for case in _halves() for verdict in verdicts(Arithmetic(), Trial(layer, sheet, case))]


def test_ones_that_are_added_one_by_one_in_half_precision_are_a_hazard() -> None:
    """2048 comes where there are hundreds of ones more; it is within the bound of a sum, so that it is not wrong."""
    found = [verdict for verdict in _heard(_one_by_one) if verdict.status != "right"]
    assert {(verdict.of, verdict.status) for verdict in found} == {("dbias", "hazard")}
    assert all("add up in float32" in verdict.why and verdict.worst and verdict.worst.got == 2048 for verdict in found)


@pytest.mark.parametrize("add_up", [_sample_by_sample, _at_once])
def test_sums_that_lose_less_are_none(add_up: Sum) -> None:
    """Of samples, as PyTorch's dilated convolution adds them up, and as NumPy adds."""
    assert {verdict.status for verdict in _heard(add_up)} == {"right"}


def test_half_precision_inside_a_layer_of_float32_is_wrong() -> None:
    """It is within no bound of float32: the second source says so, of as few samples as there are."""
    sheet = family("conv")
    narrow = [case for case in _halves() if prod(case.shapes["dy"]) // case.shapes["dy"][1] > FEWEST]
    wide = [sheet.case_of(case.shapes, case.config, "float32", "normal", case.seed) for case in narrow]
    layers = (_layer(lambda dy: _one_by_one(dy.astype(np.float16)).astype(dy.dtype)), _layer(_one_by_one))
    wrong, right = ([verdicts(Reference(), Trial(layer, sheet, case)) for case in wide] for layer in layers)
    assert all({each.of for each in said if each.status == "wrong"} == {"dbias"} for said in wrong)
    assert not any(each.status == "wrong" for said in right for each in said)


def test_it_is_asked_of_parameters_in_half_precision_alone() -> None:
    """Of no pooling, and in no wider format."""
    trials = (Trial(family(name).reference, family(name), case) for name in ("conv", "relu") for case in cases(name))
    assert not any(list(half_sums("arithmetic", trial)) for trial in trials if trial.case.dtype != "float16")
    sheet = family("conv")
    assert any(list(half_sums("arithmetic", Trial(sheet.reference, sheet, case))) for case in _halves())


def _scaled(dy: Array) -> Array:
    """With a loss scale that is put on and taken off in the format of dy."""
    scale = dy.dtype.type(256)
    return np.asarray(dy.astype(np.float32).sum(axis=(0, *range(2, dy.ndim))).astype(dy.dtype) * scale / scale)


@pytest.mark.filterwarnings("ignore:overflow")
def test_a_sum_that_overflows_where_it_is_small_is_wrong() -> None:
    """2559 is far from the 65504 that float16 holds; to lose digits there would be a hazard."""
    found = [verdict for verdict in _heard(_scaled) if verdict.status != "right"]
    assert {(verdict.of, verdict.status) for verdict in found} == {("dbias", "wrong")}
    assert all(verdict.why.startswith("it overflows on its way") for verdict in found)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_every_sweep_of_convolutions_asks_it_early(axes: int) -> None:
    """Whatever its seed draws."""
    limits = Limits(family("conv"), {"axes": axes})
    early = [case for case in islice(swept(limits, 5), 40) if case.dtype == "float16" and limits.takes(case)]
    found = [
        claim for case in early for claim in half_sums("arithmetic", Trial(_layer(_one_by_one), limits.family, case))
    ]
    assert any(judged.status == "hazard" and judged.of == "dbias" for judged in map(compare, found))
