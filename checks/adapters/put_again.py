"""Things that have changed are put back as they were: each stays itself, and nothing is written that is the same."""

from __future__ import annotations

from collections import deque
from types import CellType
from typing import Any

from checks.adapters.holders import attributes, put

#: Stands for what a name did not hold.
NOTHING = object()


def is_special(name: str) -> bool:
    """Whether a name of a class is Python's own."""
    return name.startswith("__") and name.endswith("__")


def rebind(names: dict[str, Any], name: str, value: Any) -> None:
    """Let a name stand for a value, or for nothing, as it did."""
    if names.get(name, NOTHING) is value:
        return
    if value is NOTHING:
        del names[name]
    else:
        names[name] = value


def refill(cell: CellType, value: Any) -> None:
    """Let a variable around a function hold a value."""
    cell.cell_contents = value


def set_again(kind: type, held: dict[str, Any]) -> None:
    """Let a class have these attributes, and none beside them but Python's own."""
    for name in [name for name in vars(kind) if name not in held and not is_special(name)]:
        delattr(kind, name)
    for name, value in held.items():
        if vars(kind).get(name, NOTHING) is not value:
            setattr(kind, name, value)


def fill(thing: Any, held: Any) -> None:
    """A container with what it held, if it holds anything else."""
    now, then = ([*each.items()] if isinstance(each, dict) else [*each] for each in (thing, held))
    if len(now) == len(then) and all(map(_same, now, then)):
        return
    thing.clear()
    (thing.extend if isinstance(thing, (list, deque)) else thing.update)(held)


def _same(one: Any, other: Any) -> bool:
    return one is other or (isinstance(one, tuple) and isinstance(other, tuple) and all(map(_is, one, other)))


def _is(one: Any, other: Any) -> bool:
    return one is other


def write(array: Any, held: Any) -> None:
    """Let an array hold these numbers, if it holds others."""
    if array.tobytes() != held.tobytes():
        array[...] = held


def restore(thing: Any, held: dict[str, Any]) -> None:
    """Let an object have these attributes, and no others."""
    own = getattr(thing, "__dict__", {})
    for name in [name for name in attributes(thing) if name not in held]:
        own.pop(name) if name in own else delattr(thing, name)
    for name, value in held.items():
        if attributes(thing).get(name, NOTHING) is not value:
            put(thing, name, value)
