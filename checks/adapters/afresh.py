"""A layer as it was before its first call, for a while: what its calls left in whatever it reaches is put back.

Looked into are the functions, classes and objects of its own package, what these find by name, in closures, defaults
and attributes, and dictionaries, lists, sets, arrays and generators of random numbers there, the parts of PyTorch's
modules too. All of them stay themselves: names are bound again to what they held, and containers hold again what they
held. Libraries are taken to keep nothing.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import _lru_cache_wrapper, partial
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from checks.adapters.holders import attributes
from checks.adapters.outlasting import names_in, package
from checks.adapters.put_again import NOTHING, fill, is_special, rebind, refill, restore, set_again, write
from checks.errors import SubjectError
from checks.refusals import RAISED

#: Things that are looked at, and bytes of one array.
MOST, MOST_BYTES = 10_000, 1 << 20
TOO_MUCH = f"it reaches more than {MOST:,} things: whether it keeps any of its first example was not looked at"

#: Packages that are taken to keep nothing.
LIBRARIES = frozenset({"torch", "jax", "jaxlib", "autograd", "numpy", "scipy", "functools", "builtins", ""})
#: Where libraries keep the function that they have made into something else.
_INSIDE = ("__wrapped__", "fun", "fwd", "bwd")


@dataclass(frozen=True)
class Afresh:
    """What a layer reaches, as it is now: each of ``changes`` puts one thing back where it has changed.

    None where it reaches more than is looked at.
    """

    layer: Any
    changes: tuple[Callable[[], None], ...] | None

    @classmethod
    def of(cls, layer: Any) -> Afresh:
        """As it is now."""
        parts = layer if isinstance(layer, (tuple, list)) else (layer,)
        walk = _Walk()
        for part in parts:
            walk.is_at_home(_whole(part))
            walk.is_at_home(getattr(part, "__self__", part))  # of PyTorch's ``apply`` the function that it belongs to
        waiting = deque(parts)
        while waiting:
            if len(walk.seen) > MOST:
                return cls(layer, None)
            with suppress(*RAISED):  # whatever something says of being looked into
                waiting.extend(walk.into(waiting.popleft()))
        return cls(layer, tuple(walk.changes))

    def again(self) -> AbstractContextManager[None]:
        """The layer as it was then; afterwards as it had become.

        Raises SubjectError where it reaches more than is looked at, then or now.
        """
        lived = self if self.changes is None else Afresh.of(self.layer)
        if lived.changes is None:
            raise SubjectError(TOO_MUCH)
        return self._until(lived)

    @contextmanager
    def _until(self, lived: Afresh) -> Iterator[None]:
        self.put_back()
        try:
            yield
        finally:
            lived.put_back()

    def put_back(self) -> None:
        """Leave everything as it was then."""
        for change in self.changes or ():
            with suppress(*RAISED):  # as above
                change()


def _whole(part: Any) -> Any:
    return part.func if isinstance(part, partial) else part


class _Walk:
    """What was looked into, and how each thing that may change is put back."""

    def __init__(self) -> None:
        self.homes, self.seen = set[str](), dict[int, Any]()  # which keeps them alive: no other has their places
        self.changes: list[Callable[[], None]] = []

    def is_at_home(self, thing: Any) -> None:
        """Look into whatever has its home where this has; into no library."""
        self.homes |= {package(thing)} - LIBRARIES

    def into(self, thing: Any) -> Iterator[Any]:
        """What it reaches; nothing where it was looked into before."""
        if id(thing) in self.seen:
            return
        self.seen[id(thing)] = thing
        match thing:
            case ModuleType() | str() | bytes() | int() | float() | complex() | None:
                pass
            case FunctionType():
                yield from self._function(thing) if package(thing) in self.homes else ()
            case MethodType():
                yield from (thing.__func__, thing.__self__)
            case partial():
                yield from (thing.func, *thing.args, *thing.keywords.values())
            case tuple() | frozenset():
                yield from thing
            case type():
                yield from self._class(thing) if package(thing) in self.homes else ()
            case dict() | list() | set() | deque():
                yield from self._container(thing)
            case np.ndarray() | np.random.Generator() | np.random.RandomState() | random.Random():
                self._telling(thing)
            case _:
                yield from self._object(thing)
                yield from (each for name in _INSIDE if callable(each := getattr(thing, name, None)))

    def _function(self, function: FunctionType) -> Iterator[Any]:
        around = function.__globals__
        for name in names_in(function.__code__):
            self.changes.append(partial(rebind, around, name, around.get(name, NOTHING)))
            yield around.get(name)
        for cell in function.__closure__ or ():
            if cell != CellType():
                self.changes.append(partial(refill, cell, cell.cell_contents))
                yield cell.cell_contents
        yield from (vars(function), function.__defaults__, function.__kwdefaults__)

    def _class(self, kind: type) -> Iterator[Any]:
        held = {name: value for name, value in vars(kind).items() if not is_special(name)}
        self.changes.append(partial(set_again, kind, held))
        yield from (getattr(value, "__func__", getattr(value, "fget", value)) for value in held.values())
        yield from kind.__mro__[1:-1]

    def _container(self, thing: Any) -> Iterator[Any]:
        self.changes.append(partial(fill, thing, thing.copy()))
        yield from [*thing.values()] if isinstance(thing, dict) else [*thing]

    def _telling(self, thing: Any) -> None:
        """What holds no things, and says what it holds."""
        match thing:
            case np.ndarray():
                if thing.nbytes <= MOST_BYTES and thing.flags.writeable and not thing.dtype.hasobject:
                    self.changes.append(partial(write, thing, thing.copy()))
            case np.random.Generator():
                self.changes.append(partial(setattr, thing.bit_generator, "state", thing.bit_generator.state))
            case np.random.RandomState():
                self.changes.append(partial(thing.set_state, thing.get_state()))
            case _:
                self.changes.append(partial(thing.setstate, thing.getstate()))

    def _object(self, thing: Any) -> Iterator[Any]:
        own = attributes(thing)
        for part in dict(own.get("_modules") or {}).values():
            self.is_at_home(part)
            yield part
        if isinstance(thing, _lru_cache_wrapper) and not thing.cache_info().currsize:
            self.changes.append(thing.cache_clear)
        if package(thing) in self.homes:
            self.changes.append(partial(restore, thing, dict(own)))
            yield from own.values()
            yield type(thing)
