"""NaN at an exact 0, where a layer's own forward has slopes, is a hazard; where it has none, nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.selftest.diagnosis import by_itself
from checks.types import Array

#: Zeros are put into the example.
pytestmark = [
    pytest.mark.usefixtures("every_variation"),
    pytest.mark.filterwarnings("ignore:divide by zero|invalid value|overflow"),
]

QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["kinks", "linearity", "finite differences"]}
X = np.random.default_rng(0).normal(size=(3, 4))


def size(at_zero: float, x: Array) -> Array:
    """Slope of |x|, and at 0 this."""
    return np.where(x == 0, at_zero, np.sign(x))


def root(at_zero: float, x: Array) -> Array:
    """Slope of sqrt(relu(x)), and at 0 this."""
    return np.where(x > 0, 0.5 / np.sqrt(np.abs(x)), np.where(x < 0, 0, at_zero))


def cubic(at_zero: float, x: Array) -> Array:
    """Slope of the cubic root, and at 0 this."""
    return np.where(x == 0, at_zero, np.abs(np.cbrt(x)) ** -2 / 3)


def nearly(at_zero: float, x: Array) -> Array:
    """Slope of x log(abs(x)), which grows as slowly as any, and at 0 this."""
    return np.where(x == 0, at_zero, np.log(np.abs(x) + 1e-300) + 1)


LAYERS: dict[Callable[[float, Array], Array], Callable[[Array], Array]] = {
    size: np.abs,
    root: lambda x: np.sqrt(np.maximum(x, 0)),
    cubic: np.cbrt,
    nearly: lambda x: x * np.log(np.abs(x) + 1e-300),
}


@pytest.mark.long(keep=2)
@pytest.mark.sweep("formats of NaN at zero", 3)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("slope", "at_zero", "said"),
    [
        (size, np.nan, r"NaN at an exact 0, where every number from -[\d.]+ to [\d.]+ would do"),
        (size, np.inf, r"infinite at an exact 0, where every number from -[\d.]+ to [\d.]+ would do"),
        (size, 1.0, ""),
        (root, np.nan, "NaN at an exact 0, where 0 would do: the slope of the layer's own forward from below"),
        (root, np.inf, ""),
        (root, 0.0, ""),
        (cubic, np.nan, ""),
        (cubic, np.inf, ""),
        (nearly, np.nan, ""),
    ],
)
def test_no_number_is_a_hazard_where_one_would_do(
    slope: Callable[[float, Array], Array], at_zero: float, said: str, dtype: str
) -> None:
    """Never wrong: nobody asked for a gradient there."""
    layer = (lambda x: (LAYERS[slope](x), x.copy()), lambda dy, x: np.asarray(dy * slope(at_zero, x), x.dtype))
    found = examine(layer, inputs=(X.astype(dtype),), **QUICK)
    assert not found.wrong, story(found)
    assert found.hazards.keys() == ({"kinks"} if said else set()), story(found)
    assert all(re.match(said, each.verdict.why) for each in found.hazards.values())


#: Functions of PyTorch, and whether their gradient is NaN at zeros where a number would do.
TORCH: dict[str, tuple[Callable[..., Any], bool]] = {
    "root of a square": (lambda x: (x * x).sqrt(), True),
    "root behind where": (lambda x: torch.where(x > 0, x.clamp(min=0).sqrt(), 0.0), True),
    "size": (torch.abs, False),
    "root of a rectified one": (lambda x: x.relu().sqrt(), False),
    "root of a size": (lambda x: x.abs().sqrt(), False),
    "entropy": (lambda x: torch.special.entr(x.abs()), False),
    "length": (lambda x: torch.linalg.vector_norm(x, dim=1), False),
    "lengths of single numbers": (lambda x: x.reshape(-1, 1).norm(dim=1), False),
    "normalized": (torch.nn.functional.normalize, False),
    "product": (lambda x: x.prod(1), False),
    "spread": (lambda x: x.std(1), False),
}


@pytest.mark.long
@pytest.mark.parametrize("layer", TORCH)
def test_of_a_framework_what_is_nan_there_is_a_hazard(layer: str) -> None:
    """And nothing else."""
    function, numberless = TORCH[layer]
    found = examine(function, inputs=(torch.tensor(X),), **QUICK)
    assert not found.wrong, story(found)
    assert found.hazards.keys() == ({"kinks"} if numberless else set()), story(found)


SOURCE = """import numpy as np

def forward(x):
    return np.abs(x), x.copy()

def backward(dy, x):
    with np.errstate(invalid="ignore"):
        return dy * x / np.abs(x)
"""


def test_its_script_prints_that_it_is_nan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first call alone."""
    layer = by_itself.written(SOURCE, tmp_path, monkeypatch)
    hazard = examine((layer.forward, layer.backward), inputs=(X,), **QUICK).hazards["kinks"]
    (said,) = by_itself.printed([hazard.script], tmp_path)
    assert said.endswith("is nan and must be 0.0\n")
    assert "would do" in hazard.script
