"""What ``functools.partial`` holds some arguments for: an object stays an object, a class is one to be built."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import Any

from checks.adapters.methods import Methods, methods_of


def whole(obj: Any) -> Any:
    """The object that a ``partial`` of it, or of its forward, holds arguments for, with these arguments.

    An object of a class that it holds arguments of the constructor for; anything else as it is.
    """
    if not isinstance(obj, partial):
        return obj
    owner = getattr(obj.func, "__self__", None)
    methods = methods_of(owner) if owner is not None else None
    if methods and obj.func.__name__ == methods.forward:
        return holding_arguments(owner, methods, *obj.args, **obj.keywords)
    if (methods := methods_of(obj.func)) is None:
        return obj
    return obj() if isinstance(obj.func, type) else holding_arguments(obj.func, methods, *obj.args, **obj.keywords)


def holding_arguments(layer: Any, methods: Methods, *given: Any, **named: Any) -> Any:
    """A copy of a layer whose forward has these arguments already."""
    found = copy(layer)
    setattr(found, methods.forward, partial(methods.ahead(found), *given, **named))
    return found
