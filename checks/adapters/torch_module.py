"""``torch.nn.Module``: its inputs and all of its parameters; buffers are left as they were, and so is its mode.

The module's own parameters are never written to: each call runs it with the case's arrays in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.signature import read
from checks.adapters.torch_tensors import Format, Layer, array, spared, torch_subject
from checks.adapters.words import Fixed, first_present, fixed_by, names_of, sizes
from checks.errors import UsageError
from checks.subject import Subject
from checks.types import Arrays, Config, Shape

#: Axes of a matrix.
MATRIX = 2

#: A module's modes; each has another.
TRAIN, EVAL = "train", "eval"
OTHER = {TRAIN: EVAL, EVAL: TRAIN}


def adapt_module(module: Any, arguments: tuple[str, ...], fmt: Format) -> Subject:
    """Subject from a module in the mode that it is in, with the other one (train, eval); its attributes fix the case.

    An argument that ``forward`` does not take is the parameter of that name. Raises UsageError where one has neither.
    """
    plain = uncompiled(module)
    inside, core = ("", plain) if set(dict(plain.named_parameters())) & set(arguments) else _core(plain)
    held = _places(core, arguments)
    places = {name: inside + place for name, place in held.items()}
    inputs = tuple(name for name in arguments if name not in places)
    plan = read(plain.forward, inputs, "function")

    def layer(leaves: Mapping[str, Any], config: Config) -> Any:
        import torch

        state = {places[name]: leaf for name, leaf in leaves.items() if name in places}
        _stand_in(plain, state)
        bound = plan.bind({name: leaf for name, leaf in leaves.items() if name in inputs}, config)
        whole = {**_buffers(plain, leaves), **state}
        whole = whole if plain is module else {_COMPILED + name: value for name, value in whole.items()}
        return torch.func.functional_call(module, whole, bound.args, bound.kwargs)

    limits = {**plan.limits(), **fixed_by(vars(core)), **_channels(core, held), **_padded(core), **fmt.limits()}
    limits["words"] = frozenset(plan.words) | {word for word, value in limits.items() if isinstance(value, Fixed)}
    inplace = any(getattr(part, "inplace", False) is True for part in plain.modules())
    runs = spared(layer) if inplace else layer
    if plain is not module:  # compiled anew in each mode, which takes long
        return torch_subject(f"{name_of(plain)} ({_mode(plain)}, compiled)", runs, limits, fmt)
    return _in_modes(name_of(plain), _mode(plain), lambda mode: _switched(plain, mode, runs), limits, fmt)


def _stand_in(module: Any, state: Mapping[str, Any]) -> None:
    """Give the arrays that stand in for parameters their hooks, by which a gradient may be changed.

    Raises UsageError where a parameter is a matrix, as of ``Linear``, and cannot be a kernel.
    """
    own = dict(module.named_parameters())
    for name, leaf in state.items():
        if own[name].ndim == MATRIX < leaf.ndim:
            raise UsageError(
                f"{name_of(module)} keeps a matrix of shape {tuple(own[name].shape)} at {name}, and a kernel of shape "
                f"{tuple(leaf.shape)} belongs there; expected a function that takes the kernel and reshapes it: "
                "def layer(x, weight, bias=None): ...; examine(layer, like=...)"
            )
        for hook in (own[name]._backward_hooks or {}).values() if leaf.requires_grad else ():  # noqa: SLF001 - no other way
            leaf.register_hook(hook)


def adapt_module_class(kind: Any, arguments: tuple[str, ...], fmt: Format) -> Subject:
    """Subject from a class of modules: one module for each case, built from the keywords that its constructor takes.

    Raises UsageError where the signature of the constructor cannot be understood.
    """
    built = read(kind, (), "class")
    flags = {"bias": "bias"} if "bias" in built.signature.parameters else {}

    def layer(mode: str, leaves: Mapping[str, Any], config: Config) -> Any:
        import torch

        numbers = {**sizes(dict(leaves)), **config}
        bound = built.bind({}, numbers)
        module = kind(*bound.args, **bound.kwargs, **{name: name in leaves for name in flags})
        module.train(mode == TRAIN)
        inside, core = _core(module)
        places = {name: inside + place for name, place in _places(core, tuple(leaves)).items()}
        state = {places[name]: leaf for name, leaf in leaves.items() if name in places}
        _stand_in(module, state)
        inputs = [leaf for name, leaf in leaves.items() if name not in places]
        return torch.func.functional_call(module, {**_buffers(module, leaves), **state}, tuple(inputs))

    limits = {**built.limits(), **({} if flags or "weight" not in arguments else {"bias": True}), **fmt.limits()}
    return _in_modes(name_of(kind), TRAIN, lambda mode: partial(layer, mode), limits, fmt)


def _in_modes(name: str, own: str, layer: Callable[[str], Layer], limits: Config, fmt: Format) -> Subject:
    """The subject in its own mode, with itself in the other one."""
    first = torch_subject(f"{name} ({own})", layer(own), limits, fmt)
    # Never the same seed twice: a mode that draws numbers is not to be taken for one that repeats itself.
    other = torch_subject(f"{name} ({OTHER[own]})", layer(OTHER[own]), limits, fmt, count())
    return replace(first, modes={OTHER[own]: other})


def _switched(module: Any, mode: str, layer: Layer) -> Layer:
    """A layer that runs its module in this mode, and leaves every part of it in the mode in which it was."""

    def run(leaves: Mapping[str, Any], config: Config) -> Any:
        before = {part: part.training for part in module.modules()}
        module.train(mode == TRAIN)
        try:
            return layer(leaves, config)
        finally:
            for part, trained in before.items():
                part.training = trained

    return layer if _mode(module) == mode else run


def _mode(module: Any) -> str:
    return TRAIN if module.training else EVAL


#: Where what ``torch.compile`` made of a module keeps it, with a dot.
_COMPILED = "_orig_mod."


def uncompiled(module: Any) -> Any:
    """The module that was compiled, or the module itself."""
    return getattr(module, _COMPILED[:-1], module)


def parameters_of(module: Any) -> Arrays:
    """Every parameter of a module as an array, by its dotted name."""
    return {name: array(parameter).copy() for name, parameter in uncompiled(module).named_parameters()}


def _core(module: Any) -> tuple[str, Any]:
    """The part of a module that holds its settings and parameters, after its dotted name: itself, or its only part."""
    parts = list(module.named_children())
    own = fixed_by(vars(module)) or list(module.named_parameters(recurse=False))
    if own or len(parts) != 1:
        return "", module
    ((name, part),) = parts
    inside, core = _core(part)
    return f"{name}.{inside}", core


def _places(module: Any, arguments: tuple[str, ...]) -> dict[str, str]:
    """The parameter that holds each argument but the inputs."""
    from torch.nn.parameter import is_lazy

    held = dict(module.named_parameters())
    if lazy := [name for name, parameter in held.items() if is_lazy(parameter)]:
        raise UsageError(
            f"{name_of(module)} does not know the shape of {', '.join(lazy)} yet; expected a module that has run once: "
            "call it with an input first"
        )
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


def _padded(module: Any) -> dict[str, Any]:
    """How a module pads, where it pads at all."""
    padding = getattr(module, "padding", 0)
    pads = any(padding) if isinstance(padding, tuple) else padding not in {0, "valid"}
    return {"padding_mode": module.padding_mode} if pads and hasattr(module, "padding_mode") else {}


def _channels(module: Any, places: Mapping[str, str]) -> dict[str, Any]:
    """The shape of the weight fixes kernel and channels; whether there is a bias is fixed too."""
    held = dict(module.named_parameters())
    shape: Shape = held[places["weight"]].shape if "weight" in places else ()
    if len(shape) < 3:  # noqa: PLR2004 - channels out, channels in, and at least one axis: else it is no kernel
        return {}
    outputs, per_group, *kernel = shape
    groups = int(getattr(module, "groups", 1))
    fixed = {"in_channels": per_group * groups, "out_channels": outputs, "groups": groups}
    return {**fixed, "axes": len(kernel), "kernel_size": Fixed(tuple(kernel)), "bias": "bias" in places}
