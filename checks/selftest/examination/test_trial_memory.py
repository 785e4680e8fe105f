"""What laws make of a case goes with it: a case of production size may fill half of the memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import ReferenceType, ref

import pytest

from checks.claim import Claim
from checks.examination import WITNESSES, Examination
from checks.families import family
from checks.selftest.spoil import case_of
from checks.witness import Trial, Witness


class Noting(Witness):
    """Notes the trials that it is given, and holds none."""

    law = "noted"

    def __init__(self) -> None:
        self.trials = list[ReferenceType[Trial]]()

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """None."""
        self.trials.append(ref(trial))
        return iter(())


@pytest.mark.parametrize("name", ["relu", "conv", "max_pool", "avg_pool"])
def test_a_case_is_let_go_when_every_law_was_heard(name: str) -> None:
    """No law leaves a circle that keeps the case, its gradients and a layer's graph until the collector comes."""
    sheet, noting = family(name), Noting()
    examination, case = Examination(sheet.reference, sheet, (*WITNESSES, noting)), case_of(name)
    examination.judge(case)  # so that what is imported on the way is there
    with _uncollected():
        assert examination.judge(case)
        assert noting.trials[-1]() is None


@contextmanager
def _uncollected() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
