"""Where an object keeps the arrays of a case and their gradients: under their names, or where it was seen to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from checks.adapters import holders, slots
from checks.adapters.callables import name_of
from checks.adapters.inner import part_of, ways_to_parts
from checks.adapters.slots import Slot
from checks.adapters.templates import template
from checks.adapters.words import ARRAYS, first_present, gradient_names, named, names_of
from checks.errors import UsageError
from checks.refusals import RAISED
from checks.types import Arrays, Shape

#: What the gradient of x may be called after, beside a name of x: it is one of what came in, ``dvalues``.
VALUES = ("values",)


@dataclass(frozen=True)
class Homes(ABC):
    """The places of arrays in a layer; ``arguments`` are all of a case. Abstract or final."""

    arguments: tuple[str, ...]

    @property
    @abstractmethod
    def returned(self) -> tuple[str, ...]:
        """Names of the arguments whose gradients a backward may return, in its order."""

    @property
    def renewed(self) -> Collection[str]:
        """Arguments whose gradients had room of the layer's own sizes, made anew for a case's."""
        return ()

    @property
    def places(self) -> Mapping[str, Slot]:
        """Where the last layer keeps arrays that have no names there, by argument."""
        return {}

    @abstractmethod
    def place(self, layer: Any, arrays: Arrays) -> None:
        """Put arrays where the layer keeps them.

        Raises UsageError where it has no such place.
        """

    @abstractmethod
    def demand_kept(self, layer: Any, placed: Arrays) -> None:
        """Look whether they are there still, after a forward.

        Raises UsageError where the layer put others in their place.
        """

    @abstractmethod
    def gradient(self, layer: Any, argument: str) -> Any:
        """What the layer keeps as the gradient of an argument; None where it keeps none."""

    def clear(self, layer: Any, argument: str) -> None:
        """Set the gradient of an argument to zero."""
        value = self.gradient(layer, argument)
        if isinstance(value, np.ndarray) and value.flags.writeable:
            value[...] = 0

    @abstractmethod
    def build(self, layer: Any, arrays: Arrays, forward: Callable[[], Any]) -> None:
        """Let a layer go forward that builds its weight in its first forward, where it has not yet.

        Raises UsageError where the case's arrays do not fit in the place of what it built.
        """


class ByName(Homes):
    """Attributes, and entries of dictionaries of parameters, with the names that people give them.

    They are those of the layer, or of the one part of it that keeps a weight where the layer has none.
    """

    @property
    def returned(self) -> tuple[str, ...]:
        """See ``Homes``: any."""
        return self.arguments

    def place(self, layer: Any, arrays: Arrays) -> None:
        """See ``Homes``."""
        if "weight" in arrays:
            _demand_one(layer)
        holders.place(part_of(layer, arrays), arrays)

    def demand_kept(self, layer: Any, placed: Arrays) -> None:
        """See ``Homes``."""
        holders.demand_kept(part_of(layer, placed), placed)

    def gradient(self, layer: Any, argument: str) -> Any:
        """See ``Homes``; what the layer itself leaves comes before what its part does."""
        found, part = self._left(layer, argument), part_of(layer, (argument,))
        return self._left(part, argument) if found is None and part is not layer else found

    def _left(self, layer: Any, argument: str) -> Any:
        """What a layer, or a part of one, holds under the name of a gradient."""
        everything = holders.stored(layer)
        is_x = named(argument, ARRAYS) == "x" or (argument == self.arguments[0] and not self._has_x)
        own = dict.fromkeys((argument, argument.strip("_"), *(["x", *VALUES] if is_x else [])))
        names = (name for each in own for name in gradient_names(each)[: -len(names_of(each))])
        called = list(names)
        held = (each for each in holders.attributes(layer).values() if isinstance(each, dict))  # ``cache["dW"]``
        there = ((each, key) for each in (everything, *held) if (key := first_present(called, each)))
        return next((each[key] for each, key in there), None)

    @property
    def _has_x(self) -> bool:
        """Whether an argument has one of the names of x."""
        return any(named(argument, ARRAYS) == "x" for argument in self.arguments)

    def build(self, layer: Any, arrays: Arrays, forward: Callable[[], Any]) -> None:
        """See ``Homes``."""
        if "weight" not in arrays or holders.held_at(part_of(layer), "weight") is not None:
            return
        with suppress(*RAISED):  # it will say so once more
            forward()
        for name, array in arrays.items():
            built = holders.held_at(part_of(layer, arrays), name)
            if isinstance(built, np.ndarray) and not self._fits(built.shape, array.shape):
                raise UsageError(
                    f"{name_of(layer)} built a {name} of shape {built.shape} in its first forward, where the case has "
                    f"one of {array.shape}; expected (out, in, *kernel), or supports={{'layout': ...}}, or write the "
                    f"adapter:\n{template('class', name_of(layer), ('x', *arrays), layer=layer)}"
                )

    def _fits(self, built: Shape, wanted: Shape) -> bool:
        """Whether shapes agree: a class was told all sizes."""
        return built == wanted


@dataclass(frozen=True)
class OfObject(ByName):
    """The same of an object, which was told its sizes by its user: it knows the channels of x alone."""

    _renewed: set[str] = field(default_factory=set, compare=False)

    @property
    def renewed(self) -> Collection[str]:
        """See ``Homes``."""
        return self._renewed

    def place(self, layer: Any, arrays: Arrays) -> None:
        """See ``Homes``; what was made for gradients of other sizes is made anew."""
        part = part_of(layer, arrays)
        self._renewed.update(name for name, array in arrays.items() if holders.renew_room(part, name, array))
        super().place(layer, arrays)

    def _fits(self, built: Shape, wanted: Shape) -> bool:
        """See ``ByName``."""
        return len(built) == len(wanted) and built[1:2] == wanted[1:2]


@dataclass(frozen=True)
class Seen(Homes):
    """Where the object was seen to keep them; the backward returns the gradients of its inputs, and of ``first``.

    Or those of ``order``, where that is another one.
    """

    slots: Mapping[str, Slot]
    first: tuple[str, ...]
    order: tuple[str, ...] = ()

    @property
    def returned(self) -> tuple[str, ...]:
        """See ``Homes``."""
        return self.order or (*(name for name in self.arguments if name not in self.slots), *self.first)

    def place(self, layer: Any, arrays: Arrays) -> None:
        """See ``Homes``."""
        for name, array in arrays.items():
            self.slots[name].put(layer, array)

    def demand_kept(self, layer: Any, placed: Arrays) -> None:
        """See ``Homes``."""
        slots.demand_kept(layer, self.slots, placed)

    def build(self, layer: Any, arrays: Arrays, forward: Callable[[], Any]) -> None:
        """See ``Homes``: it has, since it was looked at."""

    def clear(self, layer: Any, argument: str) -> None:
        """See ``Homes``."""
        super().clear(layer, argument)
        if argument in self.slots:
            self.slots[argument].clear(layer)

    def gradient(self, layer: Any, argument: str) -> Any:
        """See ``Homes``; the gradient of an input may be kept, too."""
        if argument in self.slots:
            return self.slots[argument].derivative(layer)
        return ByName(self.arguments).gradient(layer, argument)


def _demand_one(layer: Any) -> None:
    """Look whether several parts of a layer keep a weight.

    Raises UsageError where they do: a family has one.
    """
    if len(every := ways_to_parts(layer)) > 1:
        name, told = name_of(layer), ", ".join(map(slots.spelled, every))
        raise UsageError(
            f"{name} has no place for weight, and {len(every)} parts that have one: {told}; expected one part, or "
            f"examples of what it takes, by which the weights of all are examined: examine({name}(...), inputs=(x,))"
        )
