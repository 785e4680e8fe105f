"""Layers that mean to carry a state from one forward to the next, and have a method that brings it to rest."""

from __future__ import annotations

from copy import copy, deepcopy
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.example_run import Run
from checks.adapters.grown import RESTING, emptying
from checks.adapters.holders import there
from checks.adapters.instead import put_around
from checks.adapters.slots import same
from checks.refusals import RAISED


def at_rest(obj: Any, run: Run, remarks: list[str]) -> Any:
    """A copy of an object whose state is brought to rest before each forward; as it is where no method does that.

    ``remarks`` is told how it is brought to rest. What a layer carries along where it says that it keeps no state
    (``stateful``), and by whatever it has no method for, is for the laws between calls to find.
    """
    every = [] if there(obj, "stateful") is False else emptying(obj, RESTING)
    if not (name := next((name for name, _ in every if _rests(obj, run, name)), "")):
        return obj
    put_around(found := copy(obj), name, lambda call: call)
    remarks.append(
        f"{name}() is called before each forward, since {name_of(obj)} carries a state from one to the next: what "
        "comes of a state that is carried on is not examined"
    )
    return found


def _rests(obj: Any, run: Run, name: str) -> bool:
    """Whether a layer gives something else in a second forward, and the first y again after this method of its own."""
    try:
        twin = deepcopy(obj)
        with np.errstate(all="ignore"):
            first, second = (np.array(run.ahead(twin).y) for _ in range(2))
            getattr(twin, name)()
            third = np.array(run.ahead(twin).y)
    except RAISED:
        return False
    return same(first, third) and not same(first, second)
