"""Whose layer is this? Told from type and module names alone: no framework is imported to find out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from types import CellType, FunctionType, ModuleType
from typing import Any

import numpy as np

from checks.adapters.flat import Flat

#: Frameworks by the first part of their module names.
FRAMEWORKS = {"torch": "torch", "jax": "jax", "jaxlib": "jax", "autograd": "autograd"}

#: Where the class of a framework's tensors is found, and its name.
TENSORS = {"torch": ("torch", "Tensor"), "jax": ("jax", "Array")}

#: A variable that a function will find in its surroundings once it is set.
_EMPTY = CellType()

#: A name that nothing has.
_NOBODYS = "__of_nothing_at_all__"

#: A function that names this, and no framework, is of none, whatever else its module imports.
NUMPY = "numpy"


def framework_of(obj: Any) -> str:
    """torch, jax or autograd, where an object shows it; empty where it does not."""
    return "" if isinstance(obj, (tuple, list)) else shown_of(obj) or guessed_of(obj)


def guessed_of(obj: Any) -> str:
    """The framework of a function that names none of its own, nor NumPy: the one that its module imports, or none."""
    if isinstance(obj, (tuple, list)) or shown_of(obj):
        return ""
    if isinstance(obj, (partial, Flat)):
        return guessed_of(obj.func)
    return "" if NUMPY in map(_root, _used(obj)) else _around(obj)


def shown_of(obj: Any) -> str:
    """The framework whose kind an object is, or whose names its code uses."""
    if isinstance(obj, (partial, Flat)):
        return shown_of(obj.func)
    kinds = (*(obj.__mro__ if isinstance(obj, type) else ()), *type(obj).__mro__, *type(_unwrapped(obj)).__mro__)
    own = (name for name in (_told(obj, "__module__"), *(kind.__module__ for kind in kinds)) if name)
    roots = (root for names in (own, _used(obj)) for root in map(_root, names))
    return next((FRAMEWORKS[root] for root in roots if root in FRAMEWORKS), "")


def _root(module: str) -> str:
    return module.partition(".")[0]


def _used(function: Any) -> Iterator[str]:
    """Modules of everything that a function's code and annotations name, and of what its own helpers name."""
    home = _root(str(_told(_unwrapped(function), "__module__")))
    waiting, seen = [function], set[int]()
    while waiting:
        inner = _unwrapped(waiting.pop(0))
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        for value in _held(inner):
            module = value.__name__ if isinstance(value, ModuleType) else str(_told(value, "__module__") or "")
            yield from (module, type(value).__module__)  # the second of what a framework made of a user's function
            waiting += [value] if isinstance(_unwrapped(value), FunctionType) and _root(module) == home else []
        yield from (str(note).replace("<class '", "") for note in _told(inner, "__annotations__", {}).values())
        # A function that imports its framework inside itself.
        yield from getattr(_told(inner, "__code__"), "co_names", ())


def _held(function: Any) -> list[Any]:
    """What a function's code finds under the names that it uses, and in its surroundings."""
    space = _told(function, "__globals__", {})
    names = getattr(_told(function, "__code__"), "co_names", ())
    cells = _told(function, "__closure__") or ()
    return [space[name] for name in names if name in space] + [c.cell_contents for c in cells if c != _EMPTY]


def _around(function: Any) -> str:
    """The one framework that a function's module imports: it may name nothing but methods of its tensors.

    Of several the one whose tensors alone have a method that it names.
    """
    inner = _unwrapped(function)
    held = [value for value in _told(inner, "__globals__", {}).values() if isinstance(value, ModuleType)]
    found = {FRAMEWORKS[root] for root in (_root(module.__name__) for module in held) if root in FRAMEWORKS}
    if len(found) > 1:
        names = {*getattr(_told(inner, "__code__"), "co_names", ())}
        found = {each for each in found if names & _own_methods(each)}
    return found.pop() if len(found) == 1 else ""


def _own_methods(framework: str) -> set[str]:
    """Names of what a framework's tensors can do and NumPy's arrays cannot, as far as it is loaded."""
    where, kind = TENSORS.get(framework, ("", ""))
    return {*dir(getattr(sys.modules.get(where), kind, object))} - {*dir(np.ndarray)}


def _unwrapped(function: Any) -> Any:
    return _told(function, "__wrapped__", _told(function, "func", function))


def _told(obj: Any, name: str, otherwise: Any = None) -> Any:
    """What stands under a name; an object that answers every name (a proxy, a mock) has told nothing by that."""
    return otherwise if hasattr(obj, _NOBODYS) else getattr(obj, name, otherwise)
