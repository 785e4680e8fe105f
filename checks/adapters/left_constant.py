"""Parameters that nobody examines, at ones or zeros as they were built: beside those a wrong use of them passes."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Any

import numpy as np

from checks.adapters.as_initial import is_initial, other
from checks.adapters.example_run import Run
from checks.adapters.given import by_argument
from checks.adapters.kept_parameters import kept_by
from checks.adapters.methods import Methods, methods_of
from checks.adapters.parameter_look import groups_of
from checks.adapters.paths import at
from checks.adapters.slots import spelled
from checks.errors import UsageError
from checks.refusals import RAISED
from checks.types import Arrays

#: Said of those that were given numbers.
_MOVED = (
    "{0}, of which no gradient was found, hold other numbers here than the ones or zeros that they were built with (a "
    "copy of the layer does): beside those a wrong use of them passes"
)


def with_numbers(layer: Any, inputs: Any) -> tuple[Any, list[str]]:
    """A copy of an object whose parameters without a gradient are no ones or zeros, and a sentence about that.

    The object itself where it has none, or cannot be copied, or does not go there and back with such numbers.
    """
    methods = None if isinstance(layer, (type, tuple, list)) else methods_of(layer)
    if methods is None or not any(is_initial(spelled(group[0]), at(layer, group[0])) for group in groups_of(layer)):
        return layer, []
    with suppress(UsageError, *RAISED):
        given = {name: np.asarray(value) for name, value in by_argument(layer, inputs).items()}
        return _moved(layer, methods, given)
    return layer, []


def _moved(layer: Any, methods: Methods, given: Arrays) -> tuple[Any, list[str]]:
    kept = kept_by(deepcopy(layer), given)
    slots = {name: kept.left[name] for name in kept.unexamined if name in kept.left}
    plain = {name: slot for name, slot in slots.items() if is_initial(name, slot.value(layer))}
    if not plain:
        return layer, []
    twin = deepcopy(layer)
    for place, slot in enumerate(plain.values()):
        slot.put(twin, other(slot.value(layer), place))
    return (twin, [_MOVED.format(", ".join(plain))]) if _goes(Run(methods, given), twin) else (layer, [])


def _goes(run: Run, layer: Any) -> bool:
    """Whether a copy of an object goes forward and back."""
    probe = deepcopy(layer)
    with np.errstate(all="ignore"):
        answer = run.ahead(probe)
        run.back(probe, answer)
    return bool(np.all(np.isfinite(np.asarray(answer.y))))
