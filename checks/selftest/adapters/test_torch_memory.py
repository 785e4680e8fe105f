"""Gradients that lie in the memory of dy are a hazard of who made them so, not of PyTorch's own operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story

RNG = np.random.default_rng(0)
PAIR = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 3))


class HandsOn(torch.autograd.Function):
    """A sum, both of whose gradients are dy."""

    @staticmethod
    def forward(ctx: Any, x: Any, b: Any) -> Any:
        """Nothing is kept."""
        return x + b

    @staticmethod
    def backward(ctx: Any, *dy: Any) -> Any:
        """The very dy, twice."""
        return dy[0], dy[0]


@pytest.mark.parametrize(
    "layer",
    [lambda x, b: x + b, lambda x, b: (x + b).T, lambda x, b: (x + b).sum(0) * 2, lambda x, b: x.sum() + b.sum()],
    ids=["sum", "transposed", "summed", "one number"],
)
def test_what_pytorch_hands_on_is_no_hazard(layer: Any) -> None:
    """Nobody who writes such a layer could do anything about it."""
    found = examine(layer, inputs=PAIR, budget="1ms", laws=["results kept", "arguments unchanged", "adjoint"])
    assert not found.wrong, story(found)
    assert "results kept" not in found.hazards, story(found)


def test_what_a_backward_of_ones_own_hands_on_is_a_hazard() -> None:
    """Also behind other operations."""
    for layer in (HandsOn.apply, lambda x, b: HandsOn.apply(x, b).reshape(-1)):  # type: ignore[no-untyped-call]
        found = examine(layer, inputs=PAIR, budget="1ms", laws=["results kept"])
        assert not found.wrong
        assert "results kept" in found.hazards
