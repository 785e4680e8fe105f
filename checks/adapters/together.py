"""The parameter that takes all keywords at once: in a dictionary, or in an object of which its class is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

from checks.adapters import bundle
from checks.adapters.packed import TELLING, Packed, class_of, packed_in


@dataclass(frozen=True)
class Together:
    """Its name, empty where there is none, and what it is asked for.

    ``packed`` makes the object, None: it is a dictionary; ``asked`` are the names under which its code looks into that.
    ``opaque`` are parameters of objects that nobody can make: no array belongs there.
    """

    parameter: str = ""
    keys: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    packed: Packed | None = None
    opaque: frozenset[str] = frozenset()


def together(call: Callable[..., Any], parameters: Sequence[Parameter]) -> Together:
    """The first of these parameters that takes keywords so.

    One of an object by what its class takes, or has by default; one of a dictionary by its own name alone.
    """
    kinds = {each.name: kind for each in parameters if (kind := class_of(call, each))}
    opaque = set[str]()
    for each in parameters:
        name, named = each.name, bundle.is_bundle(each.name)
        found = packed_in(kinds[name], each) if name in kinds else None
        if found and (named or found.keys & TELLING):
            packed = found.of(bundle.looked_up(call, name))
            return Together(name, packed.keys, packed=packed, opaque=frozenset(opaque))
        if named and name not in kinds:
            asked = bundle.asked_for(call, name)
            return Together(name, bundle.keys_of(asked), asked, opaque=frozenset(opaque))
        opaque |= {name} if named else set()
    return Together(opaque=frozenset(opaque))
