"""Where parts of a layer stand that are inside of a class (``Outer.Inner``) or a function (``make.<locals>.Inner``).

The methods of an object are inside of it: ``Layer(...).run``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import FunctionType
from typing import Any

from checks.adapters.callables import INSIDE, bound_method, without_held
from checks.adapters.preamble import as_you_build_it
from checks.subject import Subject


def with_owners(subject: Subject, obj: Any) -> Subject:
    """The subject that knows where what it is made of stands, in each of its modes."""
    bound = [method for each in _each(obj) if (method := bound_method(each))] if isinstance(obj, (tuple, list)) else []
    owners = {each.__name__: path for each in _parts(obj) if (path := _nested(each))}
    owners |= {each.__name__: f"{as_you_build_it(each.__self__)}.{each.__name__}" for each in bound}
    return _owned(subject, owners) if owners else subject


def _owned(subject: Subject, owners: Mapping[str, str]) -> Subject:
    modes = {mode: _owned(other, owners) for mode, other in subject.modes.items()}
    untouched = subject.untouched and _owned(subject.untouched, owners)
    return replace(subject, owners=owners, modes=modes, untouched=untouched)


def _parts(obj: Any) -> Iterator[type | FunctionType]:
    """The classes and functions of which a layer consists: those of a pair, or of an object its class."""
    for each in _each(obj):
        method = bound_method(each)
        part = method.__self__ if method else without_held(each)
        yield part if isinstance(part, (type, FunctionType)) else type(part)


def _each(obj: Any) -> list[Any]:
    obj = tuple(obj.values()) if isinstance(obj, Mapping) else obj
    return [*obj] if isinstance(obj, (tuple, list)) else [obj]


def _nested(thing: type | FunctionType) -> str:
    """Its path by way of classes, or of the function that made it; empty where a module holds it by its name."""
    path = thing.__qualname__
    owner, _, name = path.rpartition(".")
    plain = name if INSIDE in path else path.replace(".", "")
    if not owner or name != thing.__name__ or not plain.isidentifier():
        return ""
    return "" if vars(sys.modules.get(thing.__module__, object)).get(name) is thing else path
