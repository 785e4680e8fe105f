"""Gradients by PyTorch's autograd, whichever of its two ways a layer needs: asked for, or added up in ``grad``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checks.adapters.outputs import Outputs

#: What those say that must be gone back through as training does: checkpoints that enter autograd once more.
_NEEDS_BACKWARD = ".grad()"


def derivatives(y: Any, leaves: Sequence[Any], dy: Any, outputs: Outputs) -> list[Any]:
    """The gradient of each leaf, None where y does not depend on it; the graph is kept.

    What a backward inside a layer's own backward adds up in a leaf's ``grad`` belongs to its gradient; ``outputs`` is
    told.
    """
    import torch

    _forget(leaves)
    try:
        found: Sequence[Any] = torch.autograd.grad(y, leaves, dy, retain_graph=True, allow_unused=True)
    except RuntimeError as error:
        if _NEEDS_BACKWARD not in str(error):
            raise
        _forget(leaves)
        torch.autograd.backward(y, dy, retain_graph=True)
        found = [None] * len(leaves)
    if not [leaf for leaf in leaves if leaf.grad is not None]:
        return list(found)
    added = [leaf.grad for leaf in leaves]
    _forget(leaves)
    outputs.added_up = True
    return list(map(_sum, found, added))


def _forget(leaves: Sequence[Any]) -> None:
    for leaf in leaves:
        leaf.grad = None


def _sum(value: Any, added: Any) -> Any:
    return value if added is None else added if value is None else value + added
