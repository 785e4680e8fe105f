"""A parameter's place in an object: every way to it, and the way to its gradient."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.adapters.as_array import AsArray, stood
from checks.adapters.callables import name_of
from checks.adapters.gradient_paths import gradient_paths
from checks.adapters.holders import PARAMETERS, VALUES, holder_of, key_of, parameter_keys, there
from checks.adapters.inner import way_to_part
from checks.adapters.paths import Attribute, Item, Path, Step, at, put_at
from checks.errors import UsageError
from checks.types import Array, Arrays


@dataclass(frozen=True)
class Slot:
    """``spots`` are all ways to one array of an object, the shortest first; ``gradient`` is the way to its gradient.

    There is none where the backward returns it. What ``shares`` its memory with another array is written to.
    """

    spots: tuple[Path, ...]
    gradient: Path = ()
    shares: bool = False

    def put(self, layer: Any, array: Array) -> None:
        """Put an array everywhere where the object keeps this one.

        Raises TypeError where its own memory is of a format that cannot hold it.
        """
        if self.shares:
            _write(at(layer, self.spots[0]), array)
            return
        for spot in self.spots:
            put_at(layer, spot, array)

    def value(self, layer: Any) -> Any:
        """What stands there; None where nothing does."""
        return at(layer, self.spots[0])

    def keeps(self, layer: Any, array: Array) -> bool:
        """Whether an array that was put there is there still, or one like it."""
        return all(same(at(layer, spot), array) for spot in self.spots)

    def derivative(self, layer: Any) -> Any:
        """The gradient, after a backward; None where there is none."""
        return at(layer, self.gradient) if self.gradient else None

    def clear(self, layer: Any) -> None:
        """Set a gradient of plain numbers to zero: in an array that is done in place."""
        plain = bool(self.gradient) and isinstance(self.gradient[-1], AsArray)
        if plain and (value := self.derivative(layer)) is not None:
            put_at(layer, self.gradient, np.zeros_like(value))


def slot_of(layer: Any, name: str) -> Slot | None:
    """The place where a layer, or the part that keeps its weight, has an array under its name; None if none has."""
    way = way_to_part(layer) if name in {"weight", "bias"} else ()
    return _slot(way, at(layer, way), name)


def _slot(way: Path, part: Any, name: str) -> Slot | None:
    """The place of an array in the part of a layer at the end of a way."""
    if (holder := holder_of(part, name)) is None:
        return None
    key = key_of(name, holder)
    around = next((each for each in PARAMETERS if holder is there(part, each)), "")
    path: Path = (*way, Attribute(around), Item(key)) if around else (*way, Attribute(key))
    inside = parameter_keys(holder[key])[0]
    inner = Item(inside) if isinstance(holder[key], dict) else Attribute(inside)
    return Slot(((*path, inner) if inside else path,))


def _write(own: Array, array: Array) -> None:
    if not np.can_cast(array.dtype, own.dtype, "safe"):
        raise TypeError(f"an array of {own.dtype} whose memory is another's, too, cannot hold {array.dtype}")
    own[...] = array


def same(one: Any, other: Array) -> bool:
    """Whether this is that array, or one that looks like it."""
    return one is other or (isinstance(one, np.ndarray) and np.array_equal(one, other, equal_nan=True))


def demand_kept(layer: Any, slots: Mapping[str, Slot], placed: Arrays) -> None:
    """Look whether the layer still has the arrays of the case after its forward.

    Raises UsageError where it put others in their place.
    """
    for name, slot in slots.items():
        if name in placed and not slot.keeps(layer, placed[name]):
            raise UsageError(
                f"{name_of(layer)} put another array in place of {name} during its forward; expected one that keeps "
                f"what it is given, or a pair that takes {name}: examine((forward, backward), inputs=(x, ...))"
            )


def titles(layer: Any, every: Iterable[Path], taken: Iterable[str]) -> list[str]:
    """A name for what stands at the end of each way, none of them twice or among ``taken``: ``layers[0].W``."""
    found = list(taken)
    for path in every:
        short = spelled(_telling(layer, path))
        options = (short, spelled(path), f"self.{spelled(path)}")
        found.append(next((option for option in options if option not in found), f"self.{short}.{len(found)}"))
    return found[len(list(taken)) :]


def _telling(layer: Any, path: Path) -> Path:
    """The steps that say something: not that a parameter has a value, nor that it stands among parameters."""
    path = stood(path)
    holds_gradient = any(way[:-1] == path[:-1] for way in gradient_paths(layer, path))
    ends = len(path) > 1 and path[-1].key in VALUES and holds_gradient
    kept = path[:-1] if ends else path
    return tuple(
        step
        for place, step in enumerate(kept)
        if step.key not in PARAMETERS or place + 1 == len(kept) or not isinstance(kept[place + 1].key, str)
    )


def spelled(path: Path) -> str:
    """Dots before names, brackets around numbers: ``blocks.conv1.W``, ``layers[0].W``."""
    return "".join(map(_text, stood(path))).removeprefix(".")


def _text(step: Step) -> str:
    return f"[{step.key}]" if isinstance(step.key, int) else "." + re.sub(r"\W", "_", str(step.key))
