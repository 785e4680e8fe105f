"""Which gradients a layer of no family may give at a kink: the slopes of its own forward from both sides say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array

#: Which examples meet a kink is one of the things that they are varied in.
pytestmark = pytest.mark.usefixtures("every_variation")

QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["kinks", "repeatable"]}
X = np.random.default_rng(0).normal(size=(3, 4))


def sizes(x: Array) -> tuple[Array, Array]:
    """The sum of sizes of each row."""
    return np.abs(x).sum(1), x


@pytest.mark.sweep("formats of slopes at zero", 2)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("at_zero", "wrong"), [(-1, False), (0, False), (0.5, False), (1, False), (2, True), (-3, True)]
)
def test_a_slope_at_zero_is_one_of_those_beside_it(at_zero: float, wrong: bool, dtype: str) -> None:
    """Zeros are put into the example."""

    def backward(dy: Array, x: Array) -> Array:
        return np.asarray(dy[:, None] * np.where(x == 0, at_zero, np.sign(x)), x.dtype)

    found = examine((sizes, backward), inputs=(X.astype(dtype),), **QUICK)
    assert found.wrong == (abs(at_zero) > 1), story(found)


@pytest.mark.parametrize(("at_tie", "wrong"), [(1, False), (0, False), (2, True)])
def test_a_slope_where_two_arguments_are_equal_is_one_of_those_beside_it(at_tie: float, wrong: bool) -> None:
    """Numbers in common are put into the examples."""

    def distance(p: Array, t: Array) -> tuple[Array, Array]:
        return np.abs(p - t).mean(), p - t

    def backward(dy: Array, r: Array) -> tuple[Array, Array]:
        slope = np.where(r == 0, at_tie, np.sign(r)) * dy / r.size
        return slope, -slope

    found = examine((distance, backward), inputs=(X, X[::-1].copy()), **QUICK)
    assert found.wrong == wrong, story(found)


RIGHT = {
    "clipped from both sides": lambda x: x.clamp(min=0) + 0.1 * x.clamp(max=0),
    "rectified twice": lambda x: torch.relu(x) - 0.1 * torch.relu(-x),
    "median of three": lambda x: torch.maximum(
        torch.minimum(x[0], x[1]), torch.minimum(torch.maximum(x[0], x[1]), x[2])
    ),
    "net": lambda x: torch.maximum(x[0], torch.minimum(x[1], x[2])) + (x[1] - x[2]).abs(),
    "median": lambda x: x.median(0).values,
    "mode": lambda x: x.mode(0).values,
    "sorted": lambda x: x.sort(0).values,
    "second largest": lambda x: x.topk(2, 1).values[:, 1],
    "distances": torch.nn.functional.pdist,
    "hinge": lambda x: torch.relu(1 - x[0] * x[1]).sum() + x[2].abs().max(),
    "rounded": lambda x: x.round() + x,
    "square root": lambda x: x.abs().sqrt(),
}


@pytest.mark.parametrize("layer", RIGHT)
def test_what_a_framework_gives_at_ties_is_right(layer: str) -> None:
    """On ties of whole numbers, and on those that are made."""
    for x in (torch.randint(-1, 3, (3, 6), generator=torch.Generator().manual_seed(0)).double(), torch.tensor(X)):
        found = examine(RIGHT[layer], inputs=(x,), **QUICK)
        assert not found.wrong, story(found)
