"""Objects with several outputs whose backward takes the gradient of the first alone: ``h, last = rnn.forward(x)``."""

from __future__ import annotations

from contextlib import suppress
from copy import copy, deepcopy
from typing import Any

import numpy as np

from checks.adapters.example_run import Run
from checks.adapters.frameworks import framework_of
from checks.adapters.given import by_argument
from checks.adapters.instead import count_first
from checks.adapters.methods import methods_of
from checks.errors import UsageError
from checks.refusals import RAISED

_FIRST = (
    "the backward raises where it gets a gradient for each of {} outputs ({}), and goes back from that of the first "
    "alone: that one is examined"
)


def with_first_output(layer: Any, inputs: Any) -> tuple[Any, list[str]]:
    """A copy of such an object of which the first output counts alone, and a sentence about that.

    The object itself where its backward takes them all, or none.
    """
    methods = None if isinstance(layer, (type, tuple, list)) or framework_of(layer) else methods_of(layer)
    if methods is None:
        return layer, []
    with suppress(UsageError, *RAISED):
        given = {name: np.asarray(value) for name, value in by_argument(layer, inputs).items()}
        return _counted(layer, Run(methods, given))
    return layer, []


def _counted(layer: Any, run: Run) -> tuple[Any, list[str]]:
    every = deepcopy(layer)
    answer = run.ahead(every)
    if answer.parted is None or answer.spread or len(answer.parted.places) == 1:
        return layer, []
    try:
        run.back(every, answer)
    except RAISED as error:
        first = deepcopy(layer)
        count_first(first)
        run.back(first, run.ahead(first))
        found = copy(layer)
        count_first(found)
        return found, [_FIRST.format(len(answer.parted.places), type(error).__name__)]
    return layer, []
