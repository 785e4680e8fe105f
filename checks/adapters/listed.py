"""Objects that keep a weight and a bias in a list, or behind a method, without names: ``self.params = [W, b]``."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.adapters.gradient_paths import given_by_methods, gradient_paths
from checks.adapters.holders import held_at
from checks.adapters.inner import part_of
from checks.adapters.kept import Kept
from checks.adapters.paths import Item, Path, arrays_in, at
from checks.adapters.slots import Slot

#: Axes that a weight of windows has at least: two of channels, and a spatial one.
FEWEST_AXES = 3


def listed(layer: Any, arguments: tuple[str, ...]) -> Kept | None:
    """Where an object keeps the weight and the bias of a family; None where they have names, or nobody can tell.

    The weight is the one array with spatial axes, in its lists or given by ``params()``, that has room for a gradient
    beside it; the bias is the one next to it with as many numbers as that has kernels.
    """
    if "weight" not in arguments or held_at(part_of(layer), "weight") is not None:
        return None
    given = {id(array) for array in given_by_methods(layer)}
    every = [(path, value) for path, value in arrays_in(layer) if path and (_is_place(path) or id(value) in given)]
    ways = [(path, value) for path, value in every if _gradient(layer, path)]
    weights = [(path, value) for path, value in ways if value.ndim >= FEWEST_AXES]
    if len(weights) != 1:
        return None
    (path, weight), *_ = weights
    biases = [way for way, value in ways if way[:-1] == path[:-1] and way != path and value.size in weight.shape]
    slots = {"weight": Slot((path,), _gradient(layer, path))}
    slots |= {"bias": Slot((biases[0],), _gradient(layer, biases[0]))} if len(biases) == 1 else {}
    return Kept(slots)


def _is_place(path: Path) -> bool:
    """Whether the last step is a place in a list."""
    return isinstance(path[-1], Item) and isinstance(path[-1].key, int)


def _gradient(layer: Any, path: Path) -> Path:
    """The likeliest way to the gradient of what stands at the end of another; none where there is none."""
    array = at(layer, path)
    ways = (way for way in gradient_paths(layer, path) if way != path)
    return next((way for way in ways if _fits(at(layer, way), array)), ())


def _fits(found: Any, array: Any) -> bool:
    """Whether there is room for a gradient, or one."""
    return found is None or (isinstance(found, np.ndarray) and found.shape == array.shape)
