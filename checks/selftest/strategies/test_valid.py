"""Promise one: valid by construction. No draw is thrown away; every case runs, in the reference and in PyTorch."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis.statistics import collector

from checks.case import Case, parse
from checks.families import families
from checks.family import Family
from checks.oracles.torch_autograd import TorchAutograd
from checks.selftest.part import thorough, tried
from checks.witness import Trial

FAMILIES = pytest.mark.parametrize("sheet", [pytest.param(sheet, id=name) for name, sheet in families().items()])
#: Draws of a thorough run, and of any other.
MOST, FEW = 500, 60
DRAWS = MOST if thorough() else FEW
#: PyTorch's average pooling in three axes looks at the input without its padding; the other layers do not.
LIMIT = re.compile(r"input image \(T: \d+ H: \d+ W: \d+\) smaller than kernel size")


@FAMILIES
def test_no_draw_is_rejected_and_every_case_runs(sheet: Family) -> None:
    """Hundreds of draws, none of them invalid; forward and backward give the shapes that the case states."""
    tried("draws", DRAWS, MOST)
    statistics: list[dict[str, Any]] = []

    @settings(max_examples=DRAWS, derandomize=True, database=None, phases=[Phase.generate])
    @given(sheet.cases())
    def runs(case: Case) -> None:
        pull = sheet.reference.vjp(case)
        assert pull.y.shape == case.shapes["dy"]
        for name in case.arguments:
            assert pull.gradients[f"d{name}"].shape == case.shapes[name]

    with collector.with_value(statistics.append):  # type: ignore[arg-type]
        runs()
    # Hypothesis cuts some draws short itself, to look for smaller ones ("overrun"); a filter would say "invalid".
    found = Counter(each["status"] for each in statistics[0]["generate-phase"]["test-cases"])
    assert found["invalid"] == 0
    assert found["valid"] >= DRAWS


@FAMILIES
def test_pytorch_takes_every_drawn_case_up_to_its_own_limit(sheet: Family) -> None:
    """Its twin gives the same shape; what it refuses is average pooling over inputs smaller than the kernel."""
    torch = pytest.importorskip("torch")
    tried("draws", DRAWS, MOST)
    refused = []

    @settings(max_examples=DRAWS, derandomize=True, database=None, phases=[Phase.generate])
    @given(sheet.cases())
    def runs(case: Case) -> None:
        try:
            assert _twin_shape(torch, sheet, case) == case.shapes["dy"]
        except RuntimeError as error:
            refused.append(str(error))

    runs()
    assert not refused or sheet.name == "avg_pool"
    assert all(LIMIT.search(reason) for reason in refused), refused
    assert len(refused) <= 0.2 * DRAWS


def _twin_shape(torch: Any, sheet: Family, case: Case) -> tuple[int, ...]:
    tensors = {name: torch.tensor(array.astype(np.float64)) for name, array in case.inputs.items()}
    return tuple(sheet.torch_twin(torch, tensors, case.config).shape)


@FAMILIES
def test_what_pytorch_refuses_in_a_sweep_is_counted_and_few(sheet: Family) -> None:
    """A witness that stays silent too often would be no witness; it says why each time."""
    cases = list(islice(sheet.sweep(0, 100), 100))
    spoken = [list(TorchAutograd().claims(Trial(sheet.reference, sheet, case))) for case in cases]
    silent = [claims[0] for claims in spoken if claims[0].blind]
    assert all(LIMIT.search(claim.why) for claim in silent)
    assert len(silent) <= (20 if sheet.name == "avg_pool" else 0)


@FAMILIES
def test_every_drawn_case_replays_from_its_text(sheet: Family) -> None:
    """The text holds all that was drawn: the same shapes, keywords and bits."""

    @given(sheet.cases())
    def replays(case: Case) -> None:
        again = parse(str(case))
        assert again == case
        assert (again.shapes, again.config) == (case.shapes, case.config)
        for name in case.shapes:
            np.testing.assert_array_equal(again.array(name), case.array(name), strict=True)

    replays()


@FAMILIES
def test_a_case_is_rebuilt_from_its_own_geometry(sheet: Any) -> None:
    """Shapes and keywords to numbers and back: what shrinking relies on."""

    @given(sheet.cases())
    def rebuilds(case: Case) -> None:
        geometry = sheet.geometry(case)
        assert sheet.shapes(geometry) == {name: case.shapes[name] for name in case.arguments}
        rebuilt = sheet.case(geometry, case.dtype, sheet.kinds[0], case.seed)
        assert rebuilt.shapes == case.shapes
        assert sheet.geometry(rebuilt) == geometry

    rebuilds()
