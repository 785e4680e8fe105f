"""Answers that nest tuples, lists, dictionaries and dataclasses: their leaves, the way to each, others in that form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from checks.adapters.fields import fields_of, has_fields, of_fields, refilled


def several(y: Any) -> bool:
    """Whether an answer is more than one array."""
    return _of_several(y.__class__)


@lru_cache(1024)
def _of_several(kind: Any) -> bool:
    return issubclass(kind, (tuple, list, Mapping)) or of_fields(kind)


def flat(y: Any) -> Iterator[Any]:
    """Leaves of nested tuples, lists, dictionaries and dataclasses, in order; lists of plain numbers are one."""
    if not several(y) or _plain_numbers(y):
        yield y
        return
    for each in named_parts(y).values():
        yield from flat(each)


def named_parts(y: Any) -> Mapping[Any, Any]:
    """What an answer that is several holds, by key, field or place."""
    if isinstance(y, Mapping):
        return y
    return fields_of(y) if has_fields(y) else dict(enumerate(y))


def ways(y: Any, wanted: list[Any]) -> Iterator[str]:
    """Where an answer holds its leaves that are wanted, as source: ``[0]``, ``["h"][1]``, ``.h``."""
    if not several(y) or _plain_numbers(y):
        yield from [""] * any(y is each for each in wanted)
        return
    for key, each in named_parts(y).items():
        step = f".{key}" if has_fields(y) else f"[{_key(key)}]"
        yield from (f"{step}{way}" for way in ways(each, wanted))


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
    if has_fields(y):
        return refilled(y, {name: formed(each, leaves) for name, each in fields_of(y).items()})
    each = [formed(one, leaves) for one in y]
    return type(y)(*each) if hasattr(y, "_fields") else type(y)(each)


def formed_source(y: Any, path: str, leaves: Iterator[str]) -> str:
    """The same as source: other leaves in the form of an answer that stands at ``path``."""
    if not several(y) or _plain_numbers(y):
        return next(leaves)
    if has_fields(y):
        each = (f"{name}={formed_source(one, f'{path}.{name}', leaves)}" for name, one in fields_of(y).items())
        return f"type({path})({', '.join(each)})"
    inside = [(key, formed_source(one, f"{path}[{_key(key)}]", leaves)) for key, one in named_parts(y).items()]
    if isinstance(y, Mapping):
        return f"{{{', '.join(f'{_key(key)}: {text}' for key, text in inside)}}}"
    texts = ", ".join(text for _, text in inside)
    if hasattr(y, "_fields"):
        return f"type({path})({texts})"
    return f"[{texts}]" if isinstance(y, list) else f"({texts},)"
