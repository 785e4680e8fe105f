"""What calls leave in a module beside its parameters and buffers, which each call is handed: its plain attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from functools import partial
from typing import Any

from checks.refusals import RAISED


def forgetting(module: Any) -> Callable[[], None] | None:
    """Puts copies of the attributes back that a module and its parts have now; None where these cannot be copied."""
    with suppress(*RAISED):
        return partial(_put_back, module, _copies(module, {part: _own(part) for part in module.modules()}))
    return None


def copied(module: Any) -> Any:
    """A copy of a module, hooks on its parameters included, which ``deepcopy`` leaves out.

    Raises whatever one of its attributes says of being copied.
    """
    found = deepcopy(module)
    for own, copy in zip(module.parameters(), found.parameters(), strict=True):
        copy._backward_hooks = own._backward_hooks  # noqa: SLF001 - no other way
    return found


def _put_back(module: Any, before: Mapping[Any, Mapping[str, Any]]) -> None:
    for part, values in _copies(module, before).items():
        for name in _own(part).keys() - values.keys():
            del vars(part)[name]
        vars(part).update(values)


def _own(part: Any) -> dict[str, Any]:
    """The attributes that its user gave a module; what can be called is no state of its own."""
    import torch

    every = vars(torch.nn.Module())
    return {name: value for name, value in vars(part).items() if name not in every and not callable(value)}


def _copies(module: Any, own: Mapping[Any, Mapping[str, Any]]) -> dict[Any, dict[str, Any]]:
    """Attributes, copied together: what parts share they still share, and modules and parameters are the very ones."""
    memo = {id(each): each for each in (*module.modules(), *module.parameters(), *module.buffers())}
    return {part: {name: deepcopy(value, memo) for name, value in values.items()} for part, values in own.items()}
