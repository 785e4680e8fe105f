"""Layers as networks have them most: fast paths are written for these, and a mistake in one hides in rare settings.

Each is small: images of 7 cells and fewer along an axis, where a stride of 2 leaves a rest along one axis and none
along another.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.strategies.geometry import Axis, Geometry
from checks.types import Shape

#: Cells along each axis, the last axis first.
SIZES = (7, 6, 5)

#: Kernel, stride, padding and dilation of convolutions, the commonest first: pointwise, same, halving, dilated, the
#: first layer of a network, patches.
CONVOLUTIONS = (
    (1, 1, 0, 1),
    (3, 1, 1, 1),
    (1, 2, 0, 1),
    (3, 2, 1, 1),
    (3, 1, 2, 2),
    (7, 2, 3, 1),
    (5, 1, 2, 1),
    (2, 2, 0, 1),
    (1, 1, 1, 1),
    (4, 2, 1, 1),
)
#: Batch, groups, and channels of x and of y in a group: all channels; some, each one, and one sample with groups.
ALL_CHANNELS = (3, 1, 3, 4)
GROUPS = ((3, 3, 2, 2), (2, 4, 1, 1), (1, 2, 3, 2))
#: The same with many of them, not in whole blocks.
MANY = ((1, 33, 3, 2), (1, 3, 25, 18), (2, 1, 17, 33))
#: How many of the settings come in groups as well, and with many channels.
OF_GROUPS, OF_MANY = 5, 2

#: Kernel, stride and padding of poolings; the last two leave gaps, and a rest into which a last window hangs.
POOLINGS = ((2, 2, 0), (3, 2, 1), (3, 1, 1), (3, 2, 0), (3, 3, 0), (2, 1, 0), (2, 2, 1), (2, 3, 0), (3, 4, 0))

#: Cells of a plane, the last axis first, past what a number in a byte can count, past the integers that half precision
#: holds, and past 32,767: who keeps the place of a winner there loses it.
PLANES = {
    1: ((300,), (2_100,), (32_800,)),
    2: ((18, 17), (47, 46), (181, 184)),
    3: ((7, 7, 6), (13, 13, 13), (33, 32, 33)),
}


def convolutions(axes: int) -> Iterator[Geometry]:
    """Those with so many axes, the commonest settings first: of all channels each of them, of others some."""
    for place, settings in enumerate(CONVOLUTIONS):
        yield _layer(ALL_CHANNELS, _along(axes, *settings))
        if not place:
            yield _layer(ALL_CHANNELS, (*(Axis(),) * (axes - 1), Axis(SIZES[0], 3, 1, 1, 1)))  # a sequence
    for place, settings in enumerate(CONVOLUTIONS[:OF_GROUPS]):
        for channels in (*GROUPS, *(MANY if place < OF_MANY else ())):
            yield _layer(channels, _along(axes, *settings))


def _layer(channels: Shape, axes: tuple[Axis, ...]) -> Geometry:
    batch, groups, inputs, outputs = channels
    return Geometry(batch, groups, inputs, outputs, axes)


def poolings(axes: int) -> Iterator[Geometry]:
    """Those with so many axes, of a few channels in two samples, not in whole blocks."""
    return (Geometry(2, 1, 5, 5, _along(axes, *each)) for each in POOLINGS)


def places(axes: int) -> Iterator[Geometry]:
    """One plane of each of ``PLANES``, in windows of two."""
    return (Geometry(axes=tuple(Axis(size, 2, 2) for size in plane[::-1])) for plane in PLANES[axes])


def _along(axes: int, kernel: int, stride: int, padding: int, dilation: int = 1) -> tuple[Axis, ...]:
    return tuple(Axis(size, kernel, stride, padding, padding, dilation) for size in SIZES[:axes][::-1])
