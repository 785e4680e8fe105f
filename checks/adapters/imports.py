"""How a script imports what its reader has: under its own name, unless the script has another use for that."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from string import digits
from typing import Any

#: Names that scripts define or use, some of them with a number.
TAKEN = {*dir(builtins), "ahead", "answer", "array", "autograd", "back", "backward", "buffers", "cache", "cuts", "dy"}
TAKEN |= {"dtype", "each", "forward", "found", "given", "gradients", "jax", "layer", "leaves", "np", "saved", "tensor"}
TAKEN |= {"lying", "torch", "whole", "y"}

#: What scripts put before the name of an argument.
PREFIXES = ("", "d", "new_", "handed_")


#: The module of a script's reader, and frameworks whose own functions have a home that everybody has.
YOURS, FRAMEWORKS = "your_module", frozenset({"jax", "torch"})


@dataclass(frozen=True)
class Imported:
    """The line that imports something, and the name that it has after it."""

    line: str
    name: str


#: What stands for a function that no module holds under a name.
UNNAMED = Imported("from your_module import your_layer  # the function that you examined", "your_layer")


def imported(name: str, arguments: Iterable[str] = (), home: str = YOURS) -> Imported:
    """Import of what has this name in a module, empty where nobody knows it; ``arguments`` are names of arrays.

    ``home`` is the module.
    """
    if not name:
        return UNNAMED
    taken = TAKEN | {f"{prefix}{each}" for each in arguments for prefix in PREFIXES}
    if taken.isdisjoint({name, name.rstrip(digits)}):
        return Imported(f"from {home} import {name}", name)
    return Imported(f"from {home} import {name} as your_{name}", f"your_{name}")


def home_of_class(kind: Any) -> str:
    """The module from which a script has a class: Python's own, or the reader's."""
    everybodys = kind.__module__.partition(".")[0] in sys.stdlib_module_names - {"__main__"}
    return str(kind.__module__) if everybodys else YOURS


def home_of(obj: object, name: str) -> str:
    """The module from which everybody imports a framework's own function; of any other one the reader's."""
    root = str(getattr(obj, "__module__", "")).partition(".")[0]
    if root not in FRAMEWORKS:
        return YOURS
    public = [each for each in list(sys.modules) if each.partition(".")[0] == root and "._" not in each]
    held = (each for each in public if getattr(sys.modules[each], "__dict__", {}).get(name) is obj)
    return min(held, key=len, default=YOURS)
