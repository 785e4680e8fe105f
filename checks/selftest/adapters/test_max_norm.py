"""An embedding that shortens its rows in place has the gradient of the look-up alone, by PyTorch's design."""

from __future__ import annotations

import pytest
import torch

from checks import examine, story
from checks.selftest.adapters.embeddings import TOKENS, Looking


@pytest.mark.parametrize(
    "layer",
    [
        torch.nn.Embedding(9, 3, max_norm=1.0),
        torch.nn.EmbeddingBag(9, 3, mode="sum", max_norm=1.0),
        torch.nn.Sequential(torch.nn.Embedding(9, 3, max_norm=1.0), torch.nn.Linear(3, 2)),
    ],
    ids=["embedding", "bag", "inside"],
)
def test_it_is_examined_without_that(layer: torch.nn.Module) -> None:
    """A note says so, and the module is as it was afterwards."""
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    found = examine(
        layer, inputs=(TOKENS,), budget="1ms", laws=["finite differences", "adjoint", "arguments unchanged"]
    )
    assert not found.wrong, story(found)
    assert found.compared
    assert any("is examined without max_norm=1, which shortens rows of it in place" in note for note in found.notes)
    assert all(torch.equal(value, before[name]) for name, value in layer.state_dict().items())
    parts = [part for part in layer.modules() if isinstance(part, (torch.nn.Embedding, torch.nn.EmbeddingBag))]
    assert [part.max_norm for part in parts] == [1.0]


def test_one_of_somebodys_own_is_not() -> None:
    """What it writes to its weight is its own doing."""
    found = examine(Looking(9, 3, max_norm=1.0), inputs=(TOKENS,), budget="1ms", laws=["arguments unchanged"])
    assert "arguments unchanged" in found.findings
    assert not any("max_norm" in note for note in found.notes)


def test_without_max_norm_nothing_is_said() -> None:
    """As is usual."""
    found = examine(torch.nn.Embedding(9, 3), inputs=(TOKENS,), budget="1ms", laws=["adjoint"])
    assert not found.wrong
    assert not any("max_norm" in note for note in found.notes)
