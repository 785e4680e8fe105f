"""Parameters of an object that no argument of its family takes: nothing is said of their gradients, and that is told.

An object whose bias is called ``offset`` is called with the zeros that it began with, and its ``doffset`` is held
against nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from checks.adapters.holders import PARAMETERS, attributes, stored, there
from checks.adapters.inner import part_of
from checks.adapters.kept import is_trained
from checks.adapters.paths import Attribute, objects_in
from checks.adapters.slots import spelled
from checks.adapters.words import first_present, gradient_names, names_of
from checks.types import Array

#: Backwards after which an array that has stayed as it was is a parameter: what a forward leaves changes with x.
LOOKS = 8


class Beside(str):
    """A remark on parameters that are not examined, whose names are ``behind`` it."""

    __slots__ = ("behind",)
    behind: tuple[str, ...]


def beside(names: Collection[str]) -> Beside:
    """The remark on parameters of these names."""
    told = " or ".join(names)
    said = Beside(
        f"no argument of the family is called {told}, which has a gradient and stays as the layer keeps it: it is not "
        "examined; inputs= with an example of x examines it"
    )
    said.behind = tuple(names)
    return said


class LeftBeside:
    """Looks after each of the first backwards of a layer for arrays with gradients that are no arguments."""

    def __init__(self, arguments: tuple[str, ...], remarks: list[str]) -> None:
        self.arguments, self.remarks = arguments, remarks
        self._looks = 0
        self._layer: Any = None
        self._same: dict[str, Array] = {}

    def look(self, layer: Any) -> None:
        """Keep those that are as they were; say which these are once there were enough backwards."""
        if self._looks >= LOOKS:
            return
        found, again = dict(self._found(layer)), layer is self._layer
        if self._looks:  # an object that was made anew has numbers of its own
            found = {name: array for name, array in found.items() if name in self._same}
        if again:
            found = {name: array for name, array in found.items() if np.array_equal(self._same[name], array)}
        self._layer, self._same, self._looks = layer, found, self._looks + 1
        if self._looks == LOOKS and found and (said := beside(list(found))) not in self.remarks:
            self.remarks.append(said)

    def _found(self, layer: Any) -> Iterator[tuple[str, Array]]:
        """The same of a layer, and of all its parts where one of these keeps its weight: ``norm.gamma``."""
        taken = {known for argument in self.arguments for known in names_of(argument)}
        keeper = part_of(layer)
        for way, part in objects_in(layer) if keeper is not layer else [((), layer)]:
            for name, array in _with_gradients(part, taken if part is layer or part is keeper else frozenset()):
                yield spelled((*way, Attribute(name))), array


def _with_gradients(layer: Any, taken: Collection[str]) -> Iterator[tuple[str, Array]]:
    """Copies of real arrays that have a gradient of their shape beside them, by name; none that is ``taken``."""
    everything = stored(layer)
    holders = [attributes(layer), *(there(layer, each) for each in PARAMETERS)]
    for name, value in ((name, each[name]) for each in holders if isinstance(each, dict) for name in each):
        real = isinstance(name, str) and isinstance(value, np.ndarray) and value.dtype.kind == "f"
        if not real or name.lower() in taken:
            continue
        key = first_present(gradient_names(name)[: -len(names_of(name))], everything)
        if key and np.shape(everything[key]) == value.shape and is_trained(name):
            yield name, value.copy()
