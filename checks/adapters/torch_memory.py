"""Gradients that PyTorch's own operations hand on: they may lie in the memory of dy, or of each other, by its rules.

The gradients of x + b are dy itself, both of them. Nobody who writes such a sum can do anything about it, and autograd
writes to none of them; so they are copied here. What a function with a backward of its own hands on is looked at as it
is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def apart(y: Any, found: Sequence[Any], upstream: Any) -> Sequence[Any]:
    """The gradients of ``y``, each in memory of its own where PyTorch's own operations alone made them."""
    own, *places = _memories((upstream, *found))
    if len({own, *places}) > len(places):
        return found
    met, each = {own}, list[Any]()
    for value, where in zip(found, places, strict=True):
        each.append(value.clone() if where and where in met and _of_its_own_operations(y) else value)
        met.add(where)
    return each


def _memories(tensors: Sequence[Any]) -> list[int | None]:
    """Where the memory of each begins; None of one that is missing, has none, or several."""
    import torch

    strided = torch.strided
    return [None if each is None or each.layout != strided else each.untyped_storage().data_ptr() for each in tensors]


def _of_its_own_operations(y: Any) -> bool:
    """Whether no function with a backward of its own is among those that y was made by."""
    from torch.autograd.function import BackwardCFunction

    waiting, met = [y.grad_fn], set[Any]()
    while waiting:
        node = waiting.pop()
        if node is None or node in met:
            continue
        if isinstance(node, BackwardCFunction):
            return False
        met.add(node)
        waiting += [each for each, _ in node.next_functions]
    return True
