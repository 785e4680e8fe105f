"""Lean layers in which one number is large: past the end of a block, a table or a narrow index.

A backward that works in blocks of 8 to 256, that counts in 8 or 16 bits, or that has one path for the usual and another
for large kernels, strides and dilations, is right on everything small. Every number here leaves a remainder of 1 in
every such block and stands past the range of the index type, while all the others stay small: a case costs about as
much as a small one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checks.strategies.geometry import Axis, Geometry
from checks.types import Shape

#: One more than a multiple of 8, 16, 32, 64, 128 and 256, and past 255: the end of both kinds of bytes.
BYTES = 257
#: One more than a multiple of 8, 16 and 32: channels of several groups.
SEVERAL = 65
#: Axes whose windows hold more cells, by their number.
WINDOWS = {
    1: (Axis(BYTES + 2, BYTES),),
    2: (Axis(18, 17), Axis(20, 17, 2)),
    3: (Axis(8, 7), Axis(7, 7), Axis(9, 7, 2)),
}
#: Axes along which as many windows share a cell as a window has cells: some 120.
SHARED = {1: (Axis(241, 121),), 2: (Axis(21, 11),) * 2, 3: (Axis(9, 5),) * 3}
#: Cells of a plane, past 65535: the end of both kinds of 16-bit index, by the number of axes.
PLANES = {1: (65_793,), 2: (BYTES, BYTES), 3: (41, 41, 41)}

#: Cells of a plane that a byte, or 16 bits, can count, until it is padded by one all around.
COUNTED = {1: ((255,), (65_535,)), 2: ((15, 16), (255, 256)), 3: ((5, 6, 8), (39, 40, 42))}

#: Past four blocks of 8.
STEPS = 34

#: Of the sizes that are tried.
LARGEST_POWER = 256

#: With ceil_mode a last window of each axis lies over the border of the padded input.
HANGING = Geometry(2, 1, 2, 2, (Axis(6, 4, 3, 1, 1), Axis(6, 3, 2, 1, 1)))
#: The same without padding, of long windows.
LONG_HANGING = Geometry(1, 1, 2, 2, (Axis(13, 12, 2), Axis(12, 7, 3)))

#: Windows that touch, other along one axis than along the other.
TOUCHING = Geometry(1, 1, 2, 2, (Axis(6, 3, 3), Axis(6, 2, 2)))

#: Windows that overlap, alike along both axes: a layer that takes one number for both has them too.
OVERLAPPING = Geometry(2, 1, 2, 2, (Axis(6, 3, 2), Axis(6, 3, 2)))

#: At most a hundred numbers, and yet no axis of length 1: a padded square in windows that overlap.
SHOWING = Geometry(2, 1, 3, 4, (Axis(4, 3, 2, 1, 1), Axis(4, 3, 2, 1, 1)))

#: A layer as there are many, with two sizes that differ.
ORDINARY = Geometry(2, 1, 2, 3, (Axis(4, 3), Axis(5, 3)))

_PLAIN = Geometry(2, 1, 2, 2, (Axis(3, 2), Axis(4, 3)))


def large(axes: Iterable[int]) -> Iterator[Geometry]:
    """One geometry of two axes for each number that can be large, the commonest first; planes of these axes.

    Among them windows of more cells, and more planes of all samples together, than bytes and 16 bits can count.
    """
    counts = tuple(axes)
    yield from map(_commonest, counts)
    yield from (many_samples(), replace(_PLAIN, inputs=BYTES), replace(_PLAIN, outputs=BYTES))
    yield replace(_PLAIN, axes=(Axis(8, 7), Axis(14, 11, before=2, after=2)), inputs=3)
    yield from map(_plane, counts)
    yield from (_padded(plane) for count in counts for plane in COUNTED[count])
    yield from (_along(place, Axis(BYTES + 1, 2)) for place in (1, 0))
    yield from _whole()
    yield replace(_PLAIN, groups=BYTES, inputs=1, outputs=1)
    yield from map(many_cells, counts)
    yield replace(_PLAIN, axes=(Axis(6, 2), Axis(6, 3)))
    yield Geometry(BYTES, 1, BYTES, 1, (Axis(1, 1), Axis(2, 2)))
    yield replace(_PLAIN, axes=(Axis(17, 3, 6), Axis(24, 4, 9)))
    yield replace(_PLAIN, axes=(Axis(12, 3, dilation=4), Axis(13, 3, dilation=5)))
    yield Geometry(17, 1, 17, 18, (Axis(10, 3, before=1, after=1), Axis(9, 3, before=1, after=1)))
    yield Geometry(2, 1, 9, 9, (Axis(10, 3, before=1, after=1), Axis(19, 3, 2, 1, 1)))


def many_channels_of_groups() -> tuple[Geometry, Geometry]:
    """Of x, and of y, in several groups."""
    return replace(_PLAIN, groups=2, inputs=SEVERAL), replace(_PLAIN, groups=2, outputs=SEVERAL)


def ladder() -> Iterator[Geometry]:
    """Layers among which each number up to ``STEPS`` is an output width, and counts the channels of x and of y.

    A mistake in what is left over after blocks shows for some remainders alone, and often beyond the first block.
    """
    for step in range(1, STEPS + 1):
        channels = STEPS + 1 - step, 1 + 13 * step % STEPS
        pair = Axis(4, 3), Axis(step + 2, 3 - step % 2)
        yield Geometry(1 + 5 * step % 17, 1, *channels, pair if step % 4 else pair[::-1])


def powers() -> Iterator[Geometry]:
    """Layers in which powers of two up to ``LARGEST_POWER`` are sizes of the plane, of y, and counts of channels.

    There are paths of their own for them: whole vectors, tiles of matrix units, textures.
    """
    for power in (1 << exponent for exponent in range(3, LARGEST_POWER.bit_length())):
        yield from (_along(place, Axis(power, 2)) for place in (1, 0))
        yield _along(1, Axis(power + 2, 3))
        yield replace(_PLAIN, inputs=1, outputs=1, axes=(Axis(power, 2, 2), Axis(power, 2, 2)))
        yield replace(_PLAIN, batch=min(power, 16), inputs=power, outputs=power, axes=(Axis(2, 1), Axis(3, 1)))
        yield replace(_PLAIN, batch=1, groups=power, inputs=1, outputs=1)


def many_samples() -> Geometry:
    """More samples than a byte can count."""
    return replace(_PLAIN, batch=BYTES)


def many_elements() -> Geometry:
    """More elements than 16 bits can count, in one plane."""
    return _plane(1)


def many_cells(axes: int) -> Geometry:
    """Windows of more cells than a byte can count."""
    return Geometry(2, 1, 4, 1, WINDOWS[axes])


def shared_cells(axes: int) -> Geometry:
    """Windows that overlap so much that sums over them are long."""
    return Geometry(axes=SHARED[axes])


def plain_windows(axes: int) -> Geometry:
    """Windows of three over a few cells: of so many samples that a sum is long there are not many numbers."""
    return Geometry(axes=(Axis(6, 3),) * axes)


def _commonest(axes: int) -> Geometry:
    """Windows of two that move by two and leave a rest along the last axis: there are paths of their own for them."""
    return replace(_PLAIN, axes=(Axis(4, 2, 2), Axis(6, 2, 2), Axis(7, 2, 2))[-axes:])


def _whole() -> Iterator[Geometry]:
    """A single window as large as the plane, then with padding around it: a layer may take either for a plain mean."""
    yield replace(_PLAIN, axes=(Axis(5, 5), Axis(4, 4)))
    yield replace(_PLAIN, axes=(Axis(3, 3, 3, 1, 1), Axis(2, 2, 3, 1, 1)))


def _plane(axes: int) -> Geometry:
    """One plane of one channel, with more cells than 16 bits can count."""
    return Geometry(axes=tuple(Axis(size + 1, 2) for size in PLANES[axes]))


def _padded(plane: Shape) -> Geometry:
    """One plane whose index type, chosen before it is padded, cannot count it afterwards."""
    return Geometry(axes=tuple(Axis(size, 3, 1, 1, 1) for size in plane))


def _along(place: int, axis: Axis) -> Geometry:
    axes = list(_PLAIN.axes)
    axes[place] = axis
    return replace(_PLAIN, axes=tuple(axes))
