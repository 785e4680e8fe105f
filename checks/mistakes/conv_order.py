"""Mistakes of a convolution that takes groups, or the axes of a kernel, in another order."""

from __future__ import annotations

import numpy as np

from checks.mistakes.axes import conv_groups
from checks.mistakes.combine import argument, only, result
from checks.mistakes.conv_assigned import DWEIGHT, made
from checks.mistakes.conv_dx import DXP, GROUPS, ROTATION
from checks.mistakes.mistake import Evidence, Predict
from checks.types import Array, Arrays

#: Axes of a kernel that has planes: (O, C, plane, row, column).
_SOLID = 5


def _planes_turned(weight: Array) -> Array:
    """Reversed along the planes of a kernel that has any."""
    return np.flip(weight, 2) if weight.ndim == _SOLID else weight


def _planes_exchanged(weight: Array) -> Array:
    """Planes and columns exchanged, where there are as many of either."""
    alike = weight.ndim == _SOLID and weight.shape[2] == weight.shape[-1]
    return weight.swapaxes(2, -1) if alike else weight


def _interleaved(of: str) -> Predict:
    """From a dy of which the groups are read as if their channels took turns."""

    def predict(evidence: Evidence) -> Arrays:
        dy, groups = evidence.dy, conv_groups(evidence)
        apart = dy.reshape(len(dy), dy.shape[1] // groups, groups, *dy.shape[2:])
        moved = np.ascontiguousarray(apart.swapaxes(1, 2)).reshape(dy.shape)
        return only(evidence.subject.pull(evidence.arrays, evidence.config, moved).gradients, (of,))

    return predict


MISTAKES = (
    made(
        "dx",
        "planes not rotated",
        "reverses the kernel along its height and width only, not along its planes",
        ROTATION,
        argument("weight", lambda evidence: _planes_turned(evidence.arrays["weight"]), "dx"),
    ),
    made(
        "dx",
        "planes exchanged",
        "exchanges the first and the last axis of the kernel",
        DXP,
        argument("weight", lambda evidence: _planes_exchanged(evidence.arrays["weight"]), "dx"),
    ),
    made(
        "dweight",
        "planes exchanged",
        "exchanges the first and the last axis of the kernel",
        DWEIGHT,
        result(_planes_exchanged, "dweight"),
    ),
    made(
        "dx", "groups interleaved", "reads dy as if the channels of its groups took turns", GROUPS, _interleaved("dx")
    ),
    made(
        "dweight",
        "groups interleaved",
        "reads dy as if the channels of its groups took turns",
        GROUPS,
        _interleaved("dweight"),
    ),
)
