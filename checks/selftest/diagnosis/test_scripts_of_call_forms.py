"""Scripts for a loss that gives its gradients at once, and for several outputs beside what was saved, run alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.diagnosis.by_itself import demand_shown, written
from checks.types import Array

LAYERS = '''
import numpy as np


def loss(score, y):
    """Softmax loss; its gradient is twice too large."""
    shifted = score - score.max(1, keepdims=True)
    shares = np.exp(shifted) / np.exp(shifted).sum(1, keepdims=True)
    rows = np.arange(len(y))
    found = -np.log(shares[rows, y]).mean()
    shares[rows, y] -= 1
    return found, 2 * shares / len(y)


def by_name(w, y):
    """The same with its gradient in a dictionary."""
    found, dw = loss(w, y)
    return found, {"W": dw}


def cell(x, c):
    """Two outputs, and what is saved."""
    inner = np.tanh(x)
    return inner * c, c + inner, (inner, c)


def cell_backward(dh, dc, cache):
    """The gradient of c is twice too large."""
    inner, c = cache
    return (dh * c + dc) * (1 - inner**2), 2 * (dh * inner + dc)
'''

X = np.random.default_rng(0).standard_normal((2, 3))
LAW = "finite differences"
QUICK: dict[str, Any] = {"budget": "1ms", "laws": [LAW]}


def test_a_script_calls_the_function_or_the_pair_as_it_is_and_shows_the_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It imports nothing that the user does not have."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    labels = np.array([0, 2])
    asked: list[tuple[Any, Any]] = [
        (layers.loss, (X, labels)),
        (layers.by_name, (X, labels)),
        ((layers.cell, layers.cell_backward), (X, X + 1)),
    ]
    findings = [examine(layer, inputs=inputs, **QUICK).findings[LAW] for layer, inputs in asked]
    demand_shown(findings, tmp_path)


def test_the_lines_to_write_for_a_tuple_of_arrays_are_python() -> None:
    """One argument for all of its arrays."""

    def backward(dy: Array, saved: Any, more: Any) -> Any:
        return dy, saved, more

    told = story(examine((lambda x, cache: (x * cache[0], x), backward), inputs=(X, (X, X)), budget="1ms"))
    assert "    def forward(x, cache): ...; return y, saved\n" in told
    assert "    def backward(dy, saved): ...; return dx, dcache\n" in told
