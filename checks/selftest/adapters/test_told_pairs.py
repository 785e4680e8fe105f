"""Losses as pairs whose backward is told the labels again, beside dy or without one; and labels that are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import examine, story
from checks.selftest.adapters.test_told_labels import LABELS, TOLD, P, Picked, T
from checks.selftest.diagnosis.by_itself import demand_shown, written
from checks.types import Array

QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def saving(pred: Array, labels: Array) -> tuple[Any, Array]:
    """Half the sum of squares."""
    return np.sum((pred - labels) ** 2) / 2, pred


def alone(pred: Array, labels: Array) -> Any:
    """The same, and nothing is saved."""
    return saving(pred, labels)[0]


def picked(y_pred: Array, y: Array) -> Any:
    """The logarithm of each probability that a label names."""
    return -np.log(y_pred[np.arange(len(y_pred)), y]).sum()


def of_picked(dout: Array, y_pred: Array, y: Array) -> Array:
    """Its derivative."""
    found, at = np.zeros_like(y_pred), (np.arange(len(y_pred)), y)
    found[at] = -dout / y_pred[at]
    return found


#: Pairs whose gradient is so many times the right one.
TOLD_PAIRS: dict[str, Any] = {
    "beside dy and what was saved": lambda k: (saving, lambda dy, saved, labels: k * dy * (saved - labels)),
    "beside what was saved": lambda k: (saving, lambda saved, labels: k * (saved - labels)),
    "beside x": lambda k: (alone, lambda pred, labels: k * (pred - labels)),
    "beside x by another name": lambda k: (alone, lambda y_pred, y_true: k * (y_pred - y_true)),
    "beside dy and x": lambda k: (alone, lambda dy, pred, labels: k * dy * (pred - labels)),
}


@pytest.mark.parametrize("pair", TOLD_PAIRS.values(), ids=TOLD_PAIRS)
def test_labels_are_told_again_to_a_pair(pair: Any) -> None:
    """A right loss is right, one that is a little wrong is wrong, and a note says how it is called."""
    found = examine(pair(1), inputs=(P, T), **QUICK)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: labels (" in story(found).splitlines()[0]
    assert "note: called with what the forward was given: <lambda>(" in story(found)
    assert examine(pair(1.001), inputs=(P, T), **QUICK).findings.keys() == {"finite differences"}


@pytest.mark.parametrize("backward", [of_picked, lambda y_pred, y: of_picked(np.ones(()), y_pred, y)])
def test_labels_called_y_are_no_output(backward: Any) -> None:
    """Whole ones have that name in the forward, too."""
    assert not examine((picked, backward), inputs=(P, LABELS), **QUICK).wrong


DRAWN = arrays(float, (3, 4), elements=st.floats(0.5, 1)), arrays(float, (3, 4), elements=st.floats(-2, 2))


@pytest.mark.parametrize("layer", [TOLD["by its name"](), TOLD_PAIRS["beside what was saved"](1)])
def test_labels_that_are_drawn_are_told_again(layer: Any) -> None:
    """Those of each case, which the headline names as not examined."""
    found = examine(layer, inputs=DRAWN, **QUICK)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: label" in story(found).splitlines()[0]
    assert "note: called with what the forward was given: " in story(found)
    assert all(case.config for case in found.judged)


def test_whole_labels_that_are_drawn_are_told_again() -> None:
    """A wrong loss is wrong by its numbers."""
    drawn = DRAWN[0], arrays(int, 3, elements=st.integers(0, 3))
    assert not examine(Picked(), inputs=drawn, **QUICK).wrong
    pair = picked, lambda y_pred, y: 1.5 * of_picked(np.ones(()), y_pred, y)
    assert examine(pair, inputs=drawn, **QUICK).findings.keys() == {"finite differences"}


def test_a_gradient_of_what_is_called_labels_is_examined() -> None:
    """One that the backward gives; and where y is no single number one that is missing is wrong."""
    both = (alone, lambda dy, pred, labels: (dy * (pred - labels), 2 * dy * (labels - pred)))
    assert {each.verdict.of for each in examine(both, inputs=(P, T), **QUICK).findings.values()} == {"dlabels"}
    product = (lambda x, y: (x * y, x), lambda dy, saved, y: dy * y + 0 * saved)
    assert examine(product, inputs=(P, T), **QUICK).wrong


def classified(logits: Array, labels: Array) -> tuple[Any, Any]:
    """The mean cross-entropy."""
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return -np.log(p[np.arange(len(p)), labels]).mean(), (p, labels)


def of_classified(cache: Any, times: float) -> Array:
    """So many times its gradient."""
    p, labels = cache
    return np.asarray(times * (p - np.eye(p.shape[1])[labels]) / len(p))


@pytest.mark.parametrize("times", [1.0, 1.001])
def test_a_backward_that_takes_what_a_loss_saved_alone_has_no_dy(times: float) -> None:
    """Whatever its one parameter is called, unless it is called as an upstream gradient is; a note says so."""
    found = examine((classified, lambda tape: of_classified(tape, times)), inputs=(P, np.array([2, 0, 1])), **QUICK)
    assert found.wrong is (times != 1), story(found)
    note = "<lambda> is handed tape alone, which the forward saved: its gradients are taken to be those for dy = 1"
    assert note in found.notes


SOURCE = """
import numpy as np


def saving(pred, labels):
    return np.sum((pred - labels) ** 2) / 2, pred


def alone(pred, labels):
    return saving(pred, labels)[0]


def from_saved(saved, labels):
    return 1.5 * (saved - labels)


def from_cache(cache):
    return {"dpred": 1.5 * cache[0]}


def with_cache(pred, labels):
    return saving(pred, labels)[0], (pred - labels, 0)


def from_x(y_pred, y_true):
    return {"dpred": 1.5 * (y_pred - y_true)}
"""


@pytest.mark.usefixtures("plainest")
def test_scripts_tell_the_labels_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And multiply by dy."""
    own = written(SOURCE, tmp_path, monkeypatch)
    pairs = (own.saving, own.from_saved), (own.alone, own.from_x), (own.with_cache, own.from_cache)
    every = [examine(pair, inputs=(P[:1, :2], T[:1, :2]), **QUICK) for pair in pairs]
    demand_shown([found.findings["finite differences"] for found in every], tmp_path)
