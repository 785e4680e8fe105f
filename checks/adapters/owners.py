"""Where classes and functions of a layer stand that are inside of another class: ``Outer.Inner``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import FunctionType
from typing import Any

from checks.adapters.callables import without_held
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
    """Its path by way of classes; empty where a module holds it by its name, or a function made it."""
    path = thing.__qualname__
    owner, _, name = path.rpartition(".")
    return path if owner and name == thing.__name__ and path.replace(".", "").isidentifier() else ""
