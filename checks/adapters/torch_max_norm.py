"""Embeddings that shorten rows of their weight in place, in each forward (``max_norm``), by PyTorch's design.

Their gradient is that of the look-up alone, and what they write to is the weight that they are derived by: so they are
examined without it, and a note says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any


def shortening(module: Any) -> dict[str, Any]:
    """Each embedding of a module that does so, by the dotted name of its weight."""
    from torch.nn import Embedding, EmbeddingBag

    return {
        f"{name}.weight".removeprefix("."): _owner(part)
        for name, part in module.named_modules()
        if type(part) in {Embedding, EmbeddingBag} and part.max_norm is not None
    }


def _owner(part: Any) -> Any:
    """The module itself, or the one whose forward it holds some arguments for."""
    forward = part.forward
    return getattr(forward.func, "__self__", part) if isinstance(forward, partial) else part


def about_lengths(parts: Mapping[str, Any]) -> list[str]:
    """What is said of them."""
    return [
        f"{name} is examined without max_norm={part.max_norm:g}, which shortens rows of it in place at each forward "
        "and has no part in the gradient, by PyTorch's design"
        for name, part in parts.items()
    ]


def as_long_as_they_are(parts: Mapping[str, Any], run: Callable[[], Any]) -> Any:
    """What ``run`` gives while no row is shortened."""
    lengths = {name: part.max_norm for name, part in parts.items()}
    try:
        for part in parts.values():
            part.max_norm = None
        return run()
    finally:
        for name, part in parts.items():
            part.max_norm = lengths[name]
