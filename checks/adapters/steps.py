"""A backward that moves its layer's parameters itself: its gradient is the step, over a rate that gradproof sets.

With W' = fl(W - r g) and r a power of two, (W - W') / r is off g by at most u |W| / r + 2 u |g|: W' is rounded once,
the difference once, and the product and the quotient are exact. ``SIZES`` are so large that the first term is nothing
(below 2**-180 |W| in float64, 2**-63 |W| in float32); of g, every bound on examples has eight roundings to spare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from checks.adapters.paths import Path, at, put_at
from checks.adapters.slots import Slot
from checks.refusals import RAISED
from checks.types import Array, Arrays

#: Rates by format; none of float16, which would overflow.
SIZES = {"float64": 2.0**128, "float32": 2.0**40}

#: Rates for gradients so small that an ordinary step is lost beside what it moves; 1 is for those that overflow.
_FAR = {2.0**128: 2.0**900, 2.0**40: 2.0**100}

#: A gradient that is smaller than this part of dy may be lost.
_SEEN = 2.0**-60


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
    """``moved`` are the arrays that a backward moves, by name, ``read`` those whose gradients show in that.

    ``late`` says that what it returns is computed after that, from what it has moved.
    """

    rate: Rate = field(default_factory=Rate)
    moved: Mapping[str, Slot] = field(default_factory=dict)
    read: tuple[str, ...] = ()
    late: bool = False

    def taken(self, layer: Any, back: Callable[[Mapping[str, float]], Any]) -> tuple[Any, Arrays]:
        """What a backward gives, and the gradients that its steps show; the layer is where it was before them.

        ``back`` is told the rates that are its arguments. It goes once more where a step is no number, or is lost.
        """
        result, found = self._once(layer, back, self.rate)
        other = {name: self._other_size(self.moved[name].value(layer), each) for name, each in found.items()}
        for size in {*other.values()} - {0.0}:
            with suppress(*RAISED):
                again = self._once(layer, back, replace(self.rate, size=size))[1]
                found |= {name: again[name] for name in found if other[name] == size}
        return result, found

    def hidden(self, layer: Any, dy: Array) -> list[str]:
        """Names of what is so large that steps for a dy as small as this are lost beside it, whatever their rate."""
        far, seen = _FAR.get(self.rate.size, 1.0), float(np.max(np.abs(dy), initial=0.0)) * _SEEN
        sizes = {name: np.abs(np.asarray(self.moved[name].value(layer))) for name in self.read}
        lost = {name: np.max(each, initial=0.0) * float(np.finfo(each.dtype).eps) / far for name, each in sizes.items()}
        return [name for name, size in lost.items() if size > seen > 0]

    def endless(self, layer: Any) -> list[str]:
        """Names of what is moved and is NaN or infinite somewhere: no step shows in that."""
        return [name for name in self.read if not np.all(np.isfinite(np.asarray(self.moved[name].value(layer))))]

    def _once(self, layer: Any, back: Callable[[Mapping[str, float]], Any], rate: Rate) -> tuple[Any, Arrays]:
        before = {name: _Place(layer, slot) for name, slot in self.moved.items()}
        try:
            with rate.held(layer), np.errstate(all="ignore"):
                result = back(rate.given)
            return result, {name: before[name].step(layer) / rate.size for name in self.read}
        finally:
            for place in before.values():
                place.put_back(layer)

    def _other_size(self, array: Array, gradient: Array) -> float:
        """The rate that a step asks for which is infinite, or smaller than what it moved; 0 where it will do."""
        if not np.all(np.isfinite(gradient)):
            return 1.0
        largest = np.max(np.abs(gradient), initial=0.0) * self.rate.size
        return _FAR.get(self.rate.size, 0.0) if largest < np.max(np.abs(array), initial=0.0) else 0.0


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
