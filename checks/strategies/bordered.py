"""Layers whose axes share their kernel, and not their padding; and padding in a word where kernels are dilated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from checks.strategies.geometry import Axis, Geometry

#: Kernels, of stride 1.
SQUARE = (1, 3)

#: Padding of one axis after another: as much at both ends, and not.
BORDERS = (((1, 1), (0, 0), (1, 1)), ((0, 1), (1, 0), (2, 1)))

#: Channels of x and of y, by the number of axes.
CHANNELS = {1: 2, 2: 2, 3: 1}

#: Kernels and dilations of padding that is said to be the same.
SAME = ((2, 2), (2, 3), (3, 2))


def uneven(axes: int) -> Iterator[Geometry]:
    """Kernels that all axes share, with padding that they do not share; along one axis, that differs at its ends."""
    for kernel, borders, turn in product(SQUARE, BORDERS if axes > 1 else BORDERS[1:], range(2)):
        along = (borders[(turn + place) % len(borders)] for place in range(axes))
        yield _layer([Axis(5 + place, kernel, 1, *border) for place, border in enumerate(along)])


def same(axes: int) -> Iterator[Geometry]:
    """Small dilated kernels that all axes share, with as many windows as cells."""
    for kernel, dilation in SAME:
        extent = dilation * (kernel - 1) + 1
        along = [Axis(5 + place, kernel, 1, (extent - 1) // 2, extent // 2, dilation) for place in range(axes)]
        yield _layer(along, padding="same")


def _layer(along: Sequence[Axis], **modes: str) -> Geometry:
    """Two samples of few channels."""
    channels = CHANNELS[len(along)]
    return Geometry(2, 1, channels, channels, tuple(along), modes)
