"""What a function reaches that its calls may change, as values: the same before and after a call that changes nothing.

Looked into are the functions of its own package, what these find by name, in closures, defaults and attributes, and
containers, arrays and objects there. Libraries are taken to keep nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from checks.adapters.holders import attributes
from checks.adapters.outlasting import package, reached
from checks.refusals import RAISED

#: Things that are looked at; and bytes of one array.
MOST, MOST_BYTES = 2_000, 1 << 20

#: Packages whose own functions are taken to keep nothing, too: what JAX keeps is what it has compiled.
OWN = frozenset({"jax", "jaxlib"})

#: What is the same whatever is called.
_FIXED = (ModuleType, BuiltinFunctionType, np.ufunc, type)

#: What holds nothing else.
_PLAIN = (int, float, complex, str, bytes, type(None), np.generic)

#: Iterators and generators of random numbers, which say where they stand.
_TELLING = frozenset({"itertools", "random"})


def state_of(function: Any) -> list[Any]:
    """Everything that it reaches in a fixed order: values of plain things, sizes and bytes of what holds them."""
    found = list[Any]()
    for thing in islice(things(function), MOST):
        with suppress(*RAISED):  # whatever something says of being looked into
            found.append(repr(thing) if isinstance(thing, _PLAIN) else _told(thing))
    return found


def things(function: Any) -> Iterator[Any]:
    """Everything that it reaches, itself first; what is not plain comes once."""
    seen, home = set[int](), package(function)
    waiting = deque([] if home in OWN else [function])
    while waiting:
        thing = waiting.popleft()
        if isinstance(thing, _FIXED) or id(thing) in seen:
            continue
        yield thing
        if not isinstance(thing, _PLAIN):
            seen.add(id(thing))
            with suppress(*RAISED):
                waiting.extend(_inside(thing, home))


def _told(thing: Any) -> Any:
    """What a thing is by itself, without what it holds."""
    kind = type(thing)
    if isinstance(thing, np.ndarray):
        return thing.shape, thing.tobytes() if thing.nbytes <= MOST_BYTES else id(thing)
    if isinstance(thing, np.random.Generator):
        return repr(thing.bit_generator.state)
    if isinstance(thing, np.random.RandomState):
        return repr(thing.get_state())
    if kind.__module__ in _TELLING:
        return repr(thing.getstate()) if hasattr(thing, "getstate") else repr(thing)
    keys = list(thing) if isinstance(thing, dict) else None
    return kind.__name__, len(thing) if isinstance(thing, (dict, list, tuple, set, frozenset, deque)) else 0, repr(keys)


def _inside(thing: Any, home: str) -> Iterable[Any]:
    if isinstance(thing, dict):
        return thing.values()
    if isinstance(thing, (list, tuple, set, frozenset, deque)):
        return thing
    return _of_call(thing, home)


def _of_call(thing: Any, home: str) -> Iterator[Any]:
    """What a function or an object of the package itself reaches, and what a library has made one of them into."""
    match thing:
        case FunctionType():
            yield from reached(thing) if package(thing) == home else ()
        case partial():
            yield from (thing.func, *thing.args, *thing.keywords.values())
        case MethodType():
            yield from (thing.__func__, thing.__self__)
        case _:
            inner = (getattr(thing, name, None) for name in ("__wrapped__", "fun", "fwd", "bwd"))
            yield from (each for each in inner if callable(each))
            if package(thing) == home:
                yield from attributes(thing).values()
                yield from (each for kind in type(thing).__mro__ for each in vars(kind).values() if callable(each))
