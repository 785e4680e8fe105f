"""Methods that empty a layer and break it: where calls raise only since one of them was called, it is left alone."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy, deepcopy
from typing import Any

import numpy as np

from checks.adapters.at_rest import at_rest
from checks.adapters.carrying import about_carried
from checks.adapters.example_run import Run
from checks.adapters.frameworks import framework_of
from checks.adapters.given import by_argument
from checks.adapters.grown import FLUSHING, ZEROING, emptying, zeroed
from checks.adapters.instead import put_around
from checks.adapters.methods import methods_of
from checks.refusals import RAISED, placed, printable

#: Forwards with their backwards, after which a layer is taken to work.
CALLS = 2


def with_what_it_bears(obj: Any, inputs: Any, remarks: list[str]) -> Any:
    """A copy of an object that none of our calls empties by a method that breaks it; anything else as it is.

    ``remarks`` is told of what is left alone.
    """
    if isinstance(obj, type) or framework_of(obj) or (methods := methods_of(obj)) is None:
        return obj
    names = [name for name, _ in emptying(obj, (*FLUSHING, *ZEROING))]
    run = Run(methods, {name: np.asarray(value) for name, value in by_argument(obj, inputs).items()})
    rested = at_rest(obj, run, remarks)
    if rested is obj:
        remarks.extend(about_carried(obj, run))
    obj = rested
    if not names or not (error := _raised(obj, run)):
        return obj
    for left in (*([name] for name in names), names):
        if not _raised(found := _without(obj, left), run):
            told = ", ".join(f"{name}()" for name in left)
            remarks.append(f"{told} is not called: the layer works, and after its own {told} it raises {error}")
            return found
    return obj


def _raised(layer: Any, run: Run) -> str:
    """What a copy of a layer raises in its first calls; empty where it works, or cannot be copied."""
    try:
        twin = deepcopy(layer)
    except RAISED:
        return ""
    try:
        with np.errstate(all="ignore"):
            for _ in range(CALLS):
                answer = run.ahead(twin)
                zeroed(twin)
                run.back(twin, answer)
    except RAISED as error:
        return printable(f"{type(error).__name__}: {error}") + placed(error)
    return ""


def _without(layer: Any, names: Iterable[str]) -> Any:
    found = copy(layer)
    for name in names:
        put_around(found, name, lambda _: None)  # nothing that can be called
    return found
