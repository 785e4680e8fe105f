"""Where an object keeps its arrays and its gradients: attributes, and dictionaries of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.templates import template
from checks.adapters.words import first_present, names_of
from checks.errors import UsageError
from checks.types import Arrays

#: Attributes in which layers keep their arrays and gradients by name.
PARAMETERS = ("params", "parameters")
_HOLDERS = (*PARAMETERS, "grads", "gradients")

#: Keys under which a dictionary that stands for one parameter holds its value and its gradient.
VALUES, GRADIENTS = ("val", "value", "data"), ("grad", "gradient", "d")


def attributes(layer: Any) -> dict[str, Any]:
    """What an object keeps under names of its own: its dictionary, and its slots where its class has some."""
    own: dict[str, Any] = getattr(layer, "__dict__", {})
    every = (name for kind in type(layer).__mro__ for name in _names(vars(kind).get("__slots__", ())))
    slots = {name: getattr(layer, name) for name in every if name not in own and hasattr(layer, name)}
    return {**slots, **own} if slots else own


def put(layer: Any, name: str, value: Any) -> None:
    """Keep a value under a name: in the object's dictionary, past any property of that name, or in its slot."""
    own = getattr(layer, "__dict__", {})
    if name in own:
        own[name] = value
    else:
        setattr(layer, name, value)


def _names(slots: Any) -> tuple[str, ...]:
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if not name.startswith("__"))


def stored(layer: Any) -> dict[str, Any]:
    """Attributes of a layer and the entries of its dictionaries of gradients (named as the gradients they are)."""
    nested = {
        f"d{name}": each[key]
        for name, each in attributes(layer).items()
        if isinstance(each, dict) and (key := first_present(GRADIENTS, each))
    }
    inner = {
        f"d{key}" if holder.startswith("grad") and not key.lower().startswith(("d", "grad")) else key: value
        for holder in _HOLDERS
        if isinstance(getattr(layer, holder, None), dict)
        for key, value in getattr(layer, holder).items()
        if isinstance(key, str)
    }
    return {**inner, **attributes(layer), **nested}


def place(layer: Any, arrays: Arrays) -> None:
    """Put arrays where the layer keeps them: an attribute, or an entry of ``params``; a bias not given is zero."""
    if "weight" in arrays and "bias" not in arrays and _holder(layer, "bias") is not None:
        arrays = {**arrays, "bias": np.zeros(arrays["weight"].shape[0], arrays["weight"].dtype)}
    for name, array in arrays.items():
        if (holder := _holder(layer, name)) is None:
            kind = NotImplementedError if name == "bias" else UsageError  # a layer without one turns such cases down
            raise kind(
                f"{name_of(layer)} has no place for {name}: its attributes are "
                f"{', '.join(attributes(layer)) or 'none'}; expected one called {', '.join(names_of(name))}; or write "
                f"the adapter:\n{template('class', name_of(layer), ('x', *arrays))}"
            )
        key = first_present(names_of(name), holder)
        inner = holder[key] if isinstance(holder[key], dict) else {}
        if place := first_present(VALUES, inner):
            inner[place] = array
        elif any(holder is getattr(layer, each, None) for each in PARAMETERS):
            holder[key] = array
        else:
            put(layer, key, array)


def demand_kept(layer: Any, placed: Arrays) -> None:
    """Look whether the layer still has the arrays of the case after its forward.

    Raises UsageError where it put others in their place: it builds itself then.
    """
    for name, array in placed.items():
        holder = _holder(layer, name) or {}
        value = holder.get(first_present(names_of(name), holder))
        value = value[first_present(VALUES, value)] if isinstance(value, dict) else value
        if value is not array and not np.array_equal(np.asarray(value), array):
            raise UsageError(
                f"{name_of(layer)} put another array in place of {name} during its forward, as layers do that are "
                "built at their first call; expected one that keeps what it is given: call it once before, or write "
                f"the adapter:\n{template('class', name_of(layer), ('x', *placed))}"
            )


def _holder(layer: Any, name: str) -> dict[str, Any] | None:
    """The dictionary in which a layer keeps an array of this name: its attributes, or ``params``."""
    held = [attributes(layer), *(getattr(layer, holder, None) for holder in PARAMETERS)]
    return next((each for each in held if isinstance(each, dict) and first_present(names_of(name), each)), None)
