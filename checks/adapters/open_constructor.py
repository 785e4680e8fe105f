"""Constructors with ``**kwargs``: whether they take keywords that they do not name, as trying to build one shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from checks.adapters.constructor import Constructor
from checks.refusals import RAISED
from checks.types import Arrays, Config

#: Keywords of the plainest layer, with one number for all sides of its window.
_PLAIN: Config = {"kernel_size": 3, "stride": 1, "padding": 0, "dilation": 1, "groups": 1}

#: Others, with every keyword of a family: whoever heeds one of them makes another object.
_OTHER: Config = {
    "kernel_size": 2,
    "stride": 2,
    "padding": 1,
    "dilation": 2,
    "groups": 2,
    "ceil_mode": True,
    "count_include_pad": False,
    "divisor_override": 3,
    "at_zero": 1.0,
}

#: Axes of the plainest layers that are tried to be built.
_AXES = (2, 1, 3)


def settled(kind: Callable[..., Any], constructor: Constructor, arguments: tuple[str, ...]) -> Constructor:
    """The constructor itself, or one that is handed what it names alone: where it can be built in no other way.

    Or where it takes any keyword: then one that is handed those alone that make another object of it.
    """
    plan = constructor.plan
    if not plan.variadic:
        return constructor
    for arrays in _plainest(arguments):
        if (plain := _built(kind, constructor, arrays)) is not None:
            return _heeding(kind, constructor, arrays, plain) if plan.open else constructor
    closed = replace(constructor, plan=plan.closed())
    return closed if any(_built(kind, closed, arrays) is not None for arrays in _plainest(arguments)) else constructor


def _heeding(kind: Callable[..., Any], constructor: Constructor, arrays: Arrays, plain: Any) -> Constructor:
    """The constructor that is not handed keywords which it does not name and with which an object is as without."""
    plan = constructor.plan
    unnamed = {word: value for word, value in _OTHER.items() if word not in plan.words}
    changed = {word: _built(kind, constructor, arrays, {word: value}) for word, value in unnamed.items()}
    ignored = frozenset(word for word, other in changed.items() if _alike(plain, other))
    closed = replace(constructor, plan=plan.closed())
    if ignored == unnamed.keys() and _alike(plain, _built(kind, closed, arrays)):
        return closed  # it asks for no sizes either
    return replace(constructor, plan=replace(plan, ignored=ignored))


def _alike(one: Any, other: Any) -> bool:
    """Whether two objects hold the same, as far as it can be told: things without a value of their own differ."""
    with suppress(*RAISED):
        held, also = vars(one), vars(other)
        return held.keys() == also.keys() and all(_same(value, also[name]) for name, value in held.items())
    return False


def _same(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and bool(np.all(one == other))


def _built(
    kind: Callable[..., Any], constructor: Constructor, arrays: Arrays, changed: Config = MappingProxyType({})
) -> Any:
    """An object with the plainest keywords but for those that are ``changed``; None where none can be built."""
    config = {**_PLAIN, **changed}
    window = (config["kernel_size"],) * (arrays["x"].ndim - 2)
    for numbers in constructor.forms(arrays, {**config, "kernel_size": window}):
        with suppress(*RAISED):
            bound = constructor.bind(arrays, numbers)
            return kind(*bound.args, **bound.kwargs)
    return None


def _plainest(arguments: tuple[str, ...]) -> Iterator[Arrays]:
    for axes in _AXES:
        every = {"x": (2, 2, *(5,) * axes), "weight": (2, 2, *(3,) * axes), "bias": (2,)}
        yield {name: np.zeros(shape) for name, shape in every.items() if name in arguments}
