"""Values of limits that no case can have, looked at before any work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.words import Fixed
from checks.errors import LimitError
from checks.scope.accepted import LISTED
from checks.strategies.geometry import PADDING_WORDS

#: Limits on whole numbers, each from this one on.
WHOLE: Mapping[str, int] = {
    **dict.fromkeys(("stride", "dilation", "kernel_size", "axes", "channels", "in_channels", "out_channels"), 1),
    **dict.fromkeys(("padding", "batch", "remainder"), 0),
}

#: Limits that are yes or no.
TRUTH = frozenset({"bias", "asymmetric", "square_input", "ceil_mode", "count_include_pad", *PADDING_WORDS})

#: Words that stand in the place of a number.
IN_WORDS: Mapping[str, tuple[str, ...]] = {"padding": PADDING_WORDS}


def demand_values(given: Mapping[str, Any]) -> None:
    """Look at each value of the limits that hold whole numbers, or yes and no; functions are asked later.

    Raises UsageError where no case can have one of them.
    """
    for name, limit in given.items():
        if name in WHOLE:
            _demand(name, limit, partial(_whole, name), _expected(name))
        elif name in TRUTH:
            _demand(name, limit, _truth, "True, False, or both of them")


def _demand(name: str, limit: Any, holds: Callable[[Any], bool], expected: str) -> None:
    if wrong := [value for value in _each(limit) if not holds(value)]:
        raise LimitError(f"{name}={wrong[0]!r:.80}; expected {expected}, or a function of such a value")


def _each(limit: Any) -> Iterable[Any]:
    """The values that a limit names: none where it is a function, or says what the layer's signature fixes."""
    if isinstance(limit, LISTED):
        return [value for each in limit for value in _each(each)]
    return [] if callable(limit) or isinstance(limit, Fixed) else [limit]


def _truth(value: Any) -> bool:
    return isinstance(value, (int, np.bool_)) and value in {0, 1}


def _whole(name: str, value: Any) -> bool:
    if isinstance(value, str):
        return value in IN_WORDS.get(name, ())
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and int(value) >= WHOLE[name]


def _expected(name: str) -> str:
    return ", ".join([f"whole numbers from {WHOLE[name]} on", *map(repr, IN_WORDS.get(name, ()))])
