"""Whether a gradient is wrong along its border alone."""

from __future__ import annotations

import numpy as np

from checks.diagnosis.difference import Difference
from checks.types import Array


def border(difference: Difference) -> int:
    """Width of the border outside of which nothing is wrong; 0 where there is none on every side.

    Along one axis alone its two ends are no border, nor are they where corners alone are wrong on the other sides.
    """
    wrong = difference.wrong
    if wrong.ndim < 4 or not wrong.any():  # noqa: PLR2004 - two axes that are not spatial, and two that are
        return 0
    depth = _depth(wrong.shape[2:])
    width = int(depth[np.broadcast_to(wrong.any((0, 1)), depth.shape)].max()) + 1
    sides = all(_side(wrong, width, axis).take(end, axis).any() for axis in range(2, wrong.ndim) for end in (0, -1))
    return width if sides and _inside_of(difference, width).any() else 0


def _inside_of(difference: Difference, width: int) -> Array:
    """Where something is wrong, or could be, inside of a border."""
    depth = _depth(difference.wrong.shape[2:])
    return np.broadcast_to(difference.telling.any((0, 1)), depth.shape) & (depth >= width)


def bordered(difference: Difference, width: int) -> bool:
    """Whether nothing is wrong but a border, or nothing inside of one of that width could be."""
    along_one = difference.wrong.ndim < 4  # noqa: PLR2004 - as above
    return along_one or not _inside_of(difference, width).any() or bool(border(difference))


def _side(wrong: Array, width: int, axis: int) -> Array:
    """What is no border of any other axis."""
    spatial = (slice(None) if each == axis else slice(width, -width) for each in range(2, wrong.ndim))
    return np.asarray(wrong[:, :, *spatial])


def _depth(shape: tuple[int, ...]) -> Array:
    """Distance of each cell from the nearest edge."""
    each = [np.minimum(np.arange(n), n - 1 - np.arange(n)) for n in shape]
    return np.asarray(np.min(np.stack(np.meshgrid(*each, indexing="ij")), 0))
