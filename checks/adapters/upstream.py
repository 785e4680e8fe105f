"""The upstream gradient with which a layer is tried before it is judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.types import Array


def tried(y: Any) -> Array:
    """Numbers of sizes from 1/2 to 1 and of both signs in the shape of y, always the same; of a single number 1.

    Of equal ones a normalization makes 0, and a gradient of 0 shows nothing.
    """
    found: Array = np.ones_like(y)
    if found.size > 1:
        rng = np.random.default_rng(53)
        found[...] = rng.uniform(0.5, 1, found.shape) * rng.choice([-1.0, 1.0], found.shape)
    return found
