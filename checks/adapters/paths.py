"""The way from an object to what it holds: attributes, entries of lists and dictionaries, answers of its methods."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Container, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np

from checks.adapters.holders import attributes, put
from checks.refusals import RAISED

#: Steps of a way, and things on all ways together, after which nobody looks further.
DEEPEST, MOST = 8, 10_000

#: Things that are looked into for objects.
MOST_HOLDERS = 1_000

#: What holds things by keys or places.
CONTAINERS = (dict, list, tuple, deque)

#: Entries of one list or dictionary that are looked at.
MOST_ENTRIES = 500

#: No list is so long, and no ``id`` so small on machines of 64 bits.
LARGEST_PLACE = 2**32

#: The flag of a class that Python code made: one made by ``exec`` without a name says that it is of builtins.
_OF_PYTHON = 1 << 9

#: Modules whose objects hold nothing of a layer's.
_NOBODYS = frozenset(sys.stdlib_module_names) | {"numpy", "scipy", "torch", "jax", "jaxlib", "autograd"}


@dataclass(frozen=True)
class Step(ABC):
    """From a thing to one that it holds under a key. Abstract or final."""

    key: Any

    @abstractmethod
    def get(self, holder: Any) -> Any:
        """What is held there."""

    @abstractmethod
    def put(self, holder: Any, value: Any) -> Any:
        """Hold a value there; gives what is to stand in the holder's own place: itself, unless it is a tuple."""


class Attribute(Step):
    """By a name of an object."""

    def get(self, holder: Any) -> Any:
        """See ``Step``; most objects keep it in their dictionary, so that no slots need be looked for."""
        own = getattr(holder, "__dict__", {})
        return own[self.key] if self.key in own else getattr(holder, self.key)

    def put(self, holder: Any, value: Any) -> Any:
        """See ``Step``."""
        put(holder, self.key, value)
        return holder


class Item(Step):
    """By a key of a dictionary, or a place in a list or a tuple."""

    def get(self, holder: Any) -> Any:
        """See ``Step``."""
        return holder[self.key]

    def put(self, holder: Any, value: Any) -> Any:
        """See ``Step``."""
        if not isinstance(holder, tuple):
            holder[self.key] = value
            return holder
        entries = [*holder[: self.key], value, *holder[self.key + 1 :]]
        return type(holder)(*entries) if hasattr(holder, "_fields") else tuple(entries)


class Answer(Step):
    """By a method or a property that needs no arguments: ``params()``; nothing can be put there."""

    def get(self, holder: Any) -> Any:
        """See ``Step``; what can only be gone through once is a list."""
        found = getattr(holder, self.key)
        found = found() if callable(found) else found
        return list(found) if isinstance(found, Iterator) else found

    def put(self, holder: Any, value: Any) -> Any:
        """See ``Step``."""
        raise TypeError(f"{type(holder).__name__}.{self.key}() gives arrays and takes none")


Path: TypeAlias = tuple[Step, ...]


def at(thing: Any, path: Path) -> Any:
    """What stands at the end of a way; None where it ends before."""
    for step in path:
        try:
            thing = step.get(thing)
        except RAISED:  # whatever an answer of a layer raises
            return None
    return thing


def put_at(thing: Any, path: Path, value: Any) -> Any:
    """Put a value at the end of a way; gives the thing itself, or another one in its place where it is a tuple."""
    if not path:
        return value
    step, *rest = path
    return step.put(thing, put_at(step.get(thing), tuple(rest), value))


def arrays_in(thing: Any) -> Iterator[tuple[Path, Any]]:
    """Every array that a thing holds with a way to it, nearest first."""
    return ((path, value) for path, value in _walked(thing) if isinstance(value, np.ndarray))


def numbers_in(thing: Any) -> Iterator[tuple[Path, float]]:
    """Every plain number that a thing holds under a name, with a way to it."""
    held = _named_in(thing)
    return ((path, value) for path, value in held if type(value) in {int, float} or isinstance(value, np.floating))


