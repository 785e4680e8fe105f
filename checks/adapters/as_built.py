"""Where an object leaves gradients of arrays that its constructor was handed and that it keeps under other names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from checks.adapters.gradient_paths import gradient_paths
from checks.adapters.homes import ByName
from checks.adapters.listed import listed
from checks.adapters.paths import Path, arrays_in, at
from checks.adapters.slots import Slot, demand_kept
from checks.types import Arrays


@dataclass(frozen=True)
class AsBuilt(ByName):
    """The same of a class, whose objects may keep in a list what they were built with: ``self.params = [W, b]``."""

    _handed: Arrays = field(default_factory=dict, compare=False)
    #: The ways to the gradients that were found so far, by argument.
    _ways: dict[str, Path] = field(default_factory=dict, compare=False)
    #: Where the last object keeps what it was not handed, in a list.
    _slots: dict[str, Slot] = field(default_factory=dict, compare=False)

    def built(self, handed: Arrays) -> None:
        """Take note of what the constructor of the last object was handed, by argument."""
        self._handed.clear()
        self._handed.update(handed)

    @property
    def places(self) -> Mapping[str, Slot]:
        """See ``Homes``."""
        return self._slots

    def place(self, layer: Any, arrays: Arrays) -> None:
        """See ``Homes``; in a list, where an object that was told sizes has made its weight there."""
        kept = listed(layer, tuple(arrays))
        self._slots.clear()
        if kept and kept.slots.keys() >= arrays.keys():
            self._slots.update(kept.slots)
            none = {"bias": np.zeros(arrays["weight"].shape[0], arrays["weight"].dtype)} if "bias" in kept.slots else {}
            for name, array in (none | arrays).items():
                self._slots[name].put(layer, array)
        else:
            super().place(layer, arrays)

    def demand_kept(self, layer: Any, placed: Arrays) -> None:
        """See ``Homes``."""
        if self._slots:
            demand_kept(layer, self._slots, placed)
        else:
            super().demand_kept(layer, placed)

    def gradient(self, layer: Any, argument: str) -> Any:
        """See ``Homes``; by its name, or beside the very array."""
        if argument in self._slots:
            return self._slots[argument].derivative(layer)
        found = super().gradient(layer, argument)
        return self._beside(layer, argument) if found is None and argument in self._handed else found

    def _beside(self, layer: Any, argument: str) -> Any:
        array = self._handed[argument]
        if _fits(found := at(layer, self._ways.get(argument, ())), array):
            return found
        ways = (path for path, value in arrays_in(layer) if value is array)
        for way in (gradient for path in ways for gradient in gradient_paths(layer, path)):
            if _fits(found := at(layer, way), array):
                self._ways[argument] = way
                return found
        return None


def _fits(found: Any, array: Any) -> bool:
    return isinstance(found, np.ndarray) and found.shape == array.shape and found is not array
