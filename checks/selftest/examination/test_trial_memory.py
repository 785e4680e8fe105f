"""What laws make of a case goes with it: a case of production size may fill half of the memory."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from checks.examination import WITNESSES, Examination
from checks.families import family
from checks.selftest.spoil import case_of
from checks.witness import Trial


@pytest.mark.parametrize("name", ["relu", "conv", "max_pool", "avg_pool"])
def test_a_case_is_let_go_when_every_law_was_heard(name: str) -> None:
    """No law leaves a circle that keeps the case, its gradients and a layer's graph until the collector comes."""
    sheet = family(name)
    examination, case = Examination(sheet.reference, sheet, WITNESSES), case_of(name)
    examination.judge(case)  # so that what is imported on the way is there
    with _uncollected():
        before = _trials()
        assert examination.judge(case)
        assert _trials() == before


def _trials() -> int:
    return sum(type(each) is Trial for each in gc.get_objects())


@contextmanager
def _uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
