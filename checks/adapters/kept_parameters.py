"""The parameters of an object with methods: arrays that it keeps, beside which its backward leaves a gradient."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import numpy as np

from checks.adapters.answered import answered
from checks.adapters.holders import PARAMETERS, attributes, stored
from checks.adapters.methods import Methods, methods_of
from checks.adapters.outputs import Every
from checks.adapters.words import first_present, gradient_names, names_of
from checks.refusals import RAISED
from checks.types import Arrays


def kept_parameters(layer: Any, arrays: Arrays) -> Arrays:
    """Copies of an object's parameters by their names: a forward and a backward of a copy of it show which they are.

    Empty where there are no such methods, or the object cannot be copied or does not take these arrays.
    """
    methods = methods_of(layer)
    if methods is None or isinstance(layer, type):
        return {}
    try:
        gradients = _after_a_backward(deepcopy(layer), methods, arrays)
    except RAISED:
        return {}
    held = {name: value for name, value in _held(layer).items() if name not in arrays}
    return {name: value.copy() for name, value in held.items() if _has_gradient(name, value, gradients)}


def unexamined(layer: Any, known: Iterable[str]) -> list[str]:
    """Names of what an object keeps as parameters seem to be kept, and of which none of these arguments stands."""
    if methods_of(layer) is None or isinstance(layer, type):
        return []
    held = {**_held(layer), **{name: value for name, value in attributes(layer).items() if _holds_arrays(value)}}
    return [name for name in held if name not in known]


def _holds_arrays(value: Any) -> bool:
    """Whether this is a list of arrays, or an object with an array and its gradient."""
    each = value if isinstance(value, (list, tuple)) else ()
    beside = [getattr(value, name, None) for name in ("data", "value") if hasattr(value, "grad")]
    return any(isinstance(one, np.ndarray) and one.dtype.kind == "f" for one in (*each, *beside))


def _after_a_backward(twin: Any, methods: Methods, arrays: Arrays) -> dict[str, Any]:
    """Everything that the object keeps once it has gone forward and back."""
    result = methods.ahead(twin)(**arrays)
    answer = answered(twin, methods, result, Every())
    methods.back(twin, *answer.handed(np.ones_like(answer.y)))
    return stored(twin)


def _held(layer: Any) -> Arrays:
    """Arrays of floating point in its attributes, and in a dictionary of parameters."""
    inner = [getattr(layer, name, None) for name in PARAMETERS]
    every = {
        name: value for each in (*inner, attributes(layer)) if isinstance(each, dict) for name, value in each.items()
    }
    named = ((name, value) for name, value in every.items() if isinstance(name, str))
    return {name: value for name, value in named if isinstance(value, np.ndarray) and value.dtype.kind == "f"}


def _has_gradient(name: str, value: Any, gradients: dict[str, Any]) -> bool:
    key = first_present(gradient_names(name)[: -len(names_of(name))], gradients)
    return bool(key) and np.shape(gradients[key]) == value.shape
