"""A dy of ones, which a sum hands back, or of a single 1, is met with the settings that layers have most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.examination import WITNESSES, Examination
from checks.families import families, family
from checks.families.constants import with_constants_of
from checks.judge import verdicts
from checks.oracles.reference import Reference
from checks.subject import Subject
from checks.witness import Trial

AVERAGE = family("avg_pool")


def plain(name: str) -> list[Case]:
    """Those of a family."""
    return list(family(name).plain_upstream(0, (1, 2, 3)))


@pytest.mark.parametrize("name", families())
def test_every_family_meets_ones_and_a_single_one_and_is_right_there(name: str) -> None:
    """By every law, on as many as a family has."""
    sheet, cases = family(name), plain(name)
    assert {float(case.dy.sum()) for case in cases} >= {1.0, float(cases[0].dy.size)}
    for case in cases[:6]:
        assert set(np.unique(case.dy)) <= {0.0, 1.0}
        for witness in WITNESSES:
            assert all(verdict.status != "wrong" for verdict in verdicts(witness, Trial(sheet.reference, sheet, case)))


def shortcut(arrays: Any, config: Any) -> Any:
    """Average pooling whose backward takes ones to ones at a stride of 1: wrong at every border."""
    y, saved = AVERAGE.reference.forward(arrays, config)
    return y, (saved, arrays["x"].shape, config["stride"])


def backward(dy: Any, kept: Any) -> Any:
    """As said."""
    saved, shape, stride = kept
    if stride == 1 and dy.size > 1 and np.all(dy == 1):
        return {"dx": np.ones(shape, dy.dtype)}
    return AVERAGE.reference.backward(dy, saved)


def test_a_path_of_its_own_for_ones_is_seen() -> None:
    """The dy of every plainer case is of ones, too."""
    wrong = Subject("shortcut", shortcut, backward)
    examination = Examination(wrong, AVERAGE, (Reference(),))
    for case in plain("avg_pool"):
        if np.all(case.dy == 1):
            examination.judge(case)
    (finding,) = examination.findings.values()
    assert all(np.all(plainer.dy == 1) for plainer in AVERAGE.simpler(finding.case))


def test_numbers_that_differ_are_not_taken_along() -> None:
    """There are others in another shape."""
    plain = AVERAGE.case_of({"x": (1, 1, 3)}, {"kernel_size": 2, "stride": 1}, "float64", "normal", 0)
    longer = AVERAGE.case_of({"x": (1, 1, 4)}, {"kernel_size": 2, "stride": 1}, "float64", "normal", 0)
    assert with_constants_of(plain.holding("dy", np.array([[[2.0, 2.0]]])), longer).values["dy"] == (((2.0,) * 3,),)
    assert not with_constants_of(plain.holding("dy", np.array([[[2.0, 3.0]]])), longer).values
