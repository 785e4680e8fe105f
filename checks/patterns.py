"""Orders in which numbers stand that layers meet and uniform draws never give: ones, one-hot, sparse, sorted, mirrored.

A layer may have a path of its own for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from checks.types import Array, Shape

Pattern = Callable[[np.random.Generator, Array], Array]

#: One entry in so many is left where most are 0, and is of another sign than most.
SPARSE, FEW = 16, 32


def arranged(rng: np.random.Generator, values: Array) -> Array:
    """Integers in one of ``PATTERNS``, which the generator picks; an empty array as it is."""
    pattern = PATTERNS[int(rng.integers(len(PATTERNS)))]
    return np.asarray(pattern(rng, values)) if values.size else values


def ordered(rng: np.random.Generator, values: Array) -> Array:
    """Distinct integers, all or most of one sign or each plane in order; they stay distinct, and none is 0."""
    if not values.size:
        return values
    planes = _planes(values)
    positive = planes - planes.min() + 1
    mostly = positive - 1 - (positive.max() - 1) // FEW
    mostly -= mostly <= 0
    found = (positive, -positive, mostly, -mostly, np.sort(positive), np.sort(planes), np.sort(planes)[:, ::-1])
    return found[int(rng.integers(len(found)))].reshape(values.shape)


def _ones(_: np.random.Generator, values: Array) -> Array:
    return np.ones_like(values)


def _alike(rng: np.random.Generator, values: Array) -> Array:
    return np.full_like(values, rng.choice(values.reshape(-1)))


def _one_hot(rng: np.random.Generator, values: Array) -> Array:
    found = np.zeros_like(values)
    found.flat[rng.integers(values.size)] = values.flat[0] or 1
    return found


def _sparse(rng: np.random.Generator, values: Array) -> Array:
    found = np.where(rng.random(values.shape) * SPARSE < 1, values, 0)
    return found if np.any(found) else _one_hot(rng, values)


def _negative(_: np.random.Generator, values: Array) -> Array:
    return -_positive(_, values)


def _positive(_: np.random.Generator, values: Array) -> Array:
    return np.where(values == 0, 1, np.abs(values))


def _mostly_positive(rng: np.random.Generator, values: Array) -> Array:
    return np.where(rng.random(values.shape) * FEW < 1, -1, 1) * _positive(rng, values)


def _rectified(_: np.random.Generator, values: Array) -> Array:
    return np.maximum(values, 0)


def _sorted(_: np.random.Generator, values: Array) -> Array:
    return np.sort(values, axis=None).reshape(values.shape)


def _mirrored(_: np.random.Generator, values: Array) -> Array:
    """Each plane the same from both ends, as a box, a Gaussian or a Laplacian kernel is."""
    planes = _planes(values).copy()
    half = planes.shape[1] // 2
    planes[:, planes.shape[1] - half :] = planes[:, :half][:, ::-1]
    return planes.reshape(values.shape)


def _flat(_: np.random.Generator, values: Array) -> Array:
    planes = _planes(values)
    return np.broadcast_to(planes[:, :1], planes.shape).reshape(values.shape)


#: Every pattern of integers; numbers as they were drawn are one of them, so that one array alone may be special.
PATTERNS: tuple[Pattern, ...] = (
    lambda _, values: values,
    _ones,
    _alike,
    _one_hot,
    _sparse,
    _negative,
    _positive,
    _mostly_positive,
    _rectified,
    _sorted,
    _mirrored,
    _flat,
)


def _planes(values: Array) -> Array:
    """An array as rows, one for each plane; a vector is a plane."""
    shape: Shape = values.shape
    width = prod(shape[2:]) if len(shape) > len("NC") else values.size
    return values.reshape(-1, width)
