"""Where PyTorch's modules and tensors lie already: who has moved a module or an example there means it to run there."""

from __future__ import annotations

import sys
from typing import Any

from checks.adapters.tensors import each, leaves
from checks.adapters.torch_kinds import is_module
from checks.errors import UnreachableError

#: Devices that say nothing: the one that is taken anyway, and one on which nothing has numbers.
_NOWHERE = frozenset({"cpu", "meta"})


def own_place(layer: Any) -> str:
    """The one device on which all parameters and buffers of a module lie, as of any other layer: cpu, unless."""
    if not is_module(layer) or isinstance(layer, type):
        return "cpu"
    found = {str(tensor.device) for tensor in (*layer.parameters(), *layer.buffers())}
    return found.pop() if len(found) == 1 and not found & _NOWHERE else "cpu"


def place_of(examples: Any, otherwise: str) -> str:
    """The device on which the first tensor among examples lies that is not on the CPU."""
    return next((str(leaf.device) for leaf in leaves(examples) if _is_elsewhere(leaf)), otherwise)


def on_the_cpu(examples: Any) -> Any:
    """Examples whose tensors NumPy can read."""
    if not any(map(_is_elsewhere, leaves(examples))):
        return examples
    return examples.cpu() if _is_elsewhere(examples) else each(on_the_cpu, examples)


def _is_elsewhere(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor) and value.device.type not in _NOWHERE


def demand_reachable(device: str) -> None:
    """Raise UnreachableError where PyTorch does not reach a device, or it keeps no numbers."""
    import torch

    try:
        if torch.empty(0, device=device).is_meta:
            raise RuntimeError("it keeps no numbers")  # noqa: TRY301 - as PyTorch says no
    except (RuntimeError, AssertionError, AttributeError) as error:
        reason = str(error).partition("\n")[0]
        raise UnreachableError(
            f"device={device!r} cannot be used: {reason}; expected cpu, or a device that is there"
        ) from error
