"""Which attributes a layer carries from one forward to the next, where a second one on an example shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.example_run import Run
from checks.adapters.holders import attributes, put
from checks.adapters.own_generators import OwnGenerators
from checks.adapters.slots import same
from checks.calling import OfState
from checks.refusals import RAISED
from checks.types import Array

#: Kinds of values that are a state; a generator of random numbers is none, and moves on in each forward.
STATES = (np.ndarray, float, int, list, tuple, dict, type(None))


def about_carried(obj: Any, run: Run) -> list[str]:
    """A sentence with the attributes that bring back the first y, and the method to write; none where none do.

    Nor where the layer raises, or cannot be copied.
    """
    try:
        with np.errstate(all="ignore"):
            carried = ", ".join(_carried(obj, run))
    except RAISED:
        return []
    said = OfState(
        f"{name_of(obj)} carries {carried} from one forward to the next, so that a second one on the same example "
        f"gives another y; a method reset_state() that brings {carried} back is called before each forward"
    )
    said.carried = carried
    return [said] if carried else []


def _carried(obj: Any, run: Run) -> list[str]:
    """The fewest attributes that bring the first y back together, as far as each is needed beside the others."""
    twin = deepcopy(obj)
    before = deepcopy(dict(attributes(twin)))
    drawn = OwnGenerators.of(twin, [])  # which move on in each forward, and are put back

    def ahead(layer: Any) -> Array:
        return np.array(drawn.ahead(layer, partial(run.ahead, layer)).y)

    first, second = ahead(twin), ahead(twin)
    if same(first, second):
        return []
    needed = [name for name in attributes(twin) if isinstance(before.get(name), STATES)]
    if not same(first, _with(twin, needed, before, ahead)):
        return []
    for name in [*needed]:
        fewer = [each for each in needed if each != name]
        needed = fewer if same(first, _with(twin, fewer, before, ahead)) else needed
    return needed


def _with(layer: Any, names: Iterable[str], before: Mapping[str, Any], ahead: Callable[[Any], Array]) -> Array:
    """Y of a copy of a layer whose attributes are as they were before, or are not there yet."""
    found = deepcopy(layer)
    for name in names:
        if name in before:
            put(found, name, deepcopy(before[name]))
        else:
            delattr(found, name)
    return ahead(found)
