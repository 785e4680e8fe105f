"""How a process computes is put back after each call of a layer, which is told: others compute after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine
from checks.adapters import adapt
from checks.computing import Changes, Unmoved, hushed
from checks.errors import SubjectError
from reference_impl import relu_backward, relu_forward

#: What a layer does in each call, and what is said of it.
DEEDS: dict[str, Callable[[], object]] = {
    "leaves NumPy's error state changed: {'divide': 'warn'": lambda: np.seterr(all="raise"),
    "leaves PyTorch's grad mode changed: True became False": lambda: torch.set_grad_enabled(False),
}


def layer(deed: Callable[[], object]) -> Any:
    """ReLU, whose two halves do that first."""

    def forward(x: Any, at_zero: float = 0.0) -> Any:
        deed()
        return relu_forward(x, at_zero)

    def backward(dy: Any, saved: Any) -> Any:
        deed()
        return relu_backward(dy, saved)

    return forward, backward


@pytest.mark.parametrize("told", DEEDS)
def test_a_layer_that_changes_how_its_process_computes_is_told_that_and_nothing_else(told: str) -> None:
    """No witness stumbles over it, in the caller's own process either, which is as it was."""
    before = np.geterr(), torch.is_grad_enabled()
    for asked in ({"like": "relu"}, {"inputs": (np.array([[1.3, -1e-200], [3.0, 4.1]]),)}):
        found = examine(layer(DEEDS[told]), budget="300ms", **asked)
        assert not found.findings
        assert told in found.hazards["surroundings"].shrunk_verdict.why
    assert (np.geterr(), torch.is_grad_enabled()) == before
    assert "surroundings" in examine(layer(DEEDS[told]), "relu", budget="1ms", deny=["all"]).findings


def test_arrays_that_a_layer_makes_read_only_can_be_written_to_again_and_it_is_told() -> None:
    """Its caller could not write to its own array any more."""

    def freezing(x: Any, at_zero: float = 0.0) -> Any:
        y, saved = relu_forward(x.copy(), at_zero)
        x.flags.writeable = False
        return y, saved

    def backward(dy: Any, saved: Any) -> Any:
        dx = relu_backward(dy, saved)
        dy.flags.writeable = False
        return dx

    found = examine((freezing, backward), like="relu", budget="300ms")
    assert not found.findings
    told = "the layer leaves whether its caller can write to x changed: True became False"
    assert told in found.hazards["surroundings"].shrunk_verdict.why


def test_a_layer_that_changes_nothing_is_told_nothing() -> None:
    """Nor is one that puts back what it changed, or sets what is set."""

    def careful() -> None:
        with np.errstate(all="raise"), torch.no_grad():
            np.seterr(all="raise")
        np.seterr(**np.geterr())

    assert "surroundings" not in examine(layer(careful), "relu", budget="1ms").tallies


def test_both_are_put_back_where_a_call_raises() -> None:
    """Also where they were not as usual before."""
    changes: Changes = {}

    def change() -> None:
        with Unmoved(changes):
            np.seterr(over="call", divide="ignore")
            torch.set_grad_enabled(True)
            raise ValueError

    with np.errstate(over="print"), torch.no_grad():
        with pytest.raises(ValueError, match=r"^$"):
            change()
        assert np.geterr()["over"] == "print"
        assert not torch.is_grad_enabled()
    assert {name: after for name, (_, after) in changes.items()} == {
        "NumPy's error state": {**np.geterr(), "over": "call", "divide": "ignore"},
        "PyTorch's grad mode": True,
    }


def test_a_subject_remembers_what_each_of_its_calls_changed() -> None:
    """Forward, backward, and one that raises."""
    subject = adapt(layer(DEEDS[next(iter(DEEDS))]), ("x",))
    x = {"x": np.ones((2, 2))}
    subject.apply(x, {})
    assert subject.changes.keys() == {"NumPy's error state"}
    subject.changes.clear()
    with pytest.raises(SubjectError):
        subject.run_backward(np.ones((3, 3)), ((),), ("x",))
    assert subject.changes.keys() == {"NumPy's error state"}


@pytest.mark.parametrize("known", [True, False])
def test_a_hushed_step_warns_of_nothing_and_the_error_state_is_then_what_it_was(
    known: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where NumPy keeps its state in a place that is known, as from version 2 on, and where it does not."""
    if not known:
        monkeypatch.setattr("checks.computing._VARIABLE", None)
    with np.errstate(all="raise"):
        before = np.geterr()
        assert np.isinf(hushed(np.divide, 1.0, 0.0))
        with pytest.raises(TypeError):
            hushed(np.divide, "one", "two")
        assert np.geterr() == before
