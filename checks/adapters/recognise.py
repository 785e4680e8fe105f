"""A subject from whatever people have: the adapter that takes their layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.foreign import Foreign
from checks.adapters.frameworks import FRAMEWORKS, framework_of, guessed_of
from checks.adapters.methods import methods_of
from checks.adapters.one_layer import one_layer
from checks.adapters.outputs import Alone, First, Outputs
from checks.adapters.owners import with_owners
from checks.adapters.partials import whole
from checks.adapters.torch_kinds import applied, function_class, holding, is_module, is_operator
from checks.adapters.torch_places import demand_reachable
from checks.adapters.torch_tensors import Format
from checks.adapters.unrecognised import not_recognised, shown
from checks.adapters.words import Turn, as_it_comes
from checks.errors import UsageError
from checks.subject import Subject

#: The arguments of a layer unless a family says otherwise.
ARGUMENTS = ("x", "weight", "bias")

#: Said of a function that names nothing of a framework, and what the frameworks are called.
BY_ITS_MODULE = (
    "{0} is one function, in a module that imports {1}: its gradients are {1}'s own, and no backward was examined; one "
    "that is written by hand comes with it, (forward, backward)"
)
OWNERS = {"torch": "PyTorch", "jax": "JAX", "autograd": "HIPS autograd"}


def adapt(
    obj: Any,
    arguments: tuple[str, ...] = ARGUMENTS,
    *,
    framework: str = "",
    dtype: str = "",
    device: str = "cpu",
    outputs: Outputs | None = None,
) -> Subject:
    """Subject from whatever people have.

    A Subject; a NumPy pair ``(forward, backward)``, or ``{"forward": forward, "backward": backward}``; a class or an
    object with both methods; a ``torch.nn.Module`` or a class of them; a class of ``torch.autograd.Function``; an
    operator of ``torch.library``; a function of PyTorch, JAX or HIPS autograd; a function of any other framework, once
    ``Framework`` says how to differentiate there. ``arguments`` are the names under which a case hands its arrays over.
    ``framework`` (torch, jax, autograd) settles a function that does not show whose it is. ``dtype`` and ``device`` are
    PyTorch's, and say in what format and where tensors live. ``outputs`` says which count of several: the first unless
    it is given.

    Raises UsageError where the object or its signature is not understood, with the adapter to write.
    """
    _demand_names(arguments)
    if isinstance(obj, Subject):
        return obj
    if isinstance(obj, Foreign):
        return replace(obj.adapt(arguments), arguments=arguments)
    return with_owners(_adapted(obj, arguments, framework, dtype, device, outputs), obj)


def _demand_names(arguments: object) -> None:
    named = isinstance(arguments, (tuple, list)) and all(isinstance(each, str) for each in arguments)
    if not named:
        raise UsageError(
            f"arguments={shown(arguments)} is of {type(arguments).__name__}; expected the names of the arrays that the "
            "layer takes, such as adapt(layer, ('x', 'weight'))"
        )


def _adapted(
    obj: Any, arguments: tuple[str, ...], framework: str, dtype: str, device: str, outputs: Outputs | None
) -> Subject:
    obj = whole(one_layer(obj))
    kind, guess = framework or framework_of(obj), "" if framework else guessed_of(obj)
    outputs = outputs or (Alone(named=_named(obj)) if guess else First())
    outputs.remarks.extend([BY_ITS_MODULE.format(_named(obj), OWNERS[guess])] if guess else [])
    if framework not in {"", *FRAMEWORKS.values()}:
        raise UsageError(f"framework={framework!r} is unknown; expected torch, jax or autograd")
    if kind == "torch":
        return replace(_torch(obj, arguments, Format(dtype, device, outputs)), arguments=arguments)
    if dtype or device != "cpu":
        said = [f"dtype={dtype!r}"] * bool(dtype) + [f"device={device!r}"] * (device != "cpu")
        raise UsageError(
            f"{' and '.join(said)} can be said of PyTorch's layers alone; expected one, or nothing of the kind said of "
            f"{_named(obj)}, which is {kind or 'NumPy'}'s{'; JAX knows itself where it computes' * (kind == 'jax')}"
        )
    return replace(_elsewhere(obj, kind, arguments, outputs), arguments=arguments)


def _named(obj: Any) -> str:
    return ", ".join(map(name_of, obj)) if isinstance(obj, (tuple, list)) else name_of(obj)


def _torch(obj: Any, arguments: tuple[str, ...], fmt: Format) -> Subject:
    from checks.adapters import torch_function, torch_module

    demand_reachable(fmt.device)
    if isinstance(obj, partial) and is_module(obj.func):
        if isinstance(obj.func, type):
            return torch_module.adapt_module_class(obj, arguments, fmt)
        obj = holding(obj)
    if kind := applied(obj) or function_class(obj):
        return torch_function.adapt_autograd_function(kind, arguments, fmt)
    if is_module(obj):
        whole = torch_module.adapt_module_class if isinstance(obj, type) else torch_module.adapt_module
        return whole(obj, arguments, fmt)
    if is_operator(obj):
        return torch_function.adapt_operator(obj, arguments, fmt)
    if callable(obj):
        return torch_function.adapt_function(obj, arguments, fmt)
    raise UsageError(not_recognised(obj, arguments))


def _elsewhere(obj: Any, kind: str, arguments: tuple[str, ...], outputs: Outputs) -> Subject:
    if kind == "jax" and callable(obj):
        from checks.adapters.jax_function import adapt_jax

        return adapt_jax(obj, arguments, outputs)
    if kind == "autograd" and callable(obj):
        from checks.adapters.hips_function import adapt_hips

        return adapt_hips(obj, arguments, outputs)
    return _numpy(obj, arguments, outputs)


def _numpy(obj: Any, arguments: tuple[str, ...], outputs: Outputs) -> Subject:
    from checks.adapters import classes, objects, pair_modes

    match obj:
        case tuple((forward, backward)) | list((forward, backward)) if callable(forward) and callable(backward):
            return pair_modes.adapt_in_modes(forward, backward, arguments, outputs)
        case _ if methods := methods_of(obj):
            if isinstance(obj, type):
                return _with_sibling(partial(classes.adapt_class, obj, methods, arguments, outputs), as_it_comes)
            return objects.adapt_object(obj, methods, arguments, outputs)
    raise UsageError(not_recognised(obj, arguments))


def _with_sibling(one: Callable[[Turn], Subject], turn: Turn) -> Subject:
    return replace(one(turn), sibling=one(turn), sized=partial(_with_sibling, one))
