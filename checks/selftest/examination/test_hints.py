"""What may be said of a layer whose cases it was never meant to take is hinted at where a shape shows it."""

from __future__ import annotations

import pytest

from checks.claim import Verdict
from checks.report.hints import hints
from checks.selftest.spoil import case_of
from checks.tally import Finding


@pytest.mark.parametrize(
    ("came", "family", "alone", "channels"),
    [
        ("(2, 2, 1, 1)", "max_pool", "right", "2"),
        ("(2, 9, 2, 1)", "max_pool", "right", ""),
        ("(2, 2, 1, 1)", "max_pool", "", ""),
        ("(2, 2, 1, 1)", "conv", "right", ""),
    ],
    ids=["kept", "another axis", "wrong alone", "of a weight"],
)
def test_channels_that_a_layer_keeps_of_its_first_forward_are_told(
    came: str, family: str, alone: str, channels: str
) -> None:
    """Where a case of as many others is right alone, and y came with fewer."""
    case = case_of(family)
    verdict = Verdict("shape", "y", "wrong", f"L: y has shape {came}; expected exactly (2, 9, 1, 1): one that", wrong=1)
    said = list(hints(Finding("shape", case, verdict, case, verdict, alone=alone), ["shape"]))
    kept = [each for each in said if "keeps the number of channels" in each]
    assert [each.partition("supports=")[2] for each in kept] == [f"{{'channels': {channels}}}"] * bool(channels)


@pytest.mark.parametrize(
    ("raised", "hinted"), [("NameError: name 'dyy' is not defined", False), ("ValueError: no", True)]
)
def test_a_name_that_is_not_there_is_no_limit(raised: str, hinted: bool) -> None:
    """No case has it, and nothing that a layer says of itself helps."""
    case = case_of("relu")
    verdict = Verdict("runs", "y", "wrong", f"L: backward raised {raised}", wrong=1)
    said = list(hints(Finding("runs", case, verdict, case, verdict), ["runs"]))
    assert any(each.startswith("a layer that does not take such cases says so") for each in said) is hinted
