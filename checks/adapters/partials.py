"""What ``functools.partial`` holds some arguments for: an object stays an object, a class is one to be built."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import replace
from functools import partial
from inspect import Parameter
from typing import Any

from checks.adapters.callables import signature_of
from checks.adapters.foreign import Foreign
from checks.adapters.instead import put_around
from checks.adapters.methods import Methods, methods_of
from checks.adapters.torch_kinds import function_class, holding, is_module


def whole(obj: Any) -> Any:
    """The object that a ``partial`` of it, or of its forward, holds arguments for, with these arguments.

    An object of a class that it holds arguments of the constructor for; anything else as it is.
    """
    if not isinstance(obj, partial):
        return obj
    if kind := function_class(obj.func):
        return partial(applying(kind), *obj.args, **obj.keywords)
    owner = getattr(obj.func, "__self__", None)
    methods = methods_of(owner) if owner is not None else None
    if methods and obj.func.__name__ == methods.forward:
        return holding_arguments(owner, methods, *obj.args, **obj.keywords)
    if (methods := methods_of(obj.func)) is None:
        return obj
    return obj() if isinstance(obj.func, type) else holding_arguments(obj.func, methods, *obj.args, **obj.keywords)


def held(obj: Any, options: Mapping[str, Any]) -> Any:
    """A layer that has these arguments already; of a pair the backward too, where it asks for them."""
    if isinstance(obj, (tuple, list)):
        forward, backward = obj
        again = _again(signature_of(backward, "function", ()).parameters.values(), options)
        return partial(forward, **options), partial(backward, **again) if again else backward
    if is_module(obj):
        return holding(partial(obj, **options))
    if isinstance(obj, Foreign):
        return replace(obj, function=partial(obj.function, **options))
    methods = methods_of(obj)
    return holding_arguments(obj, methods, **options) if methods else whole(partial(obj, **options))


def _again(asked: Collection[Parameter], options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the arguments that a backward asks for; none that stands for dy or what was saved, whatever it calls it.

    These two are left to be given, unless it needs fewer.
    """
    needed = [each.name for each in asked if each.default is each.empty and each.kind is not each.VAR_KEYWORD]
    left = [name for name in needed if name not in options]
    saved = needed if len(left) < len(("dy", "saved")) <= len(needed) else []
    return {each.name: options[each.name] for each in asked if each.name in options and each.name not in saved}


def applying(kind: Any) -> Any:
    """A function that applies a ``torch.autograd.Function``, with the signature that its user sees."""
    from checks.adapters import torch_function

    return torch_function.without_context(kind)


def holding_arguments(layer: Any, methods: Methods, *given: Any, **named: Any) -> Any:
    """A copy of a layer whose forward has these arguments already."""
    found = copy(layer)
    put_around(found, methods.forward, lambda forward: partial(forward, *given, **named))
    return found
