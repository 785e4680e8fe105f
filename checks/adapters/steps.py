"""A backward that moves its layer's parameters itself: its gradient is the step, over a rate that gradproof sets.

With W' = fl(W - r g) and r a power of two, (W - W') / r is off g by at most u |W| / r + 2 u |g|: W' is rounded once,
the difference once, and the product and the quotient are exact. ``SIZES`` are so large that the first term is nothing
(below 2**-180 |W| in float64, 2**-63 |W| in float32); of g, every bound on examples has eight roundings to spare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from checks.adapters.paths import Path, at, put_at
from checks.adapters.slots import Slot
from checks.types import Array, Arrays

#: Rates by format; none of float16, which would overflow.
SIZES = {"float64": 2.0**128, "float32": 2.0**40}


@dataclass(frozen=True)
class Rate:
    """How large the steps of a layer are: ``arguments`` of its backward and ``spots`` in the layer that say so."""

    arguments: tuple[str, ...] = ()
    spots: tuple[Path, ...] = ()
    size: float = 0.0

    @property
    def given(self) -> dict[str, float]:
        """What its backward is given."""
        return dict.fromkeys(self.arguments, self.size)

    @contextmanager
    def held(self, layer: Any) -> Iterator[None]:
        """A layer with this rate, which has its own again behind that."""
        own = [(spot, at(layer, spot)) for spot in self.spots]
        try:
            for spot in self.spots:
                put_at(layer, spot, self.size)
            yield
        finally:
            for spot, value in own:
                put_at(layer, spot, value)


@dataclass(frozen=True)
class Steps:
    """``moved`` are the arrays that a backward moves, by name, ``read`` those whose gradients show in that."""

    rate: Rate = field(default_factory=Rate)
    moved: Mapping[str, Slot] = field(default_factory=dict)
    read: tuple[str, ...] = ()

    def taken(self, layer: Any, back: Callable[[Mapping[str, float]], Any]) -> tuple[Any, Arrays]:
        """What a backward gives, and the gradients that its steps show; the layer is where it was before them.

        ``back`` is told the rates that are its arguments.
        """
        before = {name: _Place(layer, slot) for name, slot in self.moved.items()}
        try:
            with self.rate.held(layer), np.errstate(all="ignore"):
                result = back(self.rate.given)
            return result, {name: before[name].step(layer) / self.rate.size for name in self.read}
        finally:
            for place in before.values():
                place.put_back(layer)


class _Place:
    """An array of a layer and what it held."""

    def __init__(self, layer: Any, slot: Slot) -> None:
        self.slot, self.array = slot, at(layer, slot.spots[0])
        self.numbers = np.array(self.array)
        if isinstance(self.array, np.ndarray) and not self.array.flags.writeable:
            slot.put(layer, self.numbers.copy())  # a caller's, who lends it for reading

    def step(self, layer: Any) -> Array:
        """How far down it has gone."""
        return np.asarray(self.numbers - at(layer, self.slot.spots[0]))

    def put_back(self, layer: Any) -> None:
        """As it was: the very array, with what it held."""
        if isinstance(self.array, np.ndarray) and self.array.flags.writeable:
            self.array[...] = self.numbers
        if not self.slot.shares:
            self.slot.put(layer, self.array)
