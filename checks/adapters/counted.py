"""Layers that want a number for each axis and do not say so: a signature that says it is put around them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from inspect import Parameter, Signature
from typing import Any

from checks.adapters.callables import signature_of
from checks.adapters.foreign import Foreign
from checks.adapters.methods import methods_of
from checks.adapters.partials import applying
from checks.adapters.signature import read
from checks.adapters.torch_kinds import function_class, is_module, is_operator
from checks.subject import Subject


class Counted(partial[Any]):
    """A function whose signature says how many numbers its keywords have."""


def counted(layer: Any, arguments: tuple[str, ...], words: Collection[str], count: int) -> Any:
    """A pair, a class or a function that is handed ``count`` numbers for each of these keywords; else the layer itself.

    Raises UsageError where its signature cannot be understood.
    """
    if isinstance(layer, (tuple, list)):
        names = read(layer[0], arguments, "pair").words
        return tuple(_function(each, names, words, count) for each in layer)
    if kind := function_class(layer):
        layer = applying(kind)
    elif isinstance(layer, (Subject, Foreign)) or is_module(layer) or is_operator(layer):
        return layer
    elif methods_of(layer):
        return _class(layer, arguments, words, count) if isinstance(layer, type) else layer
    return _function(layer, read(layer, arguments, "function").words, words, count)


def _function(
    function: Callable[..., Any], names: Mapping[str, str], words: Collection[str], count: int
) -> Callable[..., Any]:
    found = Counted(function)
    found.__signature__ = _said(signature_of(function, "function", ()), names, words, count)  # type: ignore[attr-defined]
    return found


def _class(kind: type, arguments: tuple[str, ...], words: Collection[str], count: int) -> type:
    names = read(kind, arguments[1:], "constructor").words
    said = _said(signature_of(kind, "constructor", ()), names, words, count)
    own = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__signature__": said}
    return type(kind)(kind.__name__, (kind,), own)


def _said(signature: Signature, names: Mapping[str, str], words: Collection[str], count: int) -> Signature:
    """Those keywords have as many numbers; of the others nobody is to think so for their sake."""
    numbers = f"tuple[{', '.join(['int'] * count)}]"
    said = {name: numbers if word in words else Any for word, name in names.items()}
    changed = {
        name: each.replace(annotation=said[name])
        for name, each in signature.parameters.items()
        if name in said and (said[name] is numbers or each.annotation is Parameter.empty)
    }
    return signature.replace(parameters=[changed.get(name, each) for name, each in signature.parameters.items()])
