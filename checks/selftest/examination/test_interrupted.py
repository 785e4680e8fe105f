"""Ctrl-C at any moment of a question ends it with the examination so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import pytest

from checks import CutShortError, Examination, examine, power, story, verify
from checks.families import family
from checks.isolation import Apart
from checks.isolation.quarters import Quarters
from reference_impl import relu_backward, relu_forward


def stopped(*_: Any, **__: Any) -> NoReturn:
    """A user who has enough."""
    raise KeyboardInterrupt


def until_ctrl_c(question: Callable[..., Any], *asked: Any, **said: Any) -> Examination:
    """The examination of a question that is interrupted."""
    with pytest.raises(CutShortError) as stop:
        question(*asked, **said)
    return stop.value.examination


@pytest.mark.parametrize("question", [examine, verify, power])
def test_ctrl_c_in_the_first_call_gives_an_examination_without_a_case(question: Callable[..., Any]) -> None:
    """The layer is still being understood then; nothing is called right."""
    found = until_ctrl_c(question, (stopped, relu_backward), "relu2d")
    assert (found.cases, found.interrupted, found.family.name) == (0, True, "relu")
    assert story(found).startswith("stopped as relu: interrupted before its first case (0 cases, ")


def test_ctrl_c_in_the_first_call_on_an_example_is_told_alike() -> None:
    """Nothing is known of its arguments yet."""
    found = until_ctrl_c(examine, (stopped, relu_backward), inputs=np.ones(3))
    assert story(found).startswith("stopped as unclaimed: interrupted before its first case (0 cases, ")


def test_ctrl_c_while_a_process_of_the_layers_own_starts_is_told_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes seconds on a busy machine."""
    monkeypatch.setattr(Quarters, "enter", stopped)
    assert until_ctrl_c(examine, (relu_forward, relu_backward), "relu", isolate=True).cases == 0


def test_ctrl_c_when_all_cases_are_judged_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as while the process of the layer ends."""
    monkeypatch.setattr(Apart, "__exit__", stopped)
    case = family("relu").case_of({"x": (1, 1, 2)}, {"at_zero": 0.0}, "float64", "integers", 1)
    found = until_ctrl_c(examine, (relu_forward, relu_backward), "relu", cases=[case], isolate=True)
    assert (found.cases, found.interrupted) == (1, True)
