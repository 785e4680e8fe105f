"""Things whose fields hold arrays, as dataclasses and plain namespaces do; a named tuple is a tuple."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import fields, is_dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any


def has_fields(value: Any) -> bool:
    """Whether a value is such a thing: no class of them, and no dictionary."""
    return of_fields(value.__class__)


@lru_cache(1024)
def of_fields(kind: Any) -> bool:
    """Whether values of a class are such things: asked of each answer of a layer, and of few classes."""
    return issubclass(kind, SimpleNamespace) or (not issubclass(kind, (type, Mapping)) and is_dataclass(kind))


def fields_of(value: Any) -> dict[str, Any]:
    """Its fields by name, in their order."""
    names = [each.name for each in fields(value)] if is_dataclass(value) else vars(value)
    return {name: getattr(value, name) for name in names}


def refilled(value: Any, each: Mapping[Any, Any]) -> Any:
    """A copy of it with other values in its fields, also where it is frozen."""
    found = copy(value)
    for name, other in each.items():
        object.__setattr__(found, name, other)
    return found
