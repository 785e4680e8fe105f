"""Numerical derivatives that know their own error: NaN where it is unknown."""

from __future__ import annotations

import numpy as np

from checks.rounding import dot, exact_limit, gamma, whole
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
    entry. ``start``, ``dy`` and ``noise`` may be those of one output for all.

    Returns a value and an error bound for each index; what nobody reaches should not have changed.
    """
    pairs = np.iscomplexobj(moved) or np.iscomplexobj(dy)
    change, weights = (_pairs(values) if pairs else values for values in (moved - start, dy))
    with np.errstate(all="ignore"):
        products = np.multiply(weights, change, dtype=np.float64)
    each_output, count = owners.reshape(-1), len(widths)
    whose = np.repeat(each_output, 2) if pairs else each_output
    value, mass = (np.bincount(whose, each.reshape(-1), count) for each in (products, np.abs(products)))
    noisy = np.asarray(np.abs(dy) * noise, np.float64)
    doubt = np.bincount(each_output, np.broadcast_to(noisy, owners.shape).reshape(-1), count)
    exact = (mass <= exact_limit("float64")) & (whole(weights) and whole(change))
    terms = np.bincount(whose, minlength=count)
    summing = np.where(exact, 0.0, gamma(int(np.max(terms, initial=0)) + 4, "float64") * mass)
    return value / widths, (2.0 * doubt + summing) / np.abs(widths)


def _pairs(values: Array) -> Array:
    """Real and imaginary part of each number, along a further axis."""
    return np.stack([values.real, values.imag], axis=-1)
