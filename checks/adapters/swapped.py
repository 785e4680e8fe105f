"""A pair whose backward comes first: told by what its functions and their parameters are called."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from inspect import signature
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.flat_backward import handed
from checks.adapters.words import UPSTREAM, names_of
from checks.errors import UsageError

#: Words of a function's name that say which of the two it is.
_BACK, _AHEAD = re.compile(r"backward|bwd|backprop|vjp", re.IGNORECASE), re.compile(r"forward|fwd", re.IGNORECASE)

#: What an argument of a forward, and of no backward alone, is called.
_DATA = frozenset(names_of("x")) - {"self"}


def demand_in_order(ahead: Callable[..., Any], back: Callable[..., Any]) -> None:
    """Look at a pair before any work: each half by its name, or by the names of its parameters.

    Raises UsageError where the first is a backward and the second a forward.
    """
    first, second = name_of(ahead), name_of(back)
    named = _says(first, _BACK, _AHEAD) and _says(second, _AHEAD, _BACK)
    if named or _by_parameters(_parameters(ahead), _parameters(back)):
        raise UsageError(
            f"a pair of {first} and {second}, of which the first looks like the backward and the second like the "
            f"forward; expected them the other way round, (forward, backward): examine(({second}, {first}), ...); "
            f"where {first} is the forward, say so: examine(numpy_pair('layer', {first}, {second}, ('x',)), ...), from "
            "checks.adapters.numpy_pair"
        )


def _says(name: str, this: re.Pattern[str], other: re.Pattern[str]) -> bool:
    return bool(this.search(name)) and not other.search(name)


def _by_parameters(first: list[str], second: list[str]) -> bool:
    """Whether the first takes an upstream gradient and what was saved, and the second data and no upstream gradient."""
    takes_upstream = len(first) > 1 and not UPSTREAM.isdisjoint(first[:2]) and _DATA.isdisjoint(first[:1])
    return takes_upstream and second[:1] != [] and second[0] in _DATA and UPSTREAM.isdisjoint(second)


def _parameters(call: Callable[..., Any]) -> list[str]:
    """Names in lower case; none of what has no signature."""
    with suppress(TypeError, ValueError):
        return [name.lower() for name in signature(handed(call)).parameters if name not in {"self", "ctx"}]
    return []
