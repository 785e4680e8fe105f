"""Where one mistake breaks many laws, the time for plainer cases is shared among them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from checks import hearing
from checks.claim import Verdict
from checks.families import family
from checks.oracles.reference import Reference
from checks.plainer import Plainest
from checks.selftest.spoil import case_of
from checks.witness import Trial

pytestmark = pytest.mark.usefixtures("plainest")


@pytest.mark.parametrize(("left", "spent", "most"), [(1.0, 0.0, 2.0), (60.0, 18.0, 1.0), (-60.0, 0.0, 0.3)])
def test_one_finding_takes_half_of_what_is_left(
    left: float, spent: float, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 3 s after the end, or of 20 s in all; a little in any case."""
    given = list[float]()

    def shrunk(trial: Trial, *, verdict: Verdict, seconds: float, **_: Any) -> Plainest:
        given.append(seconds)
        return Plainest(trial.case, verdict, {})

    monkeypatch.setattr(hearing, "shrunk", shrunk)
    monkeypatch.setattr(hearing, "BEYOND", 3.0)
    here, sheet = hearing.Here(), family("relu")
    here.end, here.shrinking = time.monotonic() + left, spent
    verdict = Verdict("reference", "dx", "wrong", "off")
    here.plainest(Trial(sheet.reference, sheet, case_of("relu")), Reference(), verdict, lambda each: each)
    assert most - 0.5 < given[0] <= most
