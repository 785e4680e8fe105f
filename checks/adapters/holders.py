"""Where an object keeps its arrays and its gradients: attributes, and dictionaries of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.templates import template
from checks.adapters.words import first_present, gradient_names, names_of
from checks.errors import UsageError
from checks.refusals import RAISED
from checks.types import Array, Arrays, Shape

#: Attributes in which layers keep their arrays and gradients by name.
PARAMETERS = ("params", "parameters", "state_dict")
GRADIENT_HOLDERS = ("grads", "gradients")

#: What else people call what holds the gradients of all parameters, in lower case and without underscores.
_OF_ALL = re.compile(
    r"(param|params|parameter|parameters|weight|weights)?(grads?|gradients?|derivatives|derivs)(dict|params|parameters)?"
    r"|d(params|parameters)"
)

#: Keys under which a dictionary that stands for one parameter holds its value and its gradient.
VALUES, GRADIENTS = ("val", "value", "data"), ("grad", "gradient", "d")


def attributes(layer: Any) -> dict[str, Any]:
    """What an object keeps under names of its own: its dictionary, and its slots where its class has some."""
    own: dict[str, Any] = getattr(layer, "__dict__", {})
    kind: type = type(layer)
    slots = {name: getattr(layer, name) for name in slots_of(kind) if name not in own and hasattr(layer, name)}
    return {**slots, **own} if slots else own


@lru_cache(256)  # it is asked at each call of a layer
def slots_of(kind: type) -> tuple[str, ...]:
    """Names of the slots that a class has for its objects."""
    return tuple(name for each in kind.__mro__ for name in _names(vars(each).get("__slots__", ())))


def there(layer: Any, name: str) -> Any:
    """What an object has under a name; None where it has nothing, or a property raises that is to be built first."""
    try:
        return getattr(layer, name, None)
    except RAISED:
        return None


def put(layer: Any, name: str, value: Any) -> None:
    """Keep a value under a name: in the object's dictionary, past any property of that name, or in its slot.

    An object that is frozen for its users is no obstacle.
    """
    kind: type = type(layer)
    own = getattr(layer, "__dict__", {})
    if name in own:
        own[name] = value
    elif name in slots_of(kind):
        object.__setattr__(layer, name, value)
    else:
        setattr(layer, name, value)


def _names(slots: Any) -> tuple[str, ...]:
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in names if not name.startswith("__"))


def parameter_keys(value: Any) -> tuple[str, str]:
    """Under which names a thing that stands for one parameter holds its value and its gradient; empty if it does not.

    A dictionary with both, or an object with such attributes: ``{"val": W, "grad": dW}``, ``Parameter(data, grad)``.
    """
    if isinstance(value, dict):
        return first_present(VALUES, value), first_present(GRADIENTS, value)
    if isinstance(value, (np.ndarray, np.generic)):  # which have ``data`` of their own
        return "", ""
    names = [next((name for name in each if _has(value, name)), "") for each in (VALUES, GRADIENTS)]
    return (names[0], names[1]) if all(names) else ("", "")


def _has(value: Any, name: str) -> bool:
    try:
        return hasattr(value, name)
    except RAISED:
        return False


def holds_gradients(name: Any) -> bool:
    """Whether what is called so may hold the gradients of several parameters: ``_grads``, ``param_grads``."""
    return isinstance(name, str) and _OF_ALL.fullmatch(name.lower().replace("_", "")) is not None


def gradient_holders(layer: Any) -> list[dict[Any, Any]]:
    """The dictionaries in which a layer keeps gradients, the likeliest first."""
    others = (name for name in attributes(layer) if holds_gradients(name) and name not in GRADIENT_HOLDERS)
    return [held for name in (*GRADIENT_HOLDERS, *others) if isinstance(held := there(layer, name), dict)]


def stored(layer: Any) -> dict[str, Any]:
    """Attributes of a layer and the entries of its dictionaries of gradients (named as the gradients they are)."""
    nested = {
        f"d{name}": each[key] if isinstance(each, dict) else getattr(each, key)
        for name, each in attributes(layer).items()
        if (key := parameter_keys(each)[1])
    }
    inner = {
        key: value
        for holder in PARAMETERS
        if isinstance(held := there(layer, holder), dict)
        for key, value in held.items()
        if isinstance(key, str)
    }
    gradients = {
        key if key.lower().startswith(("d", "grad")) else f"d{key}": value
        for held in reversed(gradient_holders(layer))
        for key, value in held.items()
        if isinstance(key, str)
    }
    return {**inner, **gradients, **attributes(layer), **nested}


def place(layer: Any, arrays: Arrays) -> None:
    """Put arrays where the layer keeps them: an attribute, or an entry of ``params``; a bias not given is zero.

    Raises UsageError where the layer has no such place, or keeps there what is neither an array nor a parameter.
    """
    if "weight" in arrays and "bias" not in arrays and has_bias(layer):
        arrays = {**arrays, "bias": no_bias(layer, arrays["weight"])}
    for name, array in arrays.items():
        if (holder := holder_of(layer, name)) is None:
            kind = NotImplementedError if name == "bias" else UsageError  # a layer without one turns such cases down
            raise kind(
                f"{name_of(layer)} has no place for {name}: its attributes are "
                f"{', '.join(attributes(layer)) or 'none'}; expected one called {', '.join(names_of(name))}; or write "
                f"the adapter:\n{template('class', name_of(layer), ('x', *arrays), layer=layer)}"
            )
        key = key_of(name, holder)
        if value := parameter_keys(holder[key])[0]:
            _put_inside(holder[key], value, array)
        elif any(holder is there(layer, each) for each in PARAMETERS):
            holder[key] = array
        else:
            _demand_plain(layer, name, holder[key])
            put(layer, key, array)


def renew_room(layer: Any, name: str, array: Array) -> bool:
    """Whether room for a gradient, of the size of the object's own array, makes way for zeros of the size of another.

    An object that is built for other sizes has such room from the start: an attribute with the name of a gradient, or
    an entry of a dictionary of gradients.
    """
    own, made = np.shape(held_at(layer, name)), False
    for room, replace in _rooms(layer, name):
        if isinstance(room, np.ndarray) and own == room.shape != array.shape:
            replace(np.zeros(array.shape, room.dtype))
            made = True
    return made


def _rooms(layer: Any, name: str) -> Iterator[tuple[Any, Callable[[Array], None]]]:
    """What a layer keeps as the gradient of an argument, and what puts something else in its place."""
    names = gradient_names(name)
    if key := first_present(names[: -len(names_of(name))], attributes(layer)):
        yield attributes(layer)[key], partial(put, layer, key)
    for held in gradient_holders(layer):
        if key := first_present(names, held):
            yield held[key], partial(held.__setitem__, key)


def has_bias(layer: Any) -> bool:
    """Whether a layer has a place for a bias: not where it holds None beside a weight, by which it adds none."""
    if holder_of(layer, "bias") is None:
        return False
    return held_at(layer, "bias") is not None or held_at(layer, "weight") is None


def no_bias(layer: Any, weight: Array) -> Array:
    """Zeros in the shape of the bias that the layer keeps, but as long as the axis of another weight that it is for.

    That is the first of the layer's own weight, or else the last, that is as long as the bias.
    """
    own, whole = held_at(layer, "bias"), np.shape(held_at(layer, "weight"))
    if not isinstance(own, np.ndarray):
        return np.zeros(weight.shape[:1], weight.dtype)
    fitting = [axis for axis, length in enumerate(whole) if length == own.size and len(whole) == weight.ndim]
    if not fitting:
        return np.zeros(own.shape, weight.dtype)
    axis = 0 if 0 in fitting else fitting[-1]
    return np.zeros(_resized(own.shape, own.size, weight.shape[axis]), weight.dtype)


def _resized(shape: Shape, length: int, new: int) -> Shape:
    """A shape with another length in place of its first axis of this one."""
    at = shape.index(length) if length in shape else None
    return tuple(new if axis == at else own for axis, own in enumerate(shape))


def _put_inside(parameter: Any, key: str, array: Any) -> None:
    if isinstance(parameter, dict):
        parameter[key] = array
    else:
        setattr(parameter, key, array)


def _demand_plain(layer: Any, name: str, value: Any) -> None:
    if value is not None and not isinstance(value, (np.ndarray, np.generic, float, int)):
        raise UsageError(
            f"{name_of(layer)} keeps its {name} in a {type(value).__name__}; expected an array, or an object with "
            f"{' or '.join(VALUES)}, and {' or '.join(GRADIENTS[:2])}; write the adapter:\n"
            f"{template('class', name_of(layer), ('x', name), layer=layer)}"
        )


def held_at(layer: Any, name: str) -> Any:
    """What a layer keeps as an array of this name; None where it keeps none."""
    holder = holder_of(layer, name) or {}
    value = holder.get(key_of(name, holder))
    key = parameter_keys(value)[0]
    return (value[key] if isinstance(value, dict) else getattr(value, key)) if key else value


def demand_kept(layer: Any, placed: Arrays) -> None:
    """Look whether the layer still has the arrays of the case after its forward.

    Raises UsageError where it put others in their place: it builds itself then.
    """
    for name, array in placed.items():
        value = held_at(layer, name)
        if value is not array and not np.array_equal(np.asarray(value), array):
            raise UsageError(
                f"{name_of(layer)} put another array in place of {name} during its forward, as layers do that are "
                "built at their first call; expected one that keeps what it is given: call it once before, or write "
                f"the adapter:\n{template('class', name_of(layer), ('x', *placed), layer=layer)}"
            )


def key_of(name: str, holder: dict[str, Any]) -> str:
    """The key under which a holder has an array of this name; one that holds a size, or several, gives way to others.

    ``kernel`` may be the window of a layer whose weight is called ``filters``. Empty where it has none.
    """
    arrays = {key: value for key, value in holder.items() if not isinstance(value, (int, tuple, str))}
    return first_present(names_of(name), arrays) or first_present(names_of(name), holder)


def holder_of(layer: Any, name: str) -> dict[str, Any] | None:
    """The dictionary in which a layer keeps an array of this name: its attributes, or ``params``."""
    held = [attributes(layer), *(there(layer, holder) for holder in PARAMETERS)]
    return next((each for each in held if isinstance(each, dict) and first_present(names_of(name), each)), None)
