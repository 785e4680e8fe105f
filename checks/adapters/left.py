"""Layers whose forward gives nothing: it leaves y in an attribute, as ``self.output = ...``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.holders import attributes
from checks.adapters.templates import template
from checks.adapters.words import first_present
from checks.errors import UsageError

#: What people call it, the likeliest first.
OUTPUTS = ("output", "outputs", "out", "y", "a", "activation", "activations", "result", "z")


def left_in(layer: Any, before: Mapping[str, Any], given: Collection[Any]) -> str:
    """The name under which a forward left y; ``before`` are the attributes that were there, ``given`` its arguments.

    Empty where it left nothing. Raises UsageError where it may be one of several.
    """
    there = {name: value for name, value in attributes(layer).items() if _is_real(value)}
    new = {name: value for name, value in there.items() if value is not before.get(name)}
    if known := first_present(OUTPUTS, new) or first_present(OUTPUTS, there):
        return known
    fresh = [name for name, value in new.items() if not _is_one(value, given)]
    if len(fresh) > 1:
        name = name_of(layer)
        raise UsageError(
            f"the forward of {name} gives nothing, and left {', '.join(fresh)} in attributes; expected one that "
            f"returns y, or leaves it in one called {', '.join(OUTPUTS)}; or write the adapter:\n"
            f"{template('class', name, ('x',))}"
        )
    return fresh[0] if fresh else ""


def _is_real(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _is_one(value: Any, given: Collection[Any]) -> bool:
    return any(value is each or (_is_real(each) and np.array_equal(value, each)) for each in given)
