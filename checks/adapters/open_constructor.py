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

#: Axes of the plainest layers that are tried to be built.
_AXES = (2, 1, 3)


def settled(kind: Callable[..., Any], constructor: Constructor, arguments: tuple[str, ...]) -> Constructor:
    """The constructor itself, or one that is handed what it names alone, where it can be built in no other way."""
    if not constructor.plan.variadic or _builds(kind, constructor, arguments):
        return constructor
    closed = replace(constructor, plan=constructor.plan.closed())
    return closed if _builds(kind, closed, arguments) else constructor


def _builds(kind: Callable[..., Any], constructor: Constructor, arguments: tuple[str, ...]) -> bool:
    for arrays in _plainest(arguments):
        for numbers in constructor.forms(arrays, {**_PLAIN, "kernel_size": (3,) * (arrays["x"].ndim - 2)}):
            with suppress(*RAISED):
                bound = constructor.bind(arrays, numbers)
                kind(*bound.args, **bound.kwargs)
                return True
    return False


def _plainest(arguments: tuple[str, ...]) -> Iterator[Arrays]:
    for axes in _AXES:
        every = {"x": (2, 2, *(5,) * axes), "weight": (2, 2, *(3,) * axes), "bias": (2,)}
        yield {name: np.zeros(shape) for name, shape in every.items() if name in arguments}
