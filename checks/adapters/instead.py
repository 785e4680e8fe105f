"""What our calls of an object's methods go through: the calls that the object makes itself meet its own methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

#: Makes another method of one, or nothing that can be called.
Around: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any] | None]

#: Where an object keeps what stands around its methods, by their names.
_PLACE = "_around_for_gradproof"

#: Where an object keeps the names of the two methods by which its user has it gone through.
_CHOSEN = "_chosen_for_gradproof"

#: Where an object keeps that its first output counts alone.
_FIRST = "_first_for_gradproof"


def put_around(layer: Any, name: str, around: Around) -> None:
    """Let our calls of this method of an object go through what ``around`` makes of it."""
    every: dict[str, tuple[Around, ...]] = vars(layer).get(_PLACE, {})
    vars(layer)[_PLACE] = {**every, name: (*every.get(name, ()), around)}  # a copy of the object shares the old one


def has_around(layer: Any, name: str) -> bool:
    """Whether something was put around this method of an object."""
    return name in getattr(layer, "__dict__", {}).get(_PLACE, {})


def method_of(layer: Any, name: str) -> Any:
    """A method of a layer as our calls meet it; it belongs to this very object, whatever that is a copy of."""
    found = getattr(layer, name)
    if isinstance(layer, type):
        return found
    for around in getattr(layer, "__dict__", {}).get(_PLACE, {}).get(name, ()):
        found = around(found)
    return found


def choose(layer: Any, forward: str, backward: str) -> None:
    """Have an object gone through by these two of its methods, whatever others it has."""
    vars(layer)[_CHOSEN] = (forward, backward)


def chosen(layer: Any) -> tuple[str, str] | None:
    """The names of the methods that were chosen for an object; None where none were."""
    found: tuple[str, str] | None = getattr(layer, "__dict__", {}).get(_CHOSEN)
    return found


def count_first(layer: Any) -> None:
    """Have the first output of an object count, and its backward get the gradient of that alone."""
    vars(layer)[_FIRST] = True


def counts_first(layer: Any) -> bool:
    """Whether its first output counts alone."""
    return _FIRST in getattr(layer, "__dict__", {})
