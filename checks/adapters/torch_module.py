"""``torch.nn.Module``: its inputs and all of its parameters; buffers are left as they were, and so is its mode.

The module's own parameters are never written to: each call runs it with the case's arrays in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.adapters.signature import name_of, read
from checks.adapters.stateful import fixed_by
from checks.adapters.torch_tensors import Format, array, torch_subject
from checks.adapters.words import Fixed, first_present, names_of, sizes
from checks.errors import UsageError
from checks.subject import Subject
from checks.types import Arrays, Config


def adapt_module(module: Any, arguments: tuple[str, ...], fmt: Format) -> Subject:
    """Subject from a module in the mode that it is in (train or eval); its attributes fix the configuration.

    An argument that ``forward`` does not take is the parameter of that name. Raises UsageError where one has neither.
    """
    places = _places(module, arguments)
    inputs = tuple(name for name in arguments if name not in places)
    plan = read(module.forward, inputs, "function")

    def layer(leaves: Mapping[str, Any], config: Config) -> Any:
        import torch

        state = {places[name]: leaf for name, leaf in leaves.items() if name in places}
        bound = plan.bind({name: leaf for name, leaf in leaves.items() if name in inputs}, config)
        whole = {**_buffers(module, leaves), **state}
        return torch.func.functional_call(module, whole, bound.args, bound.kwargs)

    mode = "train" if module.training else "eval"
    limits = {**plan.limits(), **fixed_by(vars(module)), **_channels(module, places), **fmt.limits()}
    limits["words"] = frozenset(plan.words) | {word for word, value in limits.items() if isinstance(value, Fixed)}
    return torch_subject(f"{name_of(module)} ({mode})", layer, limits, fmt)


def adapt_module_class(kind: Any, arguments: tuple[str, ...], fmt: Format) -> Subject:
    """Subject from a class of modules: one module for each case, built from the keywords that its constructor takes.

    Raises UsageError where the signature of the constructor cannot be understood.
    """
    built = read(kind, (), "class")
    flags = {"bias": "bias"} if "bias" in built.signature.parameters else {}

    def layer(leaves: Mapping[str, Any], config: Config) -> Any:
        import torch

        numbers = {**sizes(dict(leaves)), **config}
        bound = built.bind({}, numbers)
        module = kind(*bound.args, **bound.kwargs, **{name: name in leaves for name in flags})
        places = _places(module, tuple(leaves))
        state = {places[name]: leaf for name, leaf in leaves.items() if name in places}
        inputs = [leaf for name, leaf in leaves.items() if name not in places]
        return torch.func.functional_call(module, {**_buffers(module, leaves), **state}, tuple(inputs))

    limits = {**built.limits(), **({} if flags or "weight" not in arguments else {"bias": True}), **fmt.limits()}
    return torch_subject(name_of(kind), layer, limits, fmt)


def parameters_of(module: Any) -> Arrays:
    """Every parameter of a module as an array, by its dotted name."""
    return {name: array(parameter).copy() for name, parameter in module.named_parameters()}


def _places(module: Any, arguments: tuple[str, ...]) -> dict[str, str]:
    """The parameter that holds each argument but the inputs."""
    held = dict(module.named_parameters())
    places = {name: name if name in held else first_present(names_of(name), held) for name in arguments}
    found = {name: place for name, place in places.items() if place}
    if missing := [name for name in held if name not in found.values()]:
        raise UsageError(
            f"{name_of(module)} has parameters {', '.join(held)}, and {', '.join(missing)} has no place among "
            f"{', '.join(arguments)}; expected a module whose parameters are those of the family; without like=, "
            "inputs=(x, ...) examines every parameter"
        )
    return found


def _buffers(module: Any, leaves: Mapping[str, Any]) -> dict[str, Any]:
    """Copies of the buffers in the format of the case, for this call to write to."""
    like = next(iter(leaves.values()))
    floating = {name: value for name, value in module.named_buffers() if value.is_floating_point()}
    whole = {name: value.clone().to(like.device) for name, value in module.named_buffers() if name not in floating}
    return whole | {name: value.clone().to(like.device, like.dtype) for name, value in floating.items()}


def _channels(module: Any, places: Mapping[str, str]) -> dict[str, Any]:
    """The shape of the weight fixes kernel and channels; whether there is a bias is fixed too."""
    held = dict(module.named_parameters())
    if "weight" not in places:
        return {}
    outputs, per_group, *kernel = held[places["weight"]].shape
    groups = int(getattr(module, "groups", 1))
    fixed = {"in_channels": per_group * groups, "out_channels": outputs, "groups": groups}
    return {**fixed, "axes": len(kernel), "kernel_size": Fixed(tuple(kernel)), "bias": "bias" in places}
