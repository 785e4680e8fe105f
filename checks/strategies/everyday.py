"""Settings that axes share, as most layers have them, several of them unusual at once: the commonest first.

A mistake in one such path takes four or five numbers at a time: a dilated kernel that moves on by 2 with padding and
groups. Numbers that follow from no other meet that hardly ever; here each count of unusual ones is met before the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, product
from typing import Any

import numpy as np

from checks.strategies.cells import Space
from checks.strategies.geometry import Axis, Geometry

#: Options of each setting, the commonest first; of three axes fewer.
KERNELS, STRIDES, DILATIONS = (3, 1, 2, 5, 4), (1, 2, 3), (1, 2, 4, 3)
OF_THREE = 2

#: Kinds of groups: one, several with several channels, one for each channel.
ONE, SEVERAL, OWN = "one", "several", "own"

#: Windows along each axis, by the number of axes.
WINDOWS = {1: (3,), 2: (2, 3), 3: (2, 2, 2)}

#: What has the settings: all axes, the last alone, the first alone; along the others a layer is pointwise.
ALL, LAST, FIRST = "all", "last", "first"


def everyday(axes: int, space: Space, rng: np.random.Generator) -> Iterator[Geometry]:
    """Each combination of these options that a space has, by how many steps it is from the commonest."""
    each, several = list(_combinations(axes, space)), count()
    order = np.argsort([steps + rng.random() for steps, *_ in each])
    for _, kind, found in (each[place] for place in order.tolist()):
        yield Geometry(2, *_channels(kind, next(several) if kind == SEVERAL else 0), found)


def _combinations(axes: int, space: Space) -> Iterator[tuple[int, str, tuple[Axis, ...]]]:
    """The number of steps of each, its kind of groups, and its axes."""
    few = OF_THREE if axes == len("DHW") else None
    dilations = DILATIONS[:few] if "dilation" in space else (1,)
    groups = (ONE, SEVERAL, OWN) if {*space.get("groups", ())} - {"one"} else (ONE,)
    where = (ALL, LAST, FIRST) if axes > 1 else (ALL,)
    for turn, settings in enumerate(_ranked(KERNELS[:few], STRIDES[:few], dilations, groups, where)):
        steps, (kernel, stride, dilation, kind, which) = settings
        for more, padding in enumerate(_paddings(kernel, dilation, space)):
            yield steps + more, kind, along(axes, which, (kernel, stride, padding, dilation), turn % 4)


def _channels(kind: str, turn: int) -> tuple[int, int, int]:
    """Groups, and channels of x and of y in each: every choice of them by turns where there are several.

    The first have several channels in each group: of one alone each would be a group.
    """
    if kind != SEVERAL:
        return (1, 2, 2) if kind == ONE else (3, 1, 1)
    return 2 + turn % 4, 1 + (turn // 4 + 1) % 4, 1 + turn // 16 % 4


def _ranked(*options: Sequence[Any]) -> Iterator[tuple[int, list[Any]]]:
    """Every combination of one of each, with the sum of their places."""
    for each in product(*map(enumerate, options)):
        yield sum(place for place, _ in each), [option for _, option in each]


def _paddings(kernel: int, dilation: int, space: Space) -> Iterable[int]:
    """None, what keeps the size, one cell, two; a pool's is half its kernel at the most."""
    if "padding" not in space:
        return (0,)
    found = dict.fromkeys((0, dilation * (kernel - 1) // 2, 1, 2))
    return [padding for padding in found if padding <= kernel // 2] if "pool" in space else list(found)


def along(axes: int, which: str, settings: tuple[int, int, int, int], rest: int) -> tuple[Axis, ...]:
    """Axes of which those that are meant have a kernel, stride, padding and dilation; a few windows long.

    ``rest`` says by its two last bits whether the first and the second axis have cells beyond the last window, as far
    as the stride leaves room; a third has what the first one has. Many paths are written for even sizes, or odd ones.
    """
    windows = WINDOWS[axes]
    there = {ALL: range(axes), LAST: range(axes - 1, axes), FIRST: range(1)}[which]
    each = [rest >> place % 2 & 1 for place in range(axes)]
    return tuple(_axis(*settings, windows[place], each[place]) if place in there else Axis(3) for place in range(axes))


def _axis(kernel: int, stride: int, padding: int, dilation: int, windows: int, rest: int) -> Axis:
    """As long as the windows are, with a ``rest`` where the stride leaves room for one, and longer than the padding."""
    size = dilation * (kernel - 1) + 1 + stride * (windows - 1) + rest % stride - 2 * padding
    return Axis(size + stride * max(0, -((size - padding - 1) // stride)), kernel, stride, padding, padding, dilation)
