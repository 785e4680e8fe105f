"""Whether a limit accepts a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.adapters.words import SQUARE, Fixed

#: Kinds of limits that hold several values.
LISTED = (tuple, list, set, frozenset, range)


def accepts(limit: Any, value: Any) -> bool:
    """Whether a limit accepts a value, or each of a tuple of them; one that holds tuples accepts these as they are."""
    if isinstance(limit, Fixed):
        return bool(_each(limit.value, value) == value or limit.value == _each(value, limit.value))
    if isinstance(limit, (tuple, list)) and any(isinstance(each, tuple) for each in limit):
        return any(each == _each(value, each) if isinstance(each, tuple) else accepts(each, value) for each in limit)
    if isinstance(value, tuple):
        return all(accepts(limit, each) for each in value)
    if callable(limit):
        return bool(limit(value))
    return value in limit if isinstance(limit, LISTED) else bool(limit == value)


def squared(allowed: Mapping[str, Any]) -> frozenset[str]:
    """The keywords that are one number for all axes, as ``square`` says: all of them, one, some or none."""
    said = allowed.get("square", False)
    if isinstance(said, bool):
        return SQUARE if said else frozenset()
    return frozenset([said] if isinstance(said, str) else said)


def _each(value: Any, like: Any) -> Any:
    """One number as a tuple as long as another value; everything else as it is."""
    return (value,) * len(like) if isinstance(like, (tuple, list)) and not isinstance(value, (tuple, list)) else value
