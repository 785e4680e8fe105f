"""Bounds as arrays: none of them takes memory where it is zero for every element."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from checks.arithmetic import transform_growth
from checks.equality import highest
from checks.types import Array, Arrays, Shape


@lru_cache(1024)
def nothing(shape: Shape) -> Array:
    """A bound of zero for every element, in no memory."""
    return np.broadcast_to(np.float64(0.0), shape)


def spread(norms: Array | None, cells: int, dtype: str, shape: Shape) -> Array:
    """A transform's error for every element of a plane, from the planes' norms; none for sums without a product.

    That of the largest of these for all: fast products of matrices, as Strassen's, mix the planes of several channels.
    """
    if norms is None:
        return nothing(shape)
    of_all = np.max(norms, where=np.isfinite(norms), initial=0.0)
    return np.broadcast_to(transform_growth(cells, dtype) * np.maximum(norms, of_all), shape)


def plus(bound: Array, excess: Array) -> Array:
    """The sum of two bounds, without touching memory where the second is zero in no memory."""
    return bound if is_nothing(excess) else np.asarray(bound + excess)


def is_nothing(bound: Array) -> bool:
    """Whether a bound is zero for every element, in no memory."""
    return not any(bound.strides) and bool(bound.size) and not bound.flat[0]


def anything(bound: Array) -> bool:
    """Whether a bound is other than zero for some element."""
    return bool(bound.size) and highest(bound) != 0


def largest(arrays: Arrays) -> dict[str, float]:
    """Largest absolute value of each array, by name."""
    return {name: float(max(a.max(initial=0.0), -a.min(initial=0.0))) for name, a in _real(arrays).items()}


def _real(arrays: Arrays) -> Arrays:
    return {name: np.abs(value) if value.dtype.kind == "c" else value for name, value in arrays.items()}


def widen(arrays: Arrays, wide: str) -> Arrays:
    """Arrays in the wide format."""
    return {name: value.astype(wide) for name, value in arrays.items()}
