"""A script for a layer that takes structures of arrays, or dictionaries of options, runs beside its file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.selftest.diagnosis.by_itself import demand_shown, written

#: A script shows the plainest case.
pytestmark = pytest.mark.usefixtures("plainest")

#: Wrong layers: dx, or the gradient of w, is twice too large.
LAYERS = '''
import numpy as np


def norm_forward(x, gamma, bn_param):
    if bn_param["mode"] == "train":
        mean, deviation = x.mean(0), np.sqrt(x.var(0) + 1e-5)
        bn_param["running_mean"] = mean
    else:
        mean, deviation = bn_param["running_mean"], np.sqrt(bn_param["running_var"])
    normal = (x - mean) / deviation
    return gamma * normal, (normal, gamma, deviation, bn_param["mode"])


def norm_backward(dy, saved):
    normal, gamma, deviation, mode = saved
    up = dy * gamma
    if mode == "train":
        up = up - up.mean(0) - normal * (up * normal).mean(0)
    return 2 * up / deviation, (dy * normal).sum(0)


def scaled(x, p):
    return x * p["w"] * p["s"], (x, p)


def scaled_backward(dy, saved):
    x, p = saved
    return dy * p["w"] * p["s"], {"w": 2 * dy * x * p["s"]}


class Scaled:
    """The same as an object."""

    def forward(self, x, p):
        y, self.saved = scaled(x, p)
        return y

    def backward(self, dy):
        return scaled_backward(dy, self.saved)


class Sum:
    """Of a list."""

    def forward(self, xs):
        return xs[0] + xs[1]

    def backward(self, dy):
        return [dy, 2 * dy]
'''

X, ONE, LAW = np.array([[1.5, 0.1], [0.5, -0.25], [2.0, 1.0]]), np.ones(2), "finite differences"


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of wrong layers."""
    return written(LAYERS, tmp_path, monkeypatch)


def found(layer: Any, *inputs: Any) -> Any:
    """What is found of a layer on examples."""
    return examine(layer, inputs=inputs, budget="1ms", laws=[LAW]).findings[LAW]


@pytest.mark.long
def test_a_script_hands_over_dictionaries_of_options(layers: ModuleType, tmp_path: Path) -> None:
    """Given as an example, with arrays that are held, or held by functools.partial: as they were before any call."""
    pair = layers.norm_forward, layers.norm_backward
    statistics = {"running_mean": 0 * ONE, "running_var": 4 * ONE}
    by_hand = (partial(layers.norm_forward, bn_param={"mode": "train"}), layers.norm_backward)
    every = [
        found(pair, X, ONE, {"mode": "train"}),
        found(pair, X, ONE, {"mode": "train", **statistics}),
        found(pair, X, ONE, {"mode": "test", **statistics}),
        found(by_hand, X, ONE),
    ]
    demand_shown(every, tmp_path)


@pytest.mark.long
def test_a_script_takes_gradients_out_of_structures(layers: ModuleType, tmp_path: Path) -> None:
    """Of dictionaries that mix options and arrays, and of lists; an option need have no gradient."""
    pair = layers.scaled, layers.scaled_backward
    every = [found(each, X, {"w": X + 1, "s": s}) for each in (pair, layers.Scaled()) for s in (2, 2.0)]
    demand_shown([*every, found(layers.Sum(), [X, X + 1])], tmp_path)
    assert "return ahead(x, {'w': p_w, 's': 2})" in every[0].script


def test_a_gradient_that_a_dictionary_lacks_is_zero(layers: ModuleType) -> None:
    """Which an array's is not."""
    pair = layers.scaled, layers.scaled_backward
    seen = examine(pair, inputs=(X, {"w": X + 1, "s": X + 2}), budget="1ms", laws=["adjoint"])
    assert seen.wrong
    assert "runs" not in seen.findings
