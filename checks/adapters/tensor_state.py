"""Objects that are written by hand on tensors: arrays lie in their attributes between our calls, tensors within them.

A tensor shares its memory with the array that stands for it where its framework can, so that nothing is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial, wraps
from inspect import ismethod
from typing import Any

import numpy as np

from checks.adapters.callables import signature_of
from checks.adapters.grown import FLUSHING, ZEROING
from checks.adapters.holders import there
from checks.adapters.instead import put_around
from checks.adapters.methods import Methods
from checks.adapters.switches import OTHER
from checks.adapters.tensors import Tensors, leaves, within

#: Where an object keeps the names of those of its attributes that are NumPy's arrays by its own wish.
_OWN = "_arrays_of_its_own_for_gradproof"

#: Where a method around another keeps the formats that NumPy lacks and its tensors have.
_HANDED = "_formats_handed_by_gradproof"


def around(method: Callable[..., Any], place: int, kind: Tensors) -> Callable[..., Any]:
    """A method that takes and gives arrays; of a forward (place 0) what follows y stays as it is, for the backward."""
    owner = method.__self__ if ismethod(method) else None

    @wraps(method)
    def called(*given: Any, **named: Any) -> Any:
        with kind.calling((given, named)), _on_tensors(owner, kind):
            handed = within(kind.tensors, (given, named))
            result = method(*handed[0], **handed[1])
            kind.settle((given, named), handed)
            if result is owner is not None:
                return owner
        if place == 0 and isinstance(result, tuple):
            return (within(kind.arrays, result[0]), *result[1:])
        return within(kind.arrays, result)

    called.__signature__ = signature_of(method, "function", ("x",))  # type: ignore[attr-defined]
    setattr(called, _HANDED, kind.carried)
    return called


def formats_handed(method: Callable[..., Any]) -> tuple[str, ...]:
    """Formats that NumPy lacks in which ``around`` hands tensors to a method; none of any other function."""
    found: tuple[str, ...] = getattr(method, _HANDED, ())
    return found


def on_arrays(layer: Any, methods: Methods, kind: Tensors) -> None:
    """Let an object keep arrays for its tensors, and its methods, and those that empty or switch it, take these."""
    vars(layer)[_OWN] = frozenset(name for name, value in vars(layer).items() if _has_array(value))
    _turn(layer, kind.among, kind.arrays)
    for place, name in enumerate((methods.forward, methods.backward)):
        put_around(layer, name, partial(around, place=place, kind=kind))
    for name in (*ZEROING, *FLUSHING, *OTHER):
        if ismethod(there(layer, name)):
            put_around(layer, name, partial(around, place=1, kind=kind))


def class_on_arrays(own: type, methods: Methods, kind: Tensors) -> type:
    """A class whose objects keep arrays: its constructor may be given some of them."""
    begin: Callable[..., None] = getattr(own, "__init__")  # noqa: B009 - of a class that nobody knows

    def build(self: Any, *given: Any, **named: Any) -> None:
        with kind.calling((given, named)):
            begin(self, *map(kind.tensors, given), **kind.tensors(named))
        on_arrays(self, methods, kind)

    def without(self: Any) -> None:
        build(self)

    init = without if begin is object.__init__ else wraps(begin)(build)
    space = {"__init__": init, "__module__": own.__module__, "__qualname__": own.__qualname__}
    return type(own.__name__, (own,), space)


@contextmanager
def _on_tensors(layer: Any, kind: Tensors) -> Iterator[None]:
    """An object with tensors in place of its arrays."""
    if layer is None or _OWN not in getattr(layer, "__dict__", {}):
        yield
        return
    try:
        _turn(layer, lambda held: any(map(_has_array, held.values())), kind.tensors)
        yield
    finally:
        _turn(layer, kind.among, kind.arrays)


def _turn(layer: Any, has: Callable[[dict[str, Any]], bool], change: Callable[[Any], Any]) -> None:
    own: frozenset[str] = vars(layer).get(_OWN, frozenset())
    for name, value in list(vars(layer).items()):
        if name not in own and has({name: value}):
            with suppress(TypeError):  # of a format that the other side lacks, as bfloat16
                vars(layer)[name] = change(value)


def _has_array(value: Any) -> bool:
    return any(isinstance(leaf, np.ndarray) for leaf in leaves(value))
