"""Generators that an object, or a part of it, keeps (``self.rng``): each forward draws what the first one drew."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from checks.adapters.paths import Path, at, of_kinds
from checks.adapters.slots import spelled

T = TypeVar("T")

#: Said of them.
BEGINS = "each forward begins with what the layer draws from where it was at first"

#: How to put a generator back, by its kind: what gives its state, and what takes it.
_KINDS: Mapping[type, tuple[Callable[[Any], Any], Callable[[Any, Any], object]]] = {
    np.random.Generator: (
        lambda own: deepcopy(own.bit_generator.state),
        lambda own, state: setattr(own.bit_generator, "state", state),
    ),
    np.random.RandomState: (lambda own: own.get_state(), lambda own, state: own.set_state(state)),
    random.Random: (lambda own: own.getstate(), lambda own, state: own.setstate(state)),
}

#: Forwards after which generators are sought that the layer has made in them: most make them in the first one.
LOOKS = 3


@dataclass
class OwnGenerators:
    """The states of an object's generators before its first call, by the ways to them; ``remarks`` is told of them."""

    states: dict[Path, Any]
    remarks: list[str]
    looks: int = 0

    @classmethod
    def of(cls, layer: Any, remarks: list[str]) -> OwnGenerators:
        """Those of an object as it is now."""
        found = cls({}, remarks)
        found._keep(layer)
        return found

    def ahead(self, layer: Any, forward: Callable[[], T]) -> T:
        """What a forward gives that draws from them; once more from those that it has just made.

        How a layer begins those is its own affair: by the time of day, perhaps.
        """
        found, known = self._begun(layer, forward), len(self.states)
        if self.looks < LOOKS:
            self.looks += 1
            self._keep(layer)
        return self._begun(layer, forward) if len(self.states) > known else found

    def _begun(self, layer: Any, forward: Callable[[], T]) -> T:
        for path, state in self.states.items():
            if type(there := at(layer, path)) in _KINDS:
                _KINDS[type(there)][1](there, state)
        return forward()

    def _keep(self, layer: Any) -> None:
        """Keep the states of those that are not known yet, and say so."""
        new = {path: each for path, each in of_kinds(layer, _KINDS) if path not in self.states}
        self.states |= {path: _KINDS[type(each)][0](each) for path, each in new.items()}
        names = ", ".join(map(spelled, new))
        if new and (said := f"{BEGINS}: {names}") not in self.remarks:
            self.remarks.append(said)
