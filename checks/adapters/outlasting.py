"""Whether anything of a layer outlasts its calls beside its objects: what its functions reach that can change."""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

#: What no call changes.
_FIXED = (str, bytes, int, float, complex, bool, type(None), ModuleType, BuiltinFunctionType, np.generic, np.ufunc)

#: Packages of frameworks, whose own layers keep nothing beside their objects.
LIBRARIES = frozenset({"torch"})

#: Instructions by which a function gives a variable around it another value.
_SETS = frozenset({"STORE_GLOBAL", "STORE_DEREF"})

#: Instructions that load what is around a function; and what follows where it is given an attribute, or another value.
_AROUND, _GIVEN = frozenset({"LOAD_GLOBAL", "LOAD_DEREF"}), frozenset({"STORE_ATTR", "COPY"})


def outlasts(layer: Any) -> bool:
    """Whether a layer's functions, or those of its class, reach anything that a call could change for later ones.

    Only functions of its own packages are looked into; those of libraries are taken to keep nothing.
    """
    parts = layer if isinstance(layer, (tuple, list)) else (layer,)
    packages = {package(part.func if isinstance(part, partial) else part) for part in parts} - LIBRARIES
    seen: set[int] = set()
    return bool(packages) and any(_keeps(part, packages, seen) for part in parts)


def package(thing: Any) -> str:
    """The first part of the name of the module in which a thing, or its class, is at home."""
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    return (getattr(named, "__module__", None) or "").partition(".")[0]


def _keeps(thing: Any, packages: set[str], seen: set[int]) -> bool:
    if isinstance(thing, _FIXED) or id(thing) in seen:
        return False
    seen.add(id(thing))
    inside = _inside(thing, packages)
    return inside is None or any(_keeps(each, packages, seen) for each in inside)


def _inside(thing: Any, packages: set[str]) -> Iterable[Any] | None:
    """What a thing that does not change itself reaches; None where it may change."""
    match thing:
        case tuple() | frozenset():
            return thing
        case FunctionType() | type() if package(thing) not in packages:
            return ()
        case FunctionType():
            return None if _sets(thing.__code__) else reached(thing)
        case type():
            return _members(thing)
        case MethodType() | partial():
            held = (thing.args, *thing.keywords.values()) if isinstance(thing, partial) else ()
            return (thing.func if isinstance(thing, partial) else thing.__func__, *held)
    return None


def _members(kind: type) -> Iterator[Any]:
    own = [each for each in kind.__mro__[:-1] if package(each) not in LIBRARIES]
    for name, value in ((name, value) for each in own for name, value in vars(each).items()):
        if isinstance(value, FunctionType) or not (name.startswith("__") and name.endswith("__")):
            yield getattr(value, "__func__", value.fget if isinstance(value, property) else value)


def reached(function: FunctionType) -> Iterator[Any]:
    """What a function finds by name, in its closure, in its defaults and in its own attributes."""
    yield from (function.__globals__[name] for name in names_in(function.__code__) if name in function.__globals__)
    for cell in function.__closure__ or ():
        if cell != type(cell)():
            yield cell.cell_contents
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    yield from vars(function).values()


def _inner(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions inside it."""
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _inner(each)


def names_in(code: CodeType) -> set[str]:
    """Names that a function, or one inside it, looks for around itself or in other things."""
    return {name for each in _inner(code) for name in each.co_names}


def _sets(code: CodeType) -> bool:
    """Whether a function gives a variable around it, or an attribute of what stands there, another value."""
    return any(
        (step.opname in _SETS and (step.opname == "STORE_GLOBAL" or step.argval in code.co_freevars))
        or (step.opname in _GIVEN and _around(before))
        for each in _inner(code)
        for before, step in pairwise(dis.get_instructions(each))
    )


def _around(step: dis.Instruction) -> bool:
    """Whether an instruction leaves something that stands around a function, or the class of an object."""
    return step.opname in _AROUND or (step.opname == "LOAD_ATTR" and step.argval == "__class__")
