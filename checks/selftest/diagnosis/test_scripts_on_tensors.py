"""A script for a layer that is written by hand on tensors hands them over, beside its file."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.selftest.diagnosis.by_itself import demand_shown, written
from checks.tally import Finding

#: A script shows the plainest case.
pytestmark = pytest.mark.usefixtures("plainest")

#: Wrong layers: a gradient is twice too large.
LAYERS = '''
import torch


def forward(x):
    return torch.relu(x), x


def backward(dy, x):
    return torch.mul(2 * dy, x > 0)


def product(x, w):
    return torch.mul(x, w), {"both": (x, w), "more": None}


def of_product(dy, saved):
    x, w = saved["both"]
    return {"dx": torch.mul(dy, w), "dw": 2 * torch.mul(dy, x)}


class Rectified:
    """The same as an object."""

    def forward(self, x):
        y, self.saved = forward(x)
        return y

    def backward(self, dy):
        return backward(dy, self.saved)
'''

#: The same in JAX.
IN_JAX = """
import jax


def forward(x, w):
    return jax.numpy.multiply(x, w), (x, w)


def backward(dy, saved):
    return jax.numpy.multiply(dy, saved[1]), 2 * jax.numpy.multiply(dy, saved[0])
"""

X, LAW = np.array([[1.5, 0.1]]), "finite differences"


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of wrong layers."""
    return written(LAYERS, tmp_path, monkeypatch)


def on(layer: Any, *inputs: Any) -> Finding:
    """What is found of a layer that claims nothing."""
    return examine(layer, inputs=inputs, budget="1ms", laws=[LAW]).findings[LAW]


@pytest.mark.long
def test_a_script_of_a_layer_on_tensors_runs_and_shows_the_wrong_number(layers: ModuleType, tmp_path: Path) -> None:
    """A pair of a family, one with its own names, gradients by name and structures that it saves, and an object."""
    pair = layers.forward, layers.backward
    rectified = examine(pair, "relu", budget="1ms", laws=["reference"]).findings["reference"]
    every = [rectified, on((layers.product, layers.of_product), X, X), on(layers.Rectified(), X)]
    demand_shown(every, tmp_path)


@pytest.mark.long
def test_a_script_of_a_layer_on_jax_arrays_runs_in_double_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its number is the same to the last digit."""
    pytest.importorskip("jax")
    layers = written(IN_JAX, tmp_path, monkeypatch)
    demand_shown([on((layers.forward, layers.backward), X / 3, X)], tmp_path)
