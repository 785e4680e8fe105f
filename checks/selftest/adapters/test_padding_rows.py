"""The row of an embedding that stands for padding has no gradient, by PyTorch's design."""

from __future__ import annotations

import pytest
import torch

from checks import examine, story
from checks.selftest.adapters.embeddings import TOKENS, Looking


@pytest.mark.parametrize(
    "layer",
    [
        torch.nn.Embedding(9, 3, padding_idx=0),
        torch.nn.EmbeddingBag(9, 3, mode="sum", padding_idx=0),
        torch.nn.Sequential(torch.nn.Embedding(9, 3, padding_idx=0), torch.nn.Linear(3, 2)),
    ],
    ids=["embedding", "bag", "inside"],
)
def test_the_row_of_padding_is_held(layer: torch.nn.Module) -> None:
    """A note says so."""
    found = examine(layer, inputs=(TOKENS,), budget="1ms", laws=["finite differences", "adjoint"])
    assert not found.wrong, story(found)
    assert found.compared
    assert any("stands for padding and has no gradient, by PyTorch's design" in note for note in found.notes)


def test_of_a_layer_that_is_somebodys_own_it_is_not() -> None:
    """Its gradient is not that of its forward, whatever it calls the row."""
    found = examine(Looking(9, 3, padding_idx=0), inputs=(TOKENS,), budget="1ms", laws=["adjoint"])
    assert "adjoint" in found.findings
    assert not any("stands for padding" in note for note in found.notes)


def test_without_a_row_of_padding_nothing_is_said() -> None:
    """As is usual."""
    found = examine(torch.nn.Embedding(9, 3), inputs=(TOKENS,), budget="1ms", laws=["adjoint"])
    assert not found.wrong
    assert not any("stands for padding" in note for note in found.notes)
