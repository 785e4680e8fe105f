"""Counts past the end of a block come beside every other setting."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from checks.case import Case, parse
from checks.families import families, family
from checks.families.geometric import GeometricFamily
from checks.families.windowed import each_axis
from checks.oracles.reference import Reference
from checks.scope.limits import Limits
from checks.scope.wide import wide_cases
from checks.selftest.contracts.plant import complaints
from checks.strategies.mixed import products
from checks.strategies.tails import COUNTED, MOST_WORK
from checks.subject import Subject
from checks.types import Array, Arrays, Config

GEOMETRIC = [name for name, sheet in families().items() if isinstance(sheet, GeometricFamily)]

#: Cases of the wide look: those of some seconds.
EARLY = 800

#: What a tile has of samples or channels.
BLOCK = 16


def sheet_of(name: str) -> GeometricFamily:
    """A family's sheet."""
    found = family(name)
    assert isinstance(found, GeometricFamily)
    return found


@pytest.mark.parametrize("name", GEOMETRIC)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_they_are_valid_and_take_few_products(name: str, axes: int) -> None:
    """The reference takes each; it replays from its text; one number is past a block."""
    sheet = sheet_of(name)
    for case in islice(sheet.tailed(3, (axes,)), 12):
        found = sheet.geometry(case)
        assert sheet.reference.vjp(case).y.shape == case.shapes["dy"]
        assert parse(str(case)) == case
        assert products(found) <= MOST_WORK
        assert max(*case.shapes["x"], found.groups * found.outputs) >= min(map(min, COUNTED.values()))


def test_they_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    """In every order of axes."""
    first, again, other = (list(islice(sheet_of("conv").tailed(seed, (1, 2)), 8)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def setting_forgotten_in_the_tail(right: Subject) -> Subject:
    """Convolution of more than 16 channels, all of one group, whose dx is wrong where it is dilated."""
    return _planted(right, "dx", lambda x, config: x[1] > BLOCK and config["groups"] == 1 and _dilated(config))


def batch_in_the_tail(right: Subject) -> Subject:
    """Convolution whose dweight is wrong where it is dilated and there are more than 16 samples."""
    return _planted(right, "dweight", lambda x, config: x[0] > BLOCK and _dilated(config))


def _dilated(config: Config) -> bool:
    return max(each_axis(config["dilation"], 2)) > 1


def _planted(right: Subject, of: str, errs: Any) -> Subject:
    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, errs(arrays["x"].shape, config))

    def pull(dy: Array, saved: Any) -> Arrays:
        own, wrong = saved
        found = dict(right.backward(dy, own))
        return {**found, of: -found[of]} if wrong else found

    return Subject("planted", run, pull)


@pytest.mark.parametrize("make", [setting_forgotten_in_the_tail, batch_in_the_tail])
@pytest.mark.parametrize("seed", [0, 1])
def test_what_goes_wrong_past_a_block_in_one_setting_is_found_early(make: Any, seed: int) -> None:
    """By the second source alone; on cases that are wrong for no other reason."""
    conv = sheet_of("conv")
    planted = make(conv.reference)
    tried = (case for case in islice(wide_cases(Limits(conv, {"axes": 2}), seed), EARLY) if _past(case))
    assert any(complaints(planted, "conv", tried, [Reference()]))


def _past(case: Case) -> bool:
    return max(case.shapes["x"][:2]) > BLOCK
