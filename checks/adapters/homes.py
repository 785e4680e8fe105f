"""Where an object keeps the arrays of a case and their gradients: under their names, or where it was seen to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.adapters import holders, slots
from checks.adapters.callables import name_of
from checks.adapters.slots import Slot
from checks.adapters.templates import template
from checks.adapters.words import first_present, gradient_names, names_of
from checks.errors import UsageError
from checks.types import Arrays


@dataclass(frozen=True)
class Homes(ABC):
    """The places of arrays in a layer; ``arguments`` are all of a case. Abstract or final."""

    arguments: tuple[str, ...]

    @property
    @abstractmethod
    def returned(self) -> tuple[str, ...]:
        """Names of the arguments whose gradients a backward may return, in its order."""

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

    def lacking(self, layer: Any, arrays: Arrays) -> bool:
        """Whether the layer builds its weight in its first forward, which has not been yet."""
        return False


class ByName(Homes):
    """Attributes, and entries of dictionaries of parameters, with the names that people give them."""

    @property
    def returned(self) -> tuple[str, ...]:
        """See ``Homes``: any."""
        return self.arguments

    def place(self, layer: Any, arrays: Arrays) -> None:
        """See ``Homes``."""
        holders.place(layer, arrays)

    def demand_kept(self, layer: Any, placed: Arrays) -> None:
        """See ``Homes``."""
        holders.demand_kept(layer, placed)

    def gradient(self, layer: Any, argument: str) -> Any:
        """See ``Homes``."""
        everything = holders.stored(layer)
        key = first_present(gradient_names(argument)[: -len(names_of(argument))], everything)
        return everything[key] if key else None

    def lacking(self, layer: Any, arrays: Arrays) -> bool:
        """See ``Homes``."""
        return "weight" in arrays and holders.held_at(layer, "weight") is None


@dataclass(frozen=True)
class Seen(Homes):
    """Where the object was seen to keep them; the backward returns the gradients of its inputs, and of ``first``."""

    slots: Mapping[str, Slot]
    first: tuple[str, ...]

    @property
    def returned(self) -> tuple[str, ...]:
        """See ``Homes``."""
        return (*(name for name in self.arguments if name not in self.slots), *self.first)

    def place(self, layer: Any, arrays: Arrays) -> None:
        """See ``Homes``."""
        for name, array in arrays.items():
            self.slots[name].put(layer, array)

    def demand_kept(self, layer: Any, placed: Arrays) -> None:
        """See ``Homes``."""
        slots.demand_kept(layer, self.slots, placed)

    def gradient(self, layer: Any, argument: str) -> Any:
        """See ``Homes``; the gradient of an input may be kept, too."""
        if argument in self.slots:
            return self.slots[argument].derivative(layer)
        return ByName(self.arguments).gradient(layer, argument)


def demand_alike(layer: Any, placed: Arrays) -> None:
    """Look whether what a layer built in its first forward is of the shapes of the case's arrays.

    Raises UsageError where it is not.
    """
    for name, array in placed.items():
        built = holders.held_at(layer, name)
        if isinstance(built, np.ndarray) and built.shape != array.shape:
            raise UsageError(
                f"{name_of(layer)} built a {name} of shape {built.shape} in its first forward, where the case has one "
                f"of {array.shape}; expected (out, in, *kernel), or supports={{'layout': ...}}, or write the adapter:\n"
                f"{template('class', name_of(layer), ('x', *placed))}"
            )
