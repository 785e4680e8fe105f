"""The part of an object that keeps its weight and its bias, where the object itself has no place for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from checks.adapters.holders import held_at, holder_of
from checks.adapters.methods import methods_of
from checks.adapters.paths import Path, at, objects_in


def part_of(layer: Any, arrays: Collection[str] = ("weight",)) -> Any:
    """The part in which a layer keeps these arrays: the layer itself, unless they are of a weight that it lacks."""
    return at(layer, way_to_part(layer)) if {"weight", "bias"}.intersection(arrays) else layer


def way_to_part(layer: Any) -> Path:
    """The way to the one part of a layer that keeps a weight; none where it has one itself, and where several do."""
    every = ways_to_parts(layer)
    return every[0] if len(every) == 1 else ()


def ways_to_parts(layer: Any) -> list[Path]:
    """Ways to all parts of a layer that keep a weight, the nearest first; none where it has a place for one itself.

    A part has a forward and a backward of its own, which what a forward has saved has not. A number that is called like
    a weight, as the ``kernel`` of a window may be, is no place for one.
    """
    if holder_of(layer, "weight") is not None and not isinstance(held_at(layer, "weight"), (int, tuple, str)):
        return []
    others = ((way, part) for way, part in objects_in(layer) if way and isinstance(held_at(part, "weight"), np.ndarray))
    return [way for way, part in others if methods_of(part)]
