"""Generators that an object keeps (``self.rng``): each forward draws from them what the first one drew."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from checks.adapters.holders import attributes

#: How to put a generator back, by its kind: what gives its state, and what takes it.
_KINDS: Mapping[type, tuple[Callable[[Any], Any], Callable[[Any, Any], object]]] = {
    np.random.Generator: (
        lambda own: deepcopy(own.bit_generator.state),
        lambda own, state: setattr(own.bit_generator, "state", state),
    ),
    np.random.RandomState: (lambda own: own.get_state(), lambda own, state: own.set_state(state)),
    random.Random: (lambda own: own.getstate(), lambda own, state: own.setstate(state)),
}


@dataclass(frozen=True)
class OwnGenerators:
    """The states of an object's generators before its first call, by the names of its attributes."""

    states: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, layer: Any) -> OwnGenerators:
        """Those of an object as it is now."""
        return cls({name: _KINDS[type(each)][0](each) for name, each in _generators(layer).items()})

    def begin(self, layer: Any) -> None:
        """Put them back, in the object or a copy of it."""
        if self.states:
            there = _generators(layer)
            for name in self.states.keys() & there.keys():
                _KINDS[type(there[name])][1](there[name], self.states[name])

    @property
    def remarks(self) -> list[str]:
        """What is said of them; nothing where there are none."""
        names = ", ".join(self.states)
        return [f"each forward begins with what the layer draws from where it was at first: {names}"] if names else []


def _generators(layer: Any) -> dict[str, Any]:
    return {name: each for name, each in attributes(layer).items() if type(each) in _KINDS}
