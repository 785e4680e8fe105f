"""Modules of one class: those of late again, as training uses them, where a new one would be told the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import BoundArguments
from typing import Any

from checks.adapters.reused import build
from checks.adapters.torch_seeds import SEED

#: Modules that are kept: a law may come back to one after others have asked for other forms.
MOST = 8


@dataclass
class Built:
    """Builds modules of a class, each with its own draws; hands out those of late again, as training would."""

    kind: Callable[..., Any]
    _late: list[tuple[Any, Any]] = field(default_factory=list)

    def give(self, mode: str, bound: BoundArguments, leaves: Mapping[str, Any]) -> Any:
        """A module for these arguments of its constructor, to be called in a mode on such leaves.

        Raises what the constructor raises.
        """
        told = mode, dict(bound.arguments), _forms(leaves)
        found = next((each for each in self._late if each[0] == told), None) or (told, _built(self.kind, bound))
        self._late = [found, *(each for each in self._late if each is not found)][:MOST]
        return found[1]

    def forget(self) -> None:
        """Build the next one anew."""
        self._late.clear()


def _forms(leaves: Mapping[str, Any]) -> dict[str, Any]:
    """What a module is made for: the format and the axes of x, and of its parameters the sizes too."""
    return {name: (leaf.dtype, leaf.ndim if name == "x" else tuple(leaf.shape)) for name, leaf in leaves.items()}


def _built(kind: Callable[..., Any], bound: BoundArguments) -> Any:
    """A new module; whoever draws next draws what would have come without it."""
    import torch

    with torch.random.fork_rng(devices=()):
        torch.default_generator.manual_seed(SEED)
        return build(kind, bound)
