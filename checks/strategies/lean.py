"""Small layers at edges that random sizes hardly meet: each costs about as much as the plainest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from checks.strategies.geometry import Axis, Geometry

#: One more than a block of channels has.
PAST_A_BLOCK = 17

#: Axes of a kernel of more taps than ten, some of which have two digits; those of its other axes have one.
LONG, SHORT = (Axis(13, 12), Axis(13, 11)), Axis(2)

#: Windows that overlap and move on by more than one cell, without padding.
STRIDED = Geometry(1, 1, 2, 2, (Axis(5, 3, 2), Axis(4, 2, 2)))

_ROW = Axis()

#: Strides that all axes share; kernels, channels of x and of y, and windows along each axis, by the number of axes.
_STRIDES = range(1, 4)
_KERNELS = {1: range(1, 6), 2: range(1, 6), 3: range(1, 4)}
_CHANNELS = {1: 2, 2: 2, 3: 1}
_WINDOWS = {1: (2,), 2: (2, 3), 3: (2, 2, 2)}


def lean(axes: Iterable[int]) -> Iterator[Geometry]:
    """Planes of one row and of one column, four of each; one channel past a block; long kernels of these axes."""
    for place in (0, 1):
        for size in (5, 6, 7, 8):
            plane = (_ROW, Axis(size, 2, 2))
            yield Geometry(2, 1, 2, 2, plane if place else plane[::-1])
    several = Geometry(axes=(Axis(2, 2), Axis(3, 2)))
    yield from (replace(several, inputs=PAST_A_BLOCK), replace(several, outputs=PAST_A_BLOCK))
    for count in axes:
        others = (SHORT,) * (count - 1)
        yield from (Geometry(axes=along) for along in ((LONG[0], *others), (*others, LONG[1])))


def alike(axes: int) -> Iterator[Geometry]:
    """Each pairing of a small kernel, stride and padding that all axes share, as most layers have them.

    Each with no cell beyond the last window, and with one where the stride leaves room for it.
    """
    for kernel, stride in product(_KERNELS[axes], _STRIDES):
        for padding, rest in product(range(kernel // 2 + 1), range(min(stride, 2))):
            plainest = kernel - 2 * padding + rest
            sizes = (plainest + stride * (windows - 1) for windows in _WINDOWS[axes])
            along = tuple(Axis(size, kernel, stride, padding, padding) for size in sizes)
            yield Geometry(2, 1, _CHANNELS[axes], _CHANNELS[axes], along)
