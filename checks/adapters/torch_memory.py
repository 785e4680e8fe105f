"""Gradients that PyTorch's own operations hand on: they may lie in the memory of dy, or of each other, by its rules.

The gradients of x + b are dy itself, both of them. Nobody who writes such a sum can do anything about it, and autograd
writes to none of them; so they are copied here. What a function with a backward of its own hands on is looked at as it
is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


def apart(y: Any, found: Sequence[Any], upstream: Any) -> Iterator[Any]:
    """The gradients of ``y``, each in memory of its own where PyTorch's own operations alone made them."""
    met = {_memory(upstream)}
    for value in found:
        where = None if value is None else _memory(value)
        yield value.clone() if where and where in met and _of_its_own_operations(y) else value
        met.add(where)


def _memory(tensor: Any) -> int | None:
    """Where the memory of a tensor begins; None of one that has none, or several."""
    import torch

    return tensor.untyped_storage().data_ptr() if tensor.layout == torch.strided else None


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
