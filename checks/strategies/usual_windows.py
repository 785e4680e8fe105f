"""Windows as networks have them: of convolutions in every kind of groups, of pools rounded down and up.

Of one group, rounded down, most are met anyway; but a path for groups, for a kernel of one row or for a last window
that hangs over is mostly one of its own, written for the settings that its network has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from checks.strategies import common
from checks.strategies.everyday import ALL, FIRST, LAST, along
from checks.strategies.geometry import Axis, Geometry

#: Kernel, stride, padding and dilation.
Settings: TypeAlias = tuple[int, int, int, int]

#: What most other settings are beside.
PLAIN: Settings = (3, 1, 1, 1)

#: Those of convolutions that all axes share, the commonest first.
CONVOLUTIONS: Sequence[Settings] = (
    *common.CONVOLUTIONS,
    *((3, 1, 0, 1), (5, 2, 2, 1), (7, 1, 3, 1), (3, 2, 0, 1), (5, 1, 0, 1), (4, 4, 0, 1), (2, 1, 0, 1), (3, 2, 2, 2)),
    *((3, 3, 0, 1), (3, 1, 4, 4), (3, 2, 1, 2), (9, 1, 4, 1), (11, 4, 2, 1), (8, 8, 0, 1), (6, 2, 2, 1)),
)
#: Those of one axis, along the others of which a layer is pointwise; and of one whose others are the commonest.
OF_ROWS: Sequence[Settings] = (
    *((3, 1, 1, 1), (3, 1, 0, 1), (5, 1, 2, 1), (7, 1, 3, 1), (3, 2, 1, 1), (1, 2, 0, 1), (2, 2, 0, 1), (9, 1, 4, 1)),
)
UNLIKE: Sequence[tuple[Settings, Settings]] = tuple(
    (PLAIN, each) for each in ((3, 2, 1, 1), (3, 1, 0, 1), (3, 1, 2, 2))
)

#: The same of pools; the last two windows that all axes share are dilated.
POOLS: Sequence[Settings] = (
    *((*each, 1) for each in common.POOLINGS),
    *((4, 2, 1, 1), (5, 2, 2, 1), (5, 1, 2, 1), (4, 4, 0, 1), (3, 1, 0, 1), (7, 7, 0, 1), (5, 5, 0, 1), (8, 8, 0, 1)),
    *((6, 6, 0, 1), (5, 3, 0, 1), (9, 1, 4, 1), (13, 1, 6, 1), (3, 2, 1, 2), (2, 2, 0, 2)),
)
ROWS_OF_POOLS: Sequence[Settings] = ((2, 2, 0, 1), (3, 1, 1, 1), (3, 3, 0, 1), (3, 2, 1, 1), (4, 4, 0, 1))
UNLIKE_POOLS: Sequence[tuple[Settings, Settings]] = (
    *(((2, 2, 0, 1), (2, 1, 0, 1)), ((2, 2, 0, 1), (2, 1, 1, 1)), ((3, 2, 1, 1), (3, 1, 1, 1))),
    *(((3, 3, 0, 1), (2, 2, 0, 1)), ((3, 2, 0, 1), (2, 2, 0, 1)), ((3, 2, 1, 1), (3, 2, 0, 1))),
    ((3, 2, 1, 1), (2, 2, 0, 1)),
)

#: The longest kernel along three axes.
LONGEST_OF_THREE = 3

#: Groups, channels of x and of y in each: several, one, and each channel, some with several kernels of its own.
CHANNELS = (((2, 2, 3), (1, 3, 2), (3, 1, 1)), ((3, 2, 2), (1, 2, 3), (2, 1, 2)))
#: Turns in which each window comes, with cells beyond the last one along other axes in each: one for a kind of groups.
TURNS = 3
#: Samples, and channels of a pool.
SAMPLES, PLANES = 2, 2


def convolutions(axes: int) -> Iterator[Geometry]:
    """Each along so many axes, in each kind of groups, of two samples and of one by turns."""
    each = zip(*(_windows(axes, (CONVOLUTIONS, OF_ROWS, UNLIKE), turn) for turn in range(TURNS)), strict=True)
    for place, found in enumerate(each):
        for channels, along_axes in zip(CHANNELS[place % len(CHANNELS)], found, strict=True):
            yield Geometry(SAMPLES - place % SAMPLES, *channels, along_axes)


def pools(axes: int, turn: int) -> Iterator[Geometry]:
    """Each along so many axes; in the second turn those axes have cells beyond the last window that had none."""
    for found in _windows(axes, (POOLS, ROWS_OF_POOLS, UNLIKE_POOLS), turn):
        yield Geometry(SAMPLES, 1, PLANES, PLANES, found)


def _windows(
    axes: int,
    every: tuple[Sequence[Settings], Sequence[Settings], Sequence[tuple[Settings, Settings]]],
    turn: int,
) -> Iterator[tuple[Axis, ...]]:
    """Those of one axis, and then the unlike ones, between those that all share; see ``along`` for what is left."""
    shared, rows, unlike = every
    others = [along(axes, which, each, _rest(0, turn)) for each in rows for which in (LAST, FIRST)]
    others += [each for pair in unlike for each in _with_one(axes, *pair)]
    for place, settings in enumerate(shared):
        if axes <= len("HW") or settings[0] <= LONGEST_OF_THREE:
            yield along(axes, ALL, settings, _rest(place, turn))
        yield from others[place : place + 1] if axes > 1 else ()
    yield from others[len(shared) :] if axes > 1 else ()


def _rest(place: int, turn: int) -> int:
    """Which axes have cells beyond the last window: in a second turn those that had none, in a third others."""
    return (place, ~place, place + 1)[turn]


def _with_one(axes: int, settings: Settings, other: Settings) -> Iterator[tuple[Axis, ...]]:
    """All axes but one alike, the first or the last."""
    whole, one = along(axes, ALL, settings, 0), along(axes, ALL, other, 0)
    yield from ((*whole[:-1], one[-1]), (one[0], *whole[1:]))
