"""Functions that need nothing but what they are called with: their code refers to nothing that could keep a state."""

from __future__ import annotations

import dis
from inspect import getclosurevars
from types import CodeType, FunctionType, ModuleType
from typing import Any

#: Libraries in which nobody puts what a forward saved.
LIBRARIES = frozenset({"numpy", "scipy", "math", "operator", "torch", "jax"})

#: What is never written to.
CONSTANTS = (bool, int, float, complex, str, bytes, type(None))

#: Ways to anything from anywhere.
ANYWHERE = frozenset({"globals", "locals", "vars", "eval", "exec", "__import__", "open", "getattr", "__builtins__"})


def self_contained(function: Any) -> bool:
    """Whether a function refers to constants and to known libraries alone; not where its code cannot be read so.

    What an adapter has put around it keeps nothing.
    """
    while hasattr(function, "__wrapped__") and _of_an_adapter(function):
        function = function.__wrapped__
    if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
        return False
    code, found = function.__code__, getclosurevars(function)
    imports = any(step.opname == "IMPORT_NAME" for step in dis.get_instructions(code))
    if imports or any(isinstance(each, CodeType) for each in code.co_consts) or ANYWHERE & found.builtins.keys():
        return False
    defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
    return all(map(_keeps_nothing, (*found.globals.values(), *found.nonlocals.values(), *defaults)))


def _of_an_adapter(function: Any) -> bool:
    return str(getattr(function, "__globals__", {}).get("__name__")).startswith(f"{__package__}.")


def _keeps_nothing(value: Any) -> bool:
    if isinstance(value, ModuleType):
        return value.__name__.partition(".")[0] in LIBRARIES
    return isinstance(value, CONSTANTS)
