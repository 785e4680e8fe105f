"""A class or an object with ``forward`` and ``backward`` methods that keeps its state between the two.

A class is built anew for every case, its constructor given what it asks for. An object is used as it is, again and
again, as it would be in training: what it forgets to reset is seen.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from inspect import BoundArguments, Signature
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.holders import demand_kept, place, stored
from checks.adapters.methods import Methods
from checks.adapters.numpy_pair import by_name
from checks.adapters.signature import Plan, read
from checks.adapters.words import WORDS, first_present, fixed_by, forms, gradient_names, names_of, per_axis, sizes
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of


@dataclass(frozen=True)
class Kept:
    """A layer that has run forward, by which methods, and what its forward gave besides y."""

    layer: Any
    methods: Methods
    cache: tuple[Any, ...]


def adapt_class(kind: type, methods: Methods, arguments: tuple[str, ...]) -> Subject:
    """Subject from a class: constructor and forward share the arrays and keywords as their signatures ask.

    A window with sides alike is handed over as one number, and as one for each axis where that is not understood.

    Raises UsageError where either signature cannot be understood.
    """
    whole = read(kind, arguments[1:], "constructor")
    flags = {name: parameter for name, parameter in whole.slots.items() if _is_flag(whole.signature, parameter)}
    built = replace(whole, slots={name: slot for name, slot in whole.slots.items() if name not in flags})
    method = read(methods.ahead(kind), arguments, "class")

    def run(arrays: Arrays, config: Config) -> tuple[Array, Kept]:
        *firsts, last = forms({**sizes(arrays), **config})
        for numbers in firsts:
            with suppress(TypeError):
                return once(arrays, config, numbers)
        return once(arrays, config, last)

    def once(arrays: Arrays, config: Config, numbers: Config) -> tuple[Array, Kept]:
        bound = built.bind(arrays, numbers)
        bound.arguments |= {parameter: name in arrays for name, parameter in flags.items()}
        layer = _told(kind, bound)
        handed = {**dict.fromkeys(built.slots), **dict.fromkeys(method.slots)}
        placed = {name: array for name, array in arrays.items() if name not in handed}
        place(layer, placed)
        return _forward(layer, methods, method, arrays, config, placed)

    limits = _merged(built, method) | dict.fromkeys(flags, (False, True))
    return Subject(name_of(kind), run, partial(_backward, arguments), limits)


def _is_flag(signature: Signature, name: str) -> bool:
    """Whether a parameter says that there is an array, and does not hold it: ``bias=True``."""
    parameter = signature.parameters[name]
    return isinstance(parameter.default, bool) or parameter.annotation in {bool, "bool"}


def _told(kind: type, bound: BoundArguments) -> Any:
    """An object of a class; an error of its constructor says what that was given."""
    try:
        return kind(*bound.args, **bound.kwargs)
    except Exception as error:
        given = ", ".join(f"{name}={_short(value)}" for name, value in bound.arguments.items())
        error.add_note(f"it was built as {name_of(kind)}({given})")
        raise


def _short(value: Any) -> str:
    return f"array{value.shape}" if isinstance(value, np.ndarray) else f"{value!r:.60}"


def adapt_object(layer: Any, methods: Methods, arguments: tuple[str, ...]) -> Subject:
    """Subject from an object: its attributes fix the configuration, and its arrays are replaced by the case's.

    Raises UsageError where the signature of the forward cannot be understood.
    """
    method = read(methods.ahead(layer), arguments, "class")

    def run(arrays: Arrays, config: Config) -> tuple[Array, Kept]:
        placed = {name: array for name, array in arrays.items() if name not in method.slots}
        place(layer, placed)
        return _forward(layer, methods, method, arrays, config, placed)

    limits = {**method.limits(), **fixed_by(vars(layer)), **({"axes": 2} if per_axis(vars(layer)) else {})}
    words = frozenset(method.words) | {word for word in WORDS if word in limits}
    limits = {**limits, "words": words} if "words" in limits else limits
    back = partial(_backward, arguments)
    return Subject(name_of(layer), run, back, _without_bias(limits, layer), stateful=True)


def _forward(
    layer: Any, methods: Methods, method: Plan, arrays: Arrays, config: Config, placed: Arrays
) -> tuple[Array, Kept]:
    bound = method.bind(arrays, config)
    result = methods.ahead(layer)(*bound.args, **bound.kwargs)
    demand_kept(layer, placed)
    y, *cache = result if isinstance(result, tuple) else (result,)
    return y, Kept(layer, methods, tuple(cache))


def _backward(arguments: tuple[str, ...], dy: Array, kept: Kept) -> Arrays:
    found = by_name(kept.methods.back(kept.layer, dy, kept.cache), arguments)
    everything = stored(kept.layer)
    for argument in arguments:
        key = first_present(gradient_names(argument)[: -len(names_of(argument))], everything)
        if gradient_of(argument) not in found and key and everything[key] is not None:
            found[gradient_of(argument)] = _own(everything[key])
    return found


def _own(value: Any) -> Any:
    """What a layer keeps in an attribute is its own to write to again: the caller's is a copy."""
    return value.copy() if isinstance(value, np.ndarray) else value


def _merged(built: Plan, method: Plan) -> dict[str, Any]:
    """Limits of a constructor and a method together: a keyword may go to either."""
    first, second = built.limits(), method.limits()
    open_words = built.open or method.open
    found = {**first, **second}
    for word in ("words", "square"):
        both = frozenset(first.get(word, ())) | frozenset(second.get(word, ()))
        found |= {word: both} if both else {}
    if open_words:
        found.pop("words", None)
    return found


def _without_bias(limits: dict[str, Any], layer: Any) -> dict[str, Any]:
    """An object that holds a weight has a bias or has none, for good."""
    everything = stored(layer)
    weight = first_present(names_of("weight"), everything)
    if not weight:
        return limits
    bias = first_present(names_of("bias"), everything)
    return {**limits, "bias": bool(bias) and everything[bias] is not None}
