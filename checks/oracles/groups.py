"""Boxes of outputs in groups whose boxes do not meet: what lies in one group can be moved in one forward."""

from __future__ import annotations

import numpy as np

from checks.types import Array

#: However far apart their outputs lie: what reaches too far cancels in several groups less easily than in one.
MOST_TOGETHER = 32


def apart(boxes: Array) -> list[list[int]]:
    """Numbers of boxes in groups of at most ``MOST_TOGETHER`` that do not meet: each in the first group it fits."""
    apart_from, left = _apart_from(boxes), (1 << len(boxes)) - 1  # a bit for each box
    groups: list[list[int]] = []
    while left:
        group, fitting = list[int](), left
        while fitting and len(group) < MOST_TOGETHER:
            first = fitting & -fitting
            group.append(first.bit_length() - 1)
            fitting = (fitting ^ first) & apart_from[group[-1]]
            left ^= first
        groups.append(group)
    return groups


def _apart_from(boxes: Array) -> list[int]:
    """For each box, as bits, those that it does not meet: one of both begins where the other has ended."""
    apart = np.zeros((len(boxes), len(boxes)), bool)
    for low, high in zip(*boxes.transpose(2, 1, 0), strict=True):  # along each axis
        before = high[:, None] <= low
        apart |= before
        apart |= before.T
    rows = np.packbits(apart, axis=-1, bitorder="little")
    bits, width = rows.tobytes(), rows.shape[1]
    return [int.from_bytes(bits[start : start + width], "little") for start in range(0, len(bits), width)]
