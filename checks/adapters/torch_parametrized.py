"""Modules whose weight is computed from other parameters: a family knows the weight alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from typing import Any, TypeAlias

from checks.adapters.callables import name_of

#: Hooks of PyTorch that compute a weight before each forward, by the function of ``torch.nn.utils`` that removes each.
_REMOVED_BY = {"WeightNorm": "remove_weight_norm", "SpectralNorm": "remove_spectral_norm"}

#: Where a weight is computed, and what leaves the one that there is, in the same part of a copy.
Computed: TypeAlias = tuple[str, Callable[[Any], Any]]


def bare(module: Any, arguments: tuple[str, ...], remarks: list[str]) -> Any:
    """A module of which the case gives all parameters; a copy without what computes its weight where it gives that.

    ``remarks`` is told of what is left out then.
    """
    if {name for name, _ in module.named_parameters()} <= {*arguments}:
        return module
    found = [(place, *each) for place, part in module.named_modules() for each in _computed(part)]
    if not found:
        return module
    twin = _copy(module)
    for place, _, removed in found:
        removed(twin.get_submodule(place))
    whole = ", ".join(f"{place}.{name}".lstrip(".") for place, name, _ in found)
    remarks.append(
        f"{name_of(module)} is examined without the parametrization of {whole}, which no family knows: "
        "examine(layer, inputs=(x,)) examines both, by the parameters of the parametrization"
    )
    return twin


def _computed(part: Any) -> Iterator[Computed]:
    """What computes the weights of a part, by the names of those: parametrizations, or hooks of older kinds."""
    from torch.nn import utils

    for name in getattr(part, "parametrizations", ()):
        yield name, partial(utils.parametrize.remove_parametrizations, tensor_name=name)
    for hook in part._forward_pre_hooks.values():  # noqa: SLF001 - no other way
        if remove := _REMOVED_BY.get(type(hook).__name__):
            yield hook.name, partial(getattr(utils, remove), name=hook.name)


def _copy(module: Any) -> Any:
    """A copy of a module and of what its hooks computed: PyTorch copies no result that a gradient goes through."""
    import torch

    parts = [value for part in module.modules() for value in vars(part).values()]
    results = [value for value in parts if isinstance(value, torch.Tensor)]
    return deepcopy(module, {id(each): each.detach().clone() for each in results})
