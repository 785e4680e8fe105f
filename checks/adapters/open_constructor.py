"""Constructors with ``**kwargs``: whether they take keywords that they do not name, as trying to build one shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np

from checks.adapters.constructor import Constructor
from checks.refusals import RAISED
from checks.types import Arrays, Config

#: Keywords of the plainest layer.
_PLAIN: Config = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}

#: Others.
_OTHER: Config = {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}

#: Axes of the plainest layers that are tried to be built.
_AXES = (2, 1, 3)


def settled(kind: Callable[..., Any], constructor: Constructor, arguments: tuple[str, ...]) -> Constructor:
    """The constructor itself, or one that is handed what it names alone: where it can be built in no other way.

    Or where it takes any keyword and does nothing with it: an object is the same then whatever the keywords say.
    """
    if not constructor.plan.variadic or _hears(kind, constructor, arguments):
        return constructor
    closed = replace(constructor, plan=constructor.plan.closed())
    return closed if any(each is not None for each in _built(kind, closed, arguments, _PLAIN)) else constructor


def _hears(kind: Callable[..., Any], constructor: Constructor, arguments: tuple[str, ...]) -> bool:
    """Whether a class can be built with the keywords of a case, and another object with other ones."""
    pairs = zip(*(_built(kind, constructor, arguments, config) for config in (_PLAIN, _OTHER)), strict=True)
    both = [pair for pair in pairs if pair[0] is not None]
    return bool(both) and not all(_alike(*pair) for pair in both)


def _alike(one: Any, other: Any) -> bool:
    """Whether two objects hold the same, as far as it can be told: things without a value of their own differ."""
    with suppress(*RAISED):
        held, also = vars(one), vars(other)
        return held.keys() == also.keys() and all(bool(np.all(held[name] == also[name])) for name in held)
    return False


def _built(kind: Callable[..., Any], constructor: Constructor, arguments: tuple[str, ...], config: Config) -> list[Any]:
    """An object for the plainest arrays of each count of axes; None where none can be built."""
    return [_first(kind, constructor, arrays, config) for arrays in _plainest(arguments)]


def _first(kind: Callable[..., Any], constructor: Constructor, arrays: Arrays, config: Config) -> Any:
    for numbers in constructor.forms(arrays, {**config, "kernel_size": (3,) * (arrays["x"].ndim - 2)}):
        with suppress(*RAISED):
            bound = constructor.bind(arrays, numbers)
            return kind(*bound.args, **bound.kwargs)
    return None


def _plainest(arguments: tuple[str, ...]) -> Iterator[Arrays]:
    for axes in _AXES:
        every = {"x": (2, 2, *(5,) * axes), "weight": (2, 2, *(3,) * axes), "bias": (2,)}
        yield {name: np.zeros(shape) for name, shape in every.items() if name in arguments}
