"""Modules whose weight is computed from other parameters: a family knows the weight alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from checks.adapters.callables import name_of
from checks.errors import UsageError

#: Hooks of PyTorch that compute a weight before each forward, by the function that removes each.
_REMOVED_BY = {"WeightNorm": "remove_weight_norm", "SpectralNorm": "remove_spectral_norm"}


def bare(module: Any, arguments: tuple[str, ...], remarks: list[str]) -> Any:
    """A module of which the case gives all parameters; a copy without its parametrizations where it gives the weight.

    ``remarks`` is told of what is left out then. Raises UsageError where hooks compute the weight: a copy has them too.
    """
    if {name for name, _ in module.named_parameters()} <= {*arguments}:
        return module
    _demand_no_hooks(module)
    from torch.nn.utils import parametrize

    names = {place: list(part.parametrizations) for place, part in module.named_modules() if _computes(part)}
    if not names:
        return module
    twin = deepcopy(module)
    for place, computed in names.items():
        for name in computed:
            parametrize.remove_parametrizations(twin.get_submodule(place), name)
    whole = ", ".join(f"{place}.{name}".lstrip(".") for place, computed in names.items() for name in computed)
    remarks.append(
        f"{name_of(module)} is examined without the parametrization of {whole}, which no family knows: "
        "examine(layer, inputs=(x,)) examines both, by the parameters of the parametrization"
    )
    return twin


def _computes(part: Any) -> bool:
    return bool(getattr(part, "parametrizations", None))


def _demand_no_hooks(module: Any) -> None:
    for place, part in module.named_modules():
        for hook in part._forward_pre_hooks.values():  # noqa: SLF001 - no other way
            if (kind := type(hook).__name__) in _REMOVED_BY:
                where = f"layer.{place}" if place else "layer"
                raise UsageError(
                    f"{name_of(module)} computes {hook.name} before each forward ({kind}), and a family knows the "
                    f"weight alone; expected torch.nn.utils.{_REMOVED_BY[kind]}({where}) first, which leaves the "
                    "weight that there is; or, without like=, examine(layer, inputs=(x,)), which examines both"
                )
