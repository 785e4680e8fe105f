"""What ``functools.partial`` holds some arguments for: an object stays an object, a class is one to be built."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from copy import copy, deepcopy
from dataclasses import replace
from functools import partial
from inspect import Parameter
from typing import Any

from checks.adapters.callables import signature_of
from checks.adapters.foreign import Foreign
from checks.adapters.gradients import scaled
from checks.adapters.instead import put_around
from checks.adapters.methods import Methods, methods_of
from checks.adapters.returned_names import returned_names
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


def held(obj: Any, options: Mapping[str, Any], *, unasked: bool = False) -> Any:
    """A layer that has these arguments already; of a pair the backward too, where it asks for them.

    ``unasked`` ones are none that its user has given.
    """
    holding_them = partial(Unasked if unasked else Holding, **options)
    if isinstance(obj, (tuple, list)):
        forward, backward = obj
        asked = signature_of(backward, "function", ()).parameters.keys() - {*returned_names(forward)[1:]}  # of y none
        again = {name: value for name, value in options.items() if name in asked}
        return holding_them(forward), Retold(backward, **again) if again else backward
    if is_module(obj):
        return holding(partial(obj, **options))
    if isinstance(obj, Foreign):
        return replace(obj, function=Holding(obj.function, **options))
    if (methods := methods_of(obj)) is None:
        return whole(holding_them(obj))
    found = copy(obj)
    put_around(found, methods.forward, holding_them)
    return found


class Holding(partial[Any]):
    """What holds options, of which each call is given dictionaries of its own: a layer may write to one."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call it."""
        own = {name: deepcopy(value) if isinstance(value, dict) else value for name, value in self.keywords.items()}
        return self.func(*self.args, *given, **{**own, **named})


class Unasked(Holding):
    """The same of options that nobody has given: a flag without which nothing goes back."""

    unasked = True


class AsGiven(partial[Any]):
    """What holds dictionaries to which a layer may write; ``said`` is what was in them before its first call."""

    said: Mapping[str, Any]


def as_given(function: Any) -> Any:
    """A ``partial`` that remembers what is in the dictionaries that it holds by name; anything else as it is."""
    if type(function) is not partial or not any(isinstance(each, dict) for each in function.keywords.values()):
        return function
    with suppress(Exception):  # whatever something says of being copied
        found = AsGiven(function.func, *function.args, **function.keywords)
        found.said = deepcopy(function.keywords)
        return found
    return function


class Retold(Holding):
    """A backward that is told options again, but those in whose place it is handed what was saved."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call it."""
        return super().__call__(*given, **named) if not given else self.beside(len(given))(*given, **named)

    def beside(self, count: int) -> Holding:
        """The same for a call that hands over so many things by place."""
        places = list(signature_of(self.func, "function", ()).parameters)[:count]
        return Holding(self.func, **{name: value for name, value in self.keywords.items() if name not in places})


class OfOne(Holding):
    """A backward of a loss that takes no dy: its gradients are those for dy = 1."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """What a ``partial`` is given."""
        own = signature_of(partial(self.func, *self.args, **self.keywords), "function", ())
        dy = Parameter("dy", Parameter.POSITIONAL_OR_KEYWORD)
        self.__signature__ = own.replace(parameters=[dy, *own.parameters.values()])

    def __call__(self, dy: Any, *given: Any, **named: Any) -> Any:
        """Call it."""
        return scaled(dy, super().__call__(*given, **named))


def applying(kind: Any) -> Any:
    """A function that applies a ``torch.autograd.Function``, with the signature that its user sees."""
    from checks.adapters import torch_function

    return torch_function.without_context(kind)


def holding_arguments(layer: Any, methods: Methods, *given: Any, **named: Any) -> Any:
    """A copy of a layer whose forward has these arguments already."""
    found = copy(layer)
    put_around(found, methods.forward, lambda forward: Holding(forward, *given, **named))
    return found
