"""Objects of one class: the last one again, as training uses it, while a new one would differ in its arrays alone."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from inspect import BoundArguments
from typing import Any

import numpy as np

from checks.adapters.bundle import Keywords
from checks.adapters.callables import name_of
from checks.adapters.holders import attributes, put
from checks.adapters.templates import template
from checks.errors import UsageError
from checks.types import Arrays

#: Where a layer keeps an array that its constructor was given: an attribute, or an entry of one that is a dictionary.
Spot = tuple[Any, ...]


@dataclass
class _Last:
    """An object, what it was told, and what its constructor made of that beside the arrays themselves."""

    layer: Any
    told: Any
    rest: bytes
    spots: Mapping[str, list[Spot]]


@dataclass
class Reused:
    """Builds objects of a class, and hands out the last one again where that is what training would do."""

    kind: type
    _last: list[_Last] = field(default_factory=list)

    def give(self, bound: BoundArguments, handed: Mapping[str, str], arrays: Arrays, forms: Any) -> Any:
        """An object for these arguments of its constructor, of which ``handed`` are arrays by name of a parameter.

        The last one is given these arrays where all else is the same: other arguments, ``forms``, and whatever the
        constructor made of them. One that keeps a copy of its weight, or a turned one, is built anew for each weight.
        Raises what the constructor raises.
        """
        given = {parameter: arrays[name] for parameter, name in handed.items()}
        told = ({name: value for name, value in bound.arguments.items() if name not in given}, forms)
        if any(_holds_arrays(value) for value in told[0].values()):
            return build(self.kind, bound)
        if not given and self._last and self._last[0].told == told:
            return self._last[0].layer
        fresh = build(self.kind, bound)
        spots = {name: list(_spots(fresh, array)) for name, array in given.items()}
        now = _Last(fresh, told, _rest(fresh, spots), spots)
        if self._last and now.rest and _alike(self._last[0], now):
            return _given(self._last[0].layer, spots, given)
        self._last[:] = [now]
        return fresh

    @property
    def told(self) -> Mapping[str, Any]:
        """What the constructor of the last object was given beside arrays; empty where there is none."""
        told: Mapping[str, Any] = self._last[0].told[0] if self._last else {}
        return told

    @property
    def spots(self) -> Mapping[str, list[Spot]]:
        """Where the last object keeps the arrays that its constructor took; empty where it is built anew for others."""
        return self._last[0].spots if self._last and self._last[0].rest else {}

    def forget(self) -> None:
        """Build the next one anew: what has raised may have stopped half-way."""
        self._last.clear()


def _alike(one: _Last, other: _Last) -> bool:
    return (one.told, one.rest, one.spots) == (other.told, other.rest, other.spots)


def build(kind: Callable[..., Any], bound: BoundArguments) -> Any:
    """An object of a class; an error of its constructor says what that was given.

    Raises UsageError where that looks for a key in a dictionary of settings that has none of this name.
    """
    try:
        return kind(*bound.args, **bound.kwargs)
    except Exception as error:
        given = ", ".join(f"{name}={_short(value)}" for name, value in bound.arguments.items())
        told = f"it was built as {name_of(kind)}({given})"
        if isinstance(error, KeyError) and (settings := _lacking(bound, error)):
            arguments = ("x", "weight", "bias") if "out_channels" in settings else ("x",)
            raise UsageError(
                f"{name_of(kind)} looks for the key {error} among its settings, and {told}; expected one of these "
                f"keys; or write the adapter:\n{template('class', name_of(kind), arguments, layer=kind)}"
            ) from error
        error.add_note(told)
        raise


def _lacking(bound: BoundArguments, error: KeyError) -> Keywords | None:
    """The dictionary of settings, among what a constructor was given, in which nobody finds such a key."""
    settings = (value for value in bound.arguments.values() if isinstance(value, Keywords))
    return next((each for each in settings if each.missed and error.args == (each.missed,)), None)


def _short(value: Any) -> str:
    """A value in few words, a dictionary with all of its keys: one that is called otherwise may be what is missed."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_short(each)}' for key, each in value.items())}}}"
    return f"array{value.shape}" if isinstance(value, np.ndarray) else f"{value!r:.60}"


def _holds_arrays(value: Any) -> bool:
    each = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else [value]
    return any(isinstance(one, np.ndarray) for one in each)


def _spots(layer: Any, array: Any) -> Iterator[Spot]:
    for name, value in attributes(layer).items():
        if value is array:
            yield (name,)
        elif isinstance(value, dict):
            yield from ((name, key) for key, inner in value.items() if inner is array)


def _rest(layer: Any, spots: Mapping[str, list[Spot]]) -> bytes:
    """Everything that an object holds but the arrays that it was given; empty where that cannot be told."""
    taken = {spot for each in spots.values() for spot in each}
    state = {
        name: {key: inner for key, inner in value.items() if (name, key) not in taken}
        if isinstance(value, dict)
        else value
        for name, value in attributes(layer).items()
        if (name,) not in taken
    }
    with suppress(Exception):  # whatever pickle says of what it cannot hold
        return pickle.dumps(state)
    return b""


def _given(layer: Any, spots: Mapping[str, list[Spot]], arrays: Mapping[str, Any]) -> Any:
    """An object with other arrays at their places."""
    for name, each in spots.items():
        for place, *keys in each:
            if keys:
                attributes(layer)[place][keys[0]] = arrays[name]
            else:
                put(layer, place, arrays[name])
    return layer
