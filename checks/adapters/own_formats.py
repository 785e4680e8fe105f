"""The formats in which a module of PyTorch's keeps its parameters, where its cases come in others."""

from __future__ import annotations

from typing import Any

from checks.adapters.torch_kinds import is_module

#: Formats in which cases come unless something else is said.
USUAL = frozenset({"float64", "float32"})


def about_own_format(layer: Any, said: Any) -> list[str]:
    """A sentence about a module whose parameters are in a narrower format, of which nothing is ``said``."""
    if said is not None or not is_module(layer) or isinstance(layer, type):
        return []
    floating = {str(each.dtype).removeprefix("torch.") for each in layer.parameters() if each.is_floating_point()}
    return [
        f"the layer's own parameters, of {own}, are examined in the formats of the cases; in its own it is asked by "
        f"supports={{'dtype': {own!r}}}"
        for own in sorted(floating - USUAL)
    ]
