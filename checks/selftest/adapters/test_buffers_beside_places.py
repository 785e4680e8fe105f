"""A module with buffers that takes whole numbers, too, which each case holds among its keywords."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from checks import examine, story

#: Labels of four samples, and places in a table of nine rows.
LABELS = torch.tensor([1, 0, 3, 2])
PLACES = torch.tensor([[0, 3, 1], [4, 0, 2]])


class Positioned(torch.nn.Module):
    """An embedding to which a table of positions is added, which the module keeps as a buffer."""

    positions: torch.Tensor

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.rows, self.factor = torch.nn.Embedding(9, 3), factor
        self.register_buffer("positions", torch.linspace(0, 1, 9).reshape(3, 3))

    def forward(self, places: torch.Tensor) -> torch.Tensor:
        """Rows beside positions; with another factor than 1 their gradient is wrong."""
        rows = self.rows(places)
        some: torch.Tensor = self.factor * rows + (1 - self.factor) * rows.detach()
        return some.tanh() * self.positions[: places.shape[1]]


class Powers(torch.nn.Module):
    """An embedding beside a layer whose buffers come to rest."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = torch.nn.Embedding(9, 3)
        self.inside = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(3, 4))

    def forward(self, places: torch.Tensor) -> Any:
        """Rows through that layer."""
        return self.inside(self.rows(places))


def asked(layer: Any, *inputs: torch.Tensor) -> Any:
    """An examination by laws that call it in several ways."""
    return examine(layer, inputs=inputs, budget="1ms", laws=["finite differences", "adjoint", "saved state", "layout"])


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        (
            torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5, 1.0], dtype=torch.float64)),
            (torch.linspace(-1, 1, 16, dtype=torch.float64).reshape(4, 4).sin(), LABELS),
        ),
        (Positioned(1.0).double(), (PLACES,)),
        (Powers().double(), (PLACES,)),
    ],
    ids=["weights of a loss", "positions", "power iteration"],
)
def test_it_is_right(layer: Any, inputs: tuple[torch.Tensor, ...]) -> None:
    """Whether its buffers are written to or not."""
    found = asked(layer, *inputs)
    assert not found.wrong, story(found)
    assert found.compared


def test_it_can_be_wrong() -> None:
    """By the laws on its gradients."""
    assert "adjoint" in asked(Positioned(0.5).double(), PLACES).findings
