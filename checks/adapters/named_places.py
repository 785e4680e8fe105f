"""Under which names a class keeps its weight, its bias and their gradients, as its code says: for adapters to write."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

from checks.adapters.words import first_present, gradient_names, names_of
from checks.types import gradient_of

#: What is to be named, each in capitals where the code does not show a name.
KEPT = ("weight", "bias")


def named_places(layer: Any) -> dict[str, str]:
    """Names of attributes by what they hold: ``weight``, ``bias``, ``dweight``, ``dbias``.

    ``layer`` is a class, or an object of it; of None, and of names that no code shows, they are in capitals.
    """
    kind = layer if isinstance(layer, type) else type(layer)
    set_by_code = [*dict.fromkeys(_set(kind))]
    known = {name: first_present(names_of(name), set_by_code) for name in KEPT}
    known |= {
        gradient_of(name): first_present(gradient_names(name)[: -len(names_of(name))], set_by_code) for name in KEPT
    }
    return {name: found or name.upper() for name, found in known.items()}


def is_open(names: Mapping[str, str]) -> bool:
    """Whether some of these names are still to be given."""
    return any(name == what.upper() for what, name in names.items())


def _set(kind: type) -> Iterator[str]:
    """Names of attributes that functions of a class set, or that it declares."""
    for each in kind.__mro__[:-1]:
        yield from inspect.get_annotations(each)
        for function in (one for one in vars(each).values() if isinstance(one, FunctionType)):
            yield from (step.argval for step in dis.get_instructions(function) if step.opname == "STORE_ATTR")
