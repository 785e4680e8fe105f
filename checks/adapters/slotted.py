"""Objects whose class has slots and no dictionary, in which we keep what stands around their methods."""

from __future__ import annotations

from typing import Any

from checks.adapters.holders import slots_of


class _Empty:
    """A slot that nothing was put into yet; an object's dictionary goes before it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, obj: Any, owner: type | None = None) -> Any:
        raise AttributeError(f"{type(obj).__name__!r} object has no attribute {self._name!r}")


def with_dictionary(layer: Any) -> Any:
    """The object as it is, or, where it has slots alone, another of its class that has its values in a dictionary."""
    kind: type = type(layer)
    if isinstance(layer, type) or hasattr(layer, "__dict__") or not (names := slots_of(kind)):
        return layer
    space = {name: _Empty() for name in names}
    told = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    found: Any = object.__new__(type(kind.__name__, (kind,), {**space, **told}))
    vars(found).update({name: getattr(layer, name) for name in names if hasattr(layer, name)})
    return found
