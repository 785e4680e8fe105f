"""A module one of whose parameters has no entries is examined like any other."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from checks import examine, story

pytestmark = pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")

X = torch.linspace(-1, 2, 12, dtype=torch.float64).reshape(3, 4).sin()


class Scaled(torch.nn.Module):
    """Columns times numbers, and a table that nobody has filled."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.scale, self.factor = torch.nn.Parameter(torch.linspace(1, 2, 4, dtype=torch.float64)), factor
        self.unused = torch.nn.Parameter(torch.zeros(0, 4, dtype=torch.float64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """With another factor than 1 the gradient of x is wrong."""
        held: torch.Tensor = self.factor * x + (1 - self.factor) * x.detach()
        return held * self.scale + self.unused.sum(0)


def test_it_can_be_right_and_wrong() -> None:
    """As all else of it is."""
    found = examine(Scaled(1.0), inputs=(X,), budget="1ms", laws=["finite differences", "adjoint"])
    assert not found.wrong, story(found)
    assert found.answered == found.cases
    assert "adjoint" in examine(Scaled(0.5), inputs=(X,), budget="1ms", laws=["adjoint"]).findings


class Failing(torch.autograd.Function):
    """Twice x; it cannot go back."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, empty: torch.Tensor) -> torch.Tensor:
        """Twice x."""
        return 2 * x + empty.sum()

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> Any:
        """Stumbles."""
        return dy @ dy, None


def test_one_that_raises_is_wrong() -> None:
    """There is something to be computed, so that it is no refusal of nothing."""
    inputs = (X, torch.zeros(0, 2, dtype=torch.float64))
    assert "runs" in examine(Failing, inputs=inputs, budget="1ms", laws=["adjoint"]).findings
