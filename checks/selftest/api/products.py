"""A product of matrices, of any number of them, that tests make wrong in their own ways."""

from __future__ import annotations

import numpy as np

from checks.types import Array


def dense(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
    """X (..., N, K) times w (..., K, M)."""
    return x @ w, (x, w)


def dense_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Right for any lengths."""
    x, w = saved
    return dy @ np.swapaxes(w, -1, -2), np.swapaxes(x, -1, -2) @ dy
