"""Rows of embeddings that stand for padding (``padding_idx``): PyTorch gives them no gradient, by design.

So a forward that is derived by them has them as the module holds them, whatever the case has there: y does not move.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def padding_rows(module: Any) -> dict[str, int]:
    """The row that stands for padding in each embedding of a module, by the dotted name of its weight."""
    from torch.nn import Embedding, EmbeddingBag

    return {
        f"{name}.weight".removeprefix("."): part.padding_idx
        for name, part in module.named_modules()
        if type(part) in {Embedding, EmbeddingBag} and part.padding_idx is not None
    }


def about_rows(rows: Mapping[str, int]) -> list[str]:
    """What is said of them."""
    return [
        f"row {row} of {name} stands for padding and has no gradient, by PyTorch's design: it is held as it is"
        for name, row in rows.items()
    ]


def held_rows(module: Any, rows: Mapping[str, int], state: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a module with these rows as it holds them itself."""
    if not rows:
        return dict(state)
    import torch

    own, found = dict(module.named_parameters()), dict(state)
    for name in rows.keys() & found.keys():
        leaf, place = found[name], torch.tensor([rows[name]], device=found[name].device)
        found[name] = leaf.index_copy(0, place, own[name].detach()[place.to(own[name].device)].to(leaf))
    return found
