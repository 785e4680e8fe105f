"""The contracts of every family hold, and are not blind, in every format that its reference takes."""

from __future__ import annotations

from itertools import islice

import pytest

from checks.families import family
from checks.invariants import INVARIANTS
from checks.judge import verdicts
from checks.witness import Trial

FORMATS = ("float64", "float32", "float16", "longdouble")
TAKES = [(name, dtype) for name in ("avg_pool", "conv", "max_pool", "relu") for dtype in FORMATS]
COMPLEX = [("conv", dtype) for dtype in ("complex64", "complex128")]


@pytest.mark.long(keep=4)
@pytest.mark.sweep("formats of references", 3)
@pytest.mark.parametrize(("name", "dtype"), TAKES + COMPLEX)
def test_references_keep_every_contract_in_every_format(name: str, dtype: str) -> None:
    """Nothing wrong, no hazard, and something compared by more than half of the laws."""
    sheet, spoke = family(name), set[str]()
    for case in islice(sheet.sweep(1, 12), 12):
        shapes = {argument: case.shapes[argument] for argument in case.arguments}
        trial = Trial(sheet.reference, sheet, sheet.case_of(shapes, case.config, dtype, case.data, case.seed))
        found = [verdict for witness in INVARIANTS for verdict in verdicts(witness, trial)]
        assert [str(verdict) for verdict in found if verdict.status in {"wrong", "hazard"}] == []
        spoke |= {verdict.law for verdict in found if verdict.compared}
    assert len(spoke) > len(INVARIANTS) // 2
