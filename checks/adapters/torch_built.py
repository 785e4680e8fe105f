"""Modules of one class: the last one again, as training uses it, while a new one would be told the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import BoundArguments
from typing import Any

from checks.adapters.reused import build
from checks.adapters.torch_seeds import SEED


@dataclass
class Built:
    """Builds modules of a class, each with its own draws; hands out the last of a mode again, as training would."""

    kind: Callable[..., Any]
    _last: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    def give(self, mode: str, bound: BoundArguments, leaves: Mapping[str, Any]) -> Any:
        """A module for these arguments of its constructor, to be called in a mode on such leaves.

        Raises what the constructor raises.
        """
        told = dict(bound.arguments), _forms(leaves)
        if mode not in self._last or self._last[mode][0] != told:
            self._last[mode] = told, _built(self.kind, bound)
        return self._last[mode][1]

    def forget(self) -> None:
        """Build the next one anew."""
        self._last.clear()


def _forms(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """What a module is made for: the format and the axes of x, and of its parameters the sizes too."""
    return {name: (leaf.dtype, leaf.ndim if name == "x" else tuple(leaf.shape)) for name, leaf in leaves.items()}


def _built(kind: Callable[..., Any], bound: BoundArguments) -> Any:
    """A new module; whoever draws next draws what would have come without it."""
    import torch

    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(SEED)
        return build(kind, bound)
