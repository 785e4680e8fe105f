"""How a script imports what its reader has: under its own name, unless the script has another use for that."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import dataclass
from string import digits

#: Names that scripts define or use, some of them with a number.
TAKEN = {*dir(builtins), "ahead", "answer", "array", "autograd", "back", "backward", "buffers", "cache", "cuts", "dy"}
TAKEN |= {
    "dtype",
    "each",
    "forward",
    "found",
    "given",
    "gradients",
    "jax",
    "layer",
    "leaves",
    "lying",
    "np",
    "saved",
    "tensor",
}
TAKEN |= {"torch", "whole", "y"}

#: What scripts put before the name of an argument.
PREFIXES = ("", "d", "new_", "handed_")


@dataclass(frozen=True)
class Imported:
    """The line that imports something, and the name that it has after it."""

    line: str
    name: str


#: What stands for a function that no module holds under a name.
UNNAMED = Imported("from your_module import your_layer  # the function that you examined", "your_layer")


def imported(name: str, arguments: Iterable[str] = ()) -> Imported:
    """Import of what has this name in a module, empty where nobody knows it; ``arguments`` are names of arrays."""
    if not name:
        return UNNAMED
    taken = TAKEN | {f"{prefix}{each}" for each in arguments for prefix in PREFIXES}
    if taken.isdisjoint({name, name.rstrip(digits)}):
        return Imported(f"from your_module import {name}", name)
    return Imported(f"from your_module import {name} as your_{name}", f"your_{name}")
