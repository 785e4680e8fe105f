"""Answers that nest tuples, lists and dictionaries: their leaves in order, the way to each, others in the same form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def several(y: Any) -> bool:
    """Whether an answer is more than one array."""
    return isinstance(y, (tuple, list, Mapping))


def flat(y: Any) -> Iterator[Any]:
    """Leaves of nested tuples, lists and dictionaries, in their order; lists of plain numbers are one."""
    if not several(y) or _plain_numbers(y):
        yield y
        return
    for each in y.values() if isinstance(y, Mapping) else y:
        yield from flat(each)


def ways(y: Any, wanted: list[Any]) -> Iterator[str]:
    """Where an answer holds its leaves that are wanted, as source: ``[0]``, ``["h"][1]``."""
    if not several(y) or _plain_numbers(y):
        yield from [""] * any(y is each for each in wanted)
        return
    for key, each in y.items() if isinstance(y, Mapping) else enumerate(y):
        yield from (f"[{_key(key)}]{way}" for way in ways(each, wanted))


def _key(key: Any) -> str:
    return f'"{key}"' if isinstance(key, str) else repr(key)


def _plain_numbers(y: Any) -> bool:
    """Whether somebody gives lists of numbers in place of an array."""
    return isinstance(y, list) and bool(y) and all(isinstance(each, float) or _plain_numbers(each) for each in y)


def formed(y: Any, leaves: Iterator[Any]) -> Any:
    """Other leaves in the form of an answer."""
    if isinstance(y, Mapping):
        return {key: formed(each, leaves) for key, each in y.items()}
    if not several(y) or _plain_numbers(y):
        return next(leaves)
    each = [formed(one, leaves) for one in y]
    return type(y)(*each) if hasattr(y, "_fields") else type(y)(each)