def flags_in(thing: Any) -> Iterator[tuple[Path, Any]]:
    """Every truth value and every word that a thing holds under a name, with a way to it."""
    return ((path, value) for path, value in _named_in(thing) if isinstance(value, (bool, str)))


def _named_in(thing: Any) -> Iterator[tuple[Path, Any]]:
    every = ((path, holder, step) for path, holder in _walked(thing) for step in (*steps(holder), *_of_class(holder)))
    return (((*path, step), step.get(holder)) for path, holder, step in every if isinstance(step.key, str))


def _of_class(value: Any) -> list[Step]:
    """Steps to plain numbers and words that its class holds for it, such as ``lr = 0.1``."""
    if isinstance(value, type) or not _somebodys(value):
        return []
    every = {name: each for kind in reversed(type(value).__mro__[:-1]) for name, each in vars(kind).items()}
    own = attributes(value)
    return [
        Attribute(name)
        for name, each in every.items()
        if isinstance(each, (bool, int, float, str)) and not name.startswith("__") and name not in own
    ]


def lists_in(thing: Any) -> Iterator[tuple[Path, Any]]:
    """Every list that a thing holds with a way to it."""
    return ((path, value) for path, value in _walked(thing) if isinstance(value, list))


def objects_in(thing: Any) -> Iterator[tuple[Path, Any]]:
    """The thing and the objects of somebody's own that it holds, each once with a way to it, nearest first.

    They are sought in a thousand things, since this is asked at each call of a layer, which may keep long lists.
    """
    waiting, entered = deque[tuple[Path, Any]]([((), thing)]), set[int]()
    while waiting and len(entered) < MOST_HOLDERS:
        path, value = waiting.popleft()
        if id(value) in entered or len(path) >= DEEPEST:
            continue
        entered.add(id(value))
        if not isinstance(value, CONTAINERS):
            yield path, value
        every = (((*path, step), step.get(value)) for step in steps(value))
        waiting.extend((way, held) for way, held in every if isinstance(held, CONTAINERS) or _somebodys(held))


def of_kinds(thing: Any, kinds: Container[type]) -> Iterator[tuple[Path, Any]]:
    """Whatever a thing holds that is of one of these kinds, each once with a way to it, nearest first."""
    return ((path, value) for path, value in _walked(thing) if type(value) in kinds)


def things_in(thing: Any) -> Iterator[Any]:
    """The thing and whatever it holds, but for its arrays."""
    return (value for _, value in _walked(thing) if not isinstance(value, np.ndarray))


def _walked(thing: Any) -> Iterator[tuple[Path, Any]]:
    """Everything with a way to it: an array on each of its ways, any other thing once."""
    waiting, entered = deque[tuple[Path, Any]]([((), thing)]), set[int]()
    for _ in range(MOST):
        if not waiting:
            return
        path, value = waiting.popleft()
        if isinstance(value, np.ndarray):
            yield path, value
        elif id(value) not in entered and len(path) < DEEPEST:
            entered.add(id(value))
            yield path, value
            waiting.extend(((*path, step), step.get(value)) for step in steps(value))


def _is_address(key: Any) -> bool:
    """Whether a key is the ``id`` of something, as far as can be seen: in each copy of it that is another."""
    return type(key) is int and key > LARGEST_PLACE


def steps(value: Any) -> list[Step]:
    """All steps from a thing; none from what is no container and no object of somebody's own."""
    if isinstance(value, dict):
        return [Item(key) for key in list(value)[:MOST_ENTRIES] if not _is_address(key)]
    if isinstance(value, (list, tuple, deque)):
        return [Item(place) for place in range(min(len(value), MOST_ENTRIES))]
    return [Attribute(name) for name in attributes(value)] if _somebodys(value) else []


def _somebodys(value: Any) -> bool:
    kind = type(value)
    home = kind.__module__.partition(".")[0]
    return kind is SimpleNamespace or home not in _NOBODYS or (home == "builtins" and bool(kind.__flags__ & _OF_PYTHON))
