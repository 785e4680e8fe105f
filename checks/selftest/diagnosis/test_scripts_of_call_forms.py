"""Scripts for a loss that gives its gradients at once, and for several outputs beside what was saved, run alone."""

from __future__ import annotations

from functools import partial
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


def scale(x, w, param, mode):
    """It writes to its options."""
    if param.pop("mode") != "train" or mode != "sum":
        raise ValueError(mode)
    return param["factor"] * x * w, (x, w)


def scale_backward(dy, saved, param, mode):
    """The gradient of w is twice too large; told its options again."""
    x, w = saved
    return param["factor"] * dy * w, 2 * param["factor"] * dy * x


def squares(prediction, target, *, half):
    """Its gradient is twice too large."""
    gap = prediction - target
    return half * (gap**2).sum(), 4 * half * gap


class Scale:
    """The gradient of w is twice too large."""

    def __init__(self):
        self.w = np.ones(3)

    def forward(self, x, param):
        self.x, self.factor = x, param["factor"]
        return self.factor * x * self.w

    def backward(self, dy):
        self.dw = 2 * self.factor * (dy * self.x).sum(0)
        return self.factor * dy * self.w
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


@pytest.mark.long
def test_a_script_hands_over_what_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dictionaries of options, to which a layer may write, words, and what ``functools.partial`` holds."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    options, held = {"mode": "train", "factor": 2}, partial(layers.squares, target=X + 1, half=0.5)
    asked: list[tuple[Any, Any]] = [
        ((layers.scale, layers.scale_backward), (X, X + 1, options, "sum")),
        ((partial(layers.scale, mode="sum"), partial(layers.scale_backward, mode="sum")), (X, X + 1, options)),
        (held, (X,)),
        (layers.Scale(), (X, options)),
    ]
    findings = [examine(layer, inputs=inputs, **QUICK).findings[LAW] for layer, inputs in asked]
    demand_shown(findings, tmp_path, "")


@pytest.mark.long
def test_an_array_that_is_held_and_too_large_to_be_read_leaves_no_script() -> None:
    """Where three dots stood in its place nobody could run it."""

    def squares(x: Array, target: Array) -> Any:
        return ((x - target) ** 2).sum(), x - target

    found = examine(partial(squares, target=np.ones((9, 9))), inputs=(np.zeros((9, 9)),), **QUICK).findings[LAW]
    assert not found.script
    assert found.unscripted == "the layer holds an array of 81 numbers, and nobody reads more than 64"


def test_the_lines_to_write_for_a_tuple_of_arrays_are_python() -> None:
    """One argument for all of its arrays."""

    def backward(dy: Array, saved: Any, more: Any) -> Any:
        return dy, saved, more

    told = story(examine((lambda x, cache: (x * cache[0], x), backward), inputs=(X, (X, X)), budget="1ms"))
    assert "    def forward(x, cache): ...; return y, saved\n" in told
    assert "    def backward(dy, saved): ...; return dx, dcache\n" in told
