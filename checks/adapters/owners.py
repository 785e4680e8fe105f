"""Where parts of a layer stand that are inside of a class (``Outer.Inner``) or a function (``make.<locals>.Inner``)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import FunctionType
from typing import Any

from checks.adapters.callables import INSIDE, without_held
from checks.subject import Subject


def with_owners(subject: Subject, obj: Any) -> Subject:
    """The subject that knows where what it is made of stands, in each of its modes."""
    owners = {each.__name__: path for each in _parts(obj) if (path := _nested(each))}
    return _owned(subject, owners) if owners else subject


def _owned(subject: Subject, owners: Mapping[str, str]) -> Subject:
    modes = {mode: _owned(other, owners) for mode, other in subject.modes.items()}
    untouched = subject.untouched and _owned(subject.untouched, owners)
    return replace(subject, owners=owners, modes=modes, untouched=untouched)


def _parts(obj: Any) -> Iterator[type | FunctionType]:
    """The classes and functions of which a layer consists: those of a pair, or of an object its class."""
    if isinstance(obj, Mapping):
        obj = tuple(obj.values())
    for each in map(without_held, obj if isinstance(obj, (tuple, list)) else [obj]):
        yield each if isinstance(each, (type, FunctionType)) else type(each)


def _nested(thing: type | FunctionType) -> str:
    """Its path by way of classes, or of the function that made it; empty where a module holds it by its name."""
    path = thing.__qualname__
    owner, _, name = path.rpartition(".")
    plain = name if INSIDE in path else path.replace(".", "")
    if not owner or name != thing.__name__ or not plain.isidentifier():
        return ""
    return "" if vars(sys.modules.get(thing.__module__, object)).get(name) is thing else path
