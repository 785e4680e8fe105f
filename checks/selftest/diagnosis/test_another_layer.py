"""A layer of another family than it claims is told whether its backward is the derivative of its own forward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine
from checks.types import Array

FORWARD = "your forward is the odd one out"
LAWS = ["reference", "finite differences", "adjoint"]


def leaky(slope: float) -> Any:
    """A leaky ReLU whose backward has this slope; its forward has 0.01."""

    def forward(x: Array) -> tuple[Array, Array]:
        return np.where(x > 0, x, 0.01 * x), x

    def backward(dy: Array, x: Array) -> Array:
        return np.asarray(np.where(x > 0, dy, slope * dy))

    return forward, backward


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    ("layer", "like"),
    [(leaky(0.01), "relu"), (torch.nn.functional.gelu, "relu"), (torch.nn.AvgPool2d(2), "max_pool2d")],
    ids=["leaky", "gelu", "average"],
)
def test_the_derivative_of_another_forward_is_told_to_be_one(layer: Any, like: str) -> None:
    """Though it is not linear along the steps of the family that it claims to be of, to the last digit."""
    told = examine(layer, like, budget="1ms", laws=LAWS).findings["reference"].diagnosis
    assert told[-1] == f"{FORWARD}: your backward is its derivative, and every other source has another y"


def test_another_forward_with_a_wrong_backward_is_told_so() -> None:
    """The slope is twice too large."""
    told = examine(leaky(0.02), "relu", budget="1ms", laws=LAWS).findings["reference"].diagnosis
    assert told[-1] == f"{FORWARD}, and your backward is not its derivative either"
