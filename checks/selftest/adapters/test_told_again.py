"""A backward to which nothing was saved is handed what its forward took, or gave, by the names of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.diagnosis import by_itself
from checks.types import Array

X, W = np.random.default_rng(0).normal(size=(2, 3, 4))
LAWS = ["finite differences"]


def sigmoid(x: Array) -> Array:
    """Y alone."""
    return np.asarray(1 / (1 + np.exp(-x)))


@pytest.mark.parametrize(
    "backward",
    [
        lambda dy, y: dy * y * (1 - y),
        lambda dout, out: dout * out * (1 - out),
        lambda da, a: da * a * (1 - a),
        lambda grad_s, s: grad_s * s * (1 - s),
        lambda dy, x: dy * sigmoid(x) * (1 - sigmoid(x)),
        lambda dy, x, y: dy * y * (1 - sigmoid(x)),
        lambda y, dy: dy * y * (1 - y),
    ],
)
def test_y_goes_where_its_name_stands_or_that_of_its_gradient(backward: Callable[..., Any]) -> None:
    """And x where its own does."""
    assert not (found := examine((sigmoid, backward), inputs=(X,), budget="1ms", laws=LAWS)).wrong, story(found)
    assert not found.notes


def test_a_setting_is_no_output_though_the_upstream_gradient_is_called_after_it() -> None:
    """Both functions have it at the same value: ``dp`` is the gradient of something else."""
    powered = (lambda x, p=2: x**p, lambda dp, a, p=2: dp * p * a ** (p - 1))
    assert not (found := examine(powered, inputs=(X,), budget="1ms", laws=LAWS)).wrong, story(found)


def test_an_argument_called_y_is_the_argument() -> None:
    """The forward's own words come first."""
    layer = (lambda x, y: x * y, lambda dout, x, y: (dout * y, dout * x))
    assert not (found := examine(layer, inputs=(X, W), budget="1ms", laws=LAWS)).wrong, story(found)


def test_what_another_name_is_handed_is_told() -> None:
    """Nobody can know whether s is x or y."""
    found = examine((sigmoid, lambda dout, s: dout * s * (1 - s)), inputs=(X,), budget="1ms", laws=LAWS)
    assert found.wrong
    assert "is handed x as s; where that should be y, call it y, or let the forward give (y, s)" in story(found)


PAIR = """
import numpy as np


def forward(x, w):
    return np.tanh(x) * w


def backward(dy, out, x, w):
    return dy * (w - out), dy * np.tanh(x)
"""


@pytest.mark.usefixtures("plainest")
def test_the_script_hands_over_y_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the layer was called."""
    module = by_itself.written(PAIR, tmp_path, monkeypatch)
    found = examine((module.forward, module.backward), inputs=(X, W), budget="1ms", laws=LAWS)
    by_itself.demand_shown(list(found.findings.values()), tmp_path)


def product(x: Array, w: Array) -> tuple[Array, Any]:
    """Of two arguments."""
    return x * w, (x, w)


def gradients(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Dx, then dw."""
    return dy * saved[1], dy * saved[0]


def swapped(dy: Array, saved: Any) -> tuple[Array, Array]:
    """The other way round."""
    return dy * saved[0], dy * saved[1]


@pytest.mark.parametrize(("backward", "wrong"), [(gradients, False), (swapped, True)])
@pytest.mark.parametrize("inputs", [{"x": X, "w": W}, {"w": W, "x": X}, {"weight": W, "x": X}])
def test_a_tuple_of_gradients_is_in_the_order_of_the_forward(backward: Any, wrong: bool, inputs: Any) -> None:
    """Whatever the order in which examples stand in a dictionary."""
    found = examine((product, backward), inputs=inputs, budget="1ms", laws=LAWS)
    assert found.wrong == wrong, story(found)
