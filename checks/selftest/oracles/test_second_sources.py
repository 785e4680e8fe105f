"""Reference, textbook and PyTorch: each sees a wrong output and a wrong gradient, and says when it is silent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks.families import family
from checks.oracles import textbook
from checks.oracles.reference import Reference
from checks.oracles.textbook import Textbook
from checks.oracles.torch_autograd import TorchAutograd
from checks.selftest.spoil import NAMES, case_of, faults, heard, spoiled
from checks.witness import Witness

SOURCES = pytest.mark.parametrize("witness", [Reference(), Textbook(), TorchAutograd()], ids=lambda each: each.law)


@SOURCES
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [0, 1])
def test_each_gradient_that_is_off_in_one_entry_is_seen(witness: Witness, name: str, kind: int) -> None:
    """By a billionth of what it is worth."""
    case = case_of(name, kind=kind)
    for argument in case.arguments:
        of = f"d{argument}"

        def change(found: Any, of: str = of) -> Any:
            spoilt = found[of].copy()
            spoilt.flat[np.argmax(np.abs(spoilt))] *= 1 + 1e-9
            return found | {of: spoilt}

        assert faults(witness, spoiled(name, change), case) == {of}


@SOURCES
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_forward_with_the_right_gradients_is_seen(witness: Witness, name: str) -> None:
    """The output is judged too."""
    right = family(name).reference

    def forward(arrays: Any, config: Any) -> Any:
        y, saved = right.forward(arrays, config)
        return y + 1, saved

    assert faults(witness, replace(right, forward=forward), case_of(name)) == {"y"}


@SOURCES
@pytest.mark.parametrize("name", NAMES)
def test_right_layers_pass_and_something_was_compared(witness: Witness, name: str) -> None:
    """Exactly, on integers that nothing divides."""
    for verdict in heard(witness, family(name).reference, case_of(name)):
        assert (verdict.status, verdict.compared > 0, verdict.exact) == ("right", True, True)


def test_where_no_bound_holds_the_sentence_says_so() -> None:
    """More roundings than a format has room for: gamma is no number, and none is printed."""
    shapes = {"x": (1, 1200, 1), "weight": (1, 1200, 1)}
    config = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
    case = family("conv").case_of(shapes, config, "float16", "normal", 1)
    (said,) = {each.why for each in heard(Reference(), family("conv").reference, case) if each.of == "y"}
    assert said == "gamma_1201 (1,201 roundings are too many for float16): nothing bounds the error"


def test_the_textbook_is_silent_where_its_loops_would_be_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says how long, and how long is too long."""
    monkeypatch.setattr(textbook, "MOST_STEPS", 5)
    found = heard(Textbook(), family("conv").reference, case_of("conv"))
    assert {verdict.status for verdict in found} == {"blind"}
    assert {verdict.why for verdict in found} == {"6 steps are too many for loops (at most 5)"}


def test_pytorch_is_silent_in_long_double() -> None:
    """It has no such format."""
    found = heard(TorchAutograd(), family("relu").reference, case_of("relu", "longdouble"))
    assert {(verdict.status, verdict.why) for verdict in found} == {("blind", "PyTorch has no longdouble")}


def test_a_missing_pytorch_is_one_witness_fewer_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the remedy."""
    monkeypatch.setattr("checks.oracles.torch_autograd.find_spec", lambda _: None)
    found = heard(TorchAutograd(), family("relu").reference, case_of("relu"))
    assert {verdict.status for verdict in found} == {"blind"}
    assert "pip install torch" in found[0].why
