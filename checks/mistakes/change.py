"""Small changes of one array, from which mistakes are made. Each returns a new array of the same shape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.data import round_to
from checks.types import Array

Change = Callable[[Array], Array]
Place = tuple[slice | int, ...]


def scaled(factor: float) -> Change:
    """Everything times a factor."""
    return lambda a: a * factor


def without(*place: slice | int) -> Change:
    """Zero at an index or slice of the leading axes; nothing changes where the array has no such axis or entry."""

    def change(a: Array) -> Array:
        kept = a.copy()
        if a.ndim >= len(place) and a.size:
            kept[place] = 0
        return kept

    return change


def without_end(axis: int, end: int = -1) -> Change:
    """Zero in the last (or first) slice along a spatial axis, counted from the first one (0) or from the last (-1)."""

    def change(a: Array) -> Array:
        kept = np.moveaxis(a.copy(), axis + 2 if axis >= 0 else axis, 0)
        if len(kept):
            kept[end] = 0
        return np.moveaxis(kept, 0, axis + 2 if axis >= 0 else axis)

    return change


def without_border(a: Array) -> Array:
    """Zero in the outermost cells of the spatial axes."""
    inner = (slice(None), slice(None), *(slice(1, -1),) * (a.ndim - 2))
    kept = np.zeros_like(a)
    kept[inner] = a[inner]
    return kept


def without_tail(axis: int, block: int) -> Change:
    """Zero in what is left over when an axis is worked on in whole blocks; an axis of less than a block is right."""

    def change(a: Array) -> Array:
        kept = np.moveaxis(a.copy(), axis, 0)
        if len(kept) > block:
            kept[len(kept) // block * block :] = 0
        return np.moveaxis(kept, 0, axis)

    return change


def flipped(a: Array) -> Array:
    """Reversed along every spatial axis: rotated by 180 degrees."""
    return np.flip(a, tuple(range(2, a.ndim)))


def transposed(a: Array) -> Array:
    """The last two spatial axes exchanged, where both have one size."""
    square = a.ndim > 3 and a.shape[-1] == a.shape[-2]  # noqa: PLR2004 - N, C and two axes
    return a.swapaxes(-1, -2) if square else a


def turned(axis: int) -> Change:
    """Reversed along one axis."""
    return lambda a: np.flip(a, axis)


def shifted(by: int) -> Change:
    """Moved along the last axis, zeros moving in."""

    def change(a: Array) -> Array:
        moved = np.zeros_like(a)
        if a.shape[-1] > abs(by):
            moved[..., max(by, 0) : a.shape[-1] + min(by, 0)] = a[..., max(-by, 0) : a.shape[-1] - max(by, 0)]
        return moved

    return change


def entry_scaled(factor: float) -> Change:
    """The entry of largest magnitude times a factor; the rest as it was."""

    def change(a: Array) -> Array:
        kept = a.copy(order="C")
        if a.size:
            kept.reshape(-1)[int(np.argmax(np.abs(a)))] *= factor
        return kept

    return change


def through(dtype: str) -> Change:
    """Rounded to another format and back."""
    return lambda a: round_to(a, dtype).astype(a.dtype)


def flushed(below: float) -> Change:
    """Zero where smaller than ``below`` in magnitude."""
    return lambda a: np.where(np.abs(a) < below, 0, a)


def first_for_all(axis: int) -> Change:
    """The first slice along an axis, copied to all others."""
    return lambda a: np.broadcast_to(a.take([0], axis), a.shape) if a.shape[axis] else a


def averaged(*axes: int) -> Change:
    """Replaced by its mean along some axes."""
    return lambda a: np.broadcast_to(a.mean(axes, keepdims=True), a.shape) if a.size else a
