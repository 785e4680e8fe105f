"""Which attribute a layer carries from one forward to the next, where a second one on the same example shows it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.example_run import Run
from checks.adapters.holders import attributes, put
from checks.adapters.slots import same
from checks.refusals import RAISED
from checks.types import Array

#: Kinds of values that are a state; a generator of random numbers is none, and moves on in each forward.
STATES = (np.ndarray, float, int, list, tuple, dict, type(None))


def about_carried(obj: Any, run: Run) -> list[str]:
    """A sentence with the attribute that alone brings back the first y, and the method to write; none where none does.

    Nor where the layer raises, or cannot be copied.
    """
    try:
        with np.errstate(all="ignore"):
            name = _carried(obj, run)
    except RAISED:
        return []
    said = (
        f"{name_of(obj)} carries {name} from one forward to the next, so that a second one on the same example gives "
        f"another y; a method reset_state() that brings {name} back is called before each forward"
    )
    return [said] if name else []


def _carried(obj: Any, run: Run) -> str:
    twin = deepcopy(obj)
    before = deepcopy(dict(attributes(twin)))
    first, second = (np.array(run.ahead(twin).y) for _ in range(2))
    if same(first, second):
        return ""
    states = (name for name in attributes(twin) if isinstance(before.get(name), STATES))
    return next((name for name in states if same(first, _with(twin, name, before, run))), "")


def _with(layer: Any, name: str, before: Mapping[str, Any], run: Run) -> Array:
    """Y of a copy of a layer whose attribute is as it was before, or is not there yet."""
    found = deepcopy(layer)
    if name in before:
        put(found, name, deepcopy(before[name]))
    else:
        delattr(found, name)
    return np.array(run.ahead(found).y)
