"""Numerical derivatives that know their own error: NaN where it is unknown."""

from __future__ import annotations

import numpy as np

from checks.computing import hushed
from checks.rounding import dot, exact_limit, unit_roundoff, whole
from checks.types import Array


def quotient(moved: Array, start: Array, dy: Array, width: float, noise: Array) -> tuple[float, float]:
    """Derivative of sum(dy * f) from f at two points that lie ``width`` apart, f being linear between them.

    ``noise`` bounds the error of each element of either f; all arrays have the shape of y and moved, start and dy
    the wide format. Of complex numbers, the real part of sum(conj(dy) * f) is derived. Returns value and error bound:
    twice the noise weighted with abs(dy), plus the rounding of the sum in float64 unless it is a sum of exact integers.
    """
    value, summing = dot(dy, moved - start)
    return value / width, (2.0 * float(np.sum(np.abs(dy) * noise)) + summing) / abs(width)


def quotients(moved: Array, start: Array, dy: Array, owners: Array, widths: Array, noise: Array) -> tuple[Array, Array]:
    """The same for several entries that were moved at once and reach outputs that lie apart.

    ``owners`` says for each output which entry reaches it, as an index into ``widths``; one index may stand for no
    entry. It has axes of length 1 where all outputs along an axis are of one owner. ``start``, ``dy`` and ``noise`` may
    be those of one output for all.

    Returns a value and an error bound for each index; what nobody reaches should not have changed.
    """
    alike = tuple(axis - owners.ndim for axis, size in enumerate(owners.shape) if size < moved.shape[axis])
    along, parts = alike, 1
    change, weights = moved - start, dy
    if moved.dtype.kind == "c" or dy.dtype.kind == "c":
        change, weights = _pairs(change), _pairs(dy)
        along, parts = (*(axis - 1 for axis in alike), -1), 2
    whose, count = owners.reshape(-1), len(widths)
    exact = whole(weights) and whole(change)
    value, mass = (np.bincount(whose, each.reshape(-1), count) for each in hushed(_sums, weights, change, along))
    noisy = np.empty(owners.shape)
    noisy[...] = np.add.reduce(np.abs(dy) * noise, axis=alike, keepdims=True)
    doubt = np.bincount(whose, noisy.reshape(-1), count)
    terms = np.bincount(whose, minlength=count) * (parts * (moved.size // max(owners.size, 1)))
    summing = _gammas(terms + 4) * mass
    if exact:
        summing = np.where(mass <= exact_limit("float64"), 0.0, summing)
    return value / widths, (2.0 * doubt + summing) / np.abs(widths)


def _sums(weights: Array, change: Array, along: tuple[int, ...]) -> tuple[Array, Array]:
    """Sums of products, and of their absolute values, along some axes; in the memory of the changes where it fits."""
    products = np.multiply(weights, change, out=change if change.dtype == np.float64 else None, dtype=np.float64)
    sums = np.add.reduce(products, axis=along)
    return sums, np.add.reduce(np.abs(products, out=products), axis=along)


def _gammas(roundings: Array) -> Array:
    """``gamma`` of each of these numbers of roundings in float64, in which no array has too many entries."""
    products = roundings * unit_roundoff("float64")
    return np.asarray(products / (1.0 - products))


def _pairs(values: Array) -> Array:
    """Real and imaginary part of each number, along a further axis."""
    return np.stack([values.real, values.imag], axis=-1)
