"""Which gradients a layer of no family may give at a kink: the slopes of its own forward from both sides say so."""

from __future__ import annotations

from collections.abc import Callable
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


@pytest.mark.long(keep=1)
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


@pytest.mark.long
@pytest.mark.parametrize("layer", RIGHT)
def test_what_a_framework_gives_at_ties_is_right(layer: str) -> None:
    """On ties of whole numbers, and on those that are made."""
    for x in (torch.randint(-1, 3, (3, 6), generator=torch.Generator().manual_seed(0)).double(), torch.tensor(X)):
        found = examine(RIGHT[layer], inputs=(x,), **QUICK)
        assert not found.wrong, story(found)


#: A number at which a clip has two slopes.
BOUND = 1.5
CLIPPED = np.array([-0.3, 0.7, BOUND, 0.2, 0.9, -1.1, 2.5])


@pytest.mark.long(keep=2)
@pytest.mark.parametrize(("at_bound", "wrong"), [(0, False), (0.5, False), (1, False), (-7, True), (2, True)])
def test_a_kink_that_finite_differences_meet_is_looked_at_wherever_it_is(at_bound: float, wrong: bool) -> None:
    """Neither at 0 nor where numbers are equal: at the bound of a clip."""

    def forward(x: Array) -> tuple[Array, Array]:
        return np.clip(x, -2, BOUND), x.copy()

    def backward(dy: Array, x: Array) -> Array:
        return np.asarray(dy * (((x > -2) & (x < BOUND)) + at_bound * (x == BOUND)))

    asked = ["finite differences", "kinks"]
    found = examine((forward, backward), inputs=(CLIPPED,), budget="1ms", laws=asked)
    assert found.wrong == wrong, story(found)


class TwoKnees:
    """Bends at 0 and at ``BOUND``, and holds a slope of neither side at the second."""

    def forward(self, x: Array) -> Array:
        """Two clipped lines."""
        self.x = x.copy()
        return np.maximum(x, 0) + np.maximum(x - BOUND, 0)

    def backward(self, dy: Array) -> Array:
        """Five times too steep at the second knee."""
        return dy * ((self.x > 0) + np.where(self.x == BOUND, 5.0, self.x > BOUND))


@pytest.mark.usefixtures("every_variation")
def test_a_kink_that_finite_differences_met_is_no_matter_of_earlier_calls() -> None:
    """Asked alone the law learns from nobody where it lies, and the one at 0 is right."""
    found = examine(TwoKnees(), inputs=np.array([BOUND, 0.0, 0.7]), budget="1ms")
    assert (found.only_at_kinks, found.findings["kinks"].alone) == (True, "")


BENT = {
    "hardswish": (torch.nn.functional.hardswish, [-3.0, 0.7, 3.0, -1.2, 4.0, -5.0, 1.1]),
    "ReLU6": (torch.nn.functional.relu6, [6.0, 0.7, 3.0, -1.2, 7.0, -5.0, 1.1]),
    "soft shrinkage": (torch.nn.functional.softshrink, [0.5, 0.7, -0.5, -1.2, 4.0, 0.3, 1.1]),
    "Huber's loss": (lambda x: torch.nn.functional.huber_loss(x, torch.zeros_like(x)), [1.0, 0.7, -1.0, 3.0, 0.2, 2.0]),
    "clamped": (lambda x: x.clamp(-1, 1.5), [1.5, 0.7, -1.0, -1.2, 0.3, 2.5, 1.1]),
    "interpolated": (
        lambda x: torch.nn.functional.grid_sample(
            torch.arange(6.0, dtype=x.dtype).reshape(1, 1, 1, 6) ** 2,
            torch.stack((x, torch.zeros_like(x)), -1)[None, None],
            align_corners=True,
            padding_mode="border",
        ),
        [-1.0, -0.6, 0.2, 0.33, 1.0, 1.3],
    ),
}


@pytest.mark.long
@pytest.mark.parametrize("layer", BENT)
def test_what_a_framework_gives_at_the_bounds_of_its_pieces_is_right(layer: str) -> None:
    """Whichever side they count them to."""
    function, numbers = BENT[layer]
    found = examine(function, inputs=(torch.tensor(numbers, dtype=torch.float64),), budget="1ms")
    assert not found.wrong, story(found)


KNEES = np.array([-3.0, 0.7, 3.0, -1.2, 4.0, -5.0, 1.1])


def of_hardswish(at_knees: Callable[[Array], Array]) -> tuple[Any, Any]:
    """Hard swish, whose slope at -3 and 3 is what a function says; 0 and -1/2 meet at -3, 3/2 and 1 at 3."""

    def forward(x: Array) -> tuple[Array, Array]:
        return x * np.clip(x + 3, 0, 6) / 6, x.copy()

    def backward(dy: Array, x: Array) -> Array:
        inside = np.where(x > 3, 1, np.where(x < -3, 0, x / 3 + 0.5))
        return np.asarray(dy * np.where(np.abs(x) == 3, at_knees(x), inside))

    return forward, backward


@pytest.mark.parametrize(
    ("at_knees", "wrong"),
    [
        (lambda x: x > 0, False),
        (lambda x: np.where(x > 0, 1.5, -0.5), False),
        (lambda x: np.where(x > 0, 1.25, 0), False),
        (np.zeros_like, True),
        (lambda x: np.where(x > 0, 2.5, 0), True),
    ],
)
def test_masks_that_hold_a_knee_on_neither_side_or_on_both_are_none_of_a_curve(
    at_knees: Callable[[Array], Array], wrong: bool
) -> None:
    """Between slopes of 1 and 1.5 lies no 0: no part of hard swish ends there."""
    asked: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "kinks"]}
    for dtype in ("float64", "float32"):
        found = examine(of_hardswish(at_knees), inputs=(KNEES.astype(dtype),), **asked)
        assert found.wrong == wrong, story(found)


PARTED = {
    "clipped lines away from 0": lambda x: torch.nn.functional.hardtanh(x, -1, 1) + 0.2 * torch.relu(x - 1),
    "exponential from two masks": lambda x: torch.relu(x - 1) - 0.5 * torch.relu(1 - torch.exp(x - 1)),
    "masks before a curve": lambda x: torch.tanh(torch.relu(x - 1) - 0.1 * torch.relu(1 - x)),
    "masks before a sum": lambda x: torch.exp(torch.relu(x - 1) - 0.1 * torch.relu(1 - x)).sum(),
}


@pytest.mark.parametrize("layer", PARTED)
def test_masks_of_parts_that_end_at_a_knee_may_all_leave_it_out(layer: str) -> None:
    """PyTorch gives 0 at 1, outside of what lies between the slopes."""
    x = torch.tensor([1.0, 0.7, 3.0, -1.2, 4.0, -5.0, 1.1], dtype=torch.float64)
    found = examine(PARTED[layer], inputs=(x,), budget="1ms")
    assert not found.wrong, story(found)
