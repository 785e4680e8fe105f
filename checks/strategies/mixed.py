"""Small numbers for every setting, each axis and each count of channels on its own: new combinations come early.

Cells (``checks.strategies.cells``) say how settings stand to each other, and most of their layers share a habit: groups
of one channel or of two, axes that are alike or share nothing. Here no number follows from another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import prod
from typing import Any, TypeAlias

import numpy as np

from checks.strategies.cells import Space
from checks.strategies.geometry import Axis, Geometry

#: Options of each number, and one option of each.
Levels: TypeAlias = Mapping[str, Sequence[int]]
Numbers: TypeAlias = Mapping[str, int]

#: Numbers that are combined. Rows chosen by combinations of 4 meet those hardly earlier, and take ten times as long.
STRENGTH = 3

#: Random rows, of which that one is taken that brings most combinations that were not met.
CANDIDATES = 8

#: Products in a forward: three axes, or many channels, have small planes.
MOST_WORK = 20_000

#: One layer in so many has a kernel of so many taps more along one axis than the others have.
EACH, LONGER = 8, 5

#: Of each axis where there are windows. A border is wider at one end on one axis in three; ``rest`` is what no window
#: reaches, less than the stride; an input of fewer ``cells`` than these, the rest being padding, gets more windows.
WINDOWED: Levels = {
    "kernel": range(1, 6),
    "stride": range(1, 4),
    "dilation": range(1, 4),
    "padding": range(4),
    "wider": (0, 0, 0, 0, 1, -1),
    "windows": range(1, 4),
    "rest": range(3),
    "cells": range(1, 5),
}
#: The same where there are none, and of a third axis, which multiplies what the other two cost.
PLAIN: Levels = {"windows": range(1, 9)}
DEEP: Levels = {**WINDOWED, "kernel": range(1, 4), "windows": range(1, 3), "cells": range(1, 3)}


def levels(space: Space, axes: int) -> dict[str, Sequence[int]]:
    """What is drawn for a space: of the layer, and of each of so many axes, as in ``kernel 1``."""
    channels = range(1, 5) if "few" in space["channels"] else (1,)
    grouped = {*space.get("groups", ())} - {"one"}
    found: dict[str, Sequence[int]] = {"batch": range(1, 4), "inputs": channels}
    found |= {"outputs": channels} if "groups" in space else {}
    found |= {"groups": range(1, 6)} if grouped and len(channels) > 1 else {}
    per_axis = {name: options for name, options in _of_an_axis(axes, space).items() if name not in _absent(space)}
    return found | {f"{name} {place}": options for place in range(axes) for name, options in per_axis.items()}


def _of_an_axis(axes: int, space: Space) -> Levels:
    if "kernel" not in space:
        return PLAIN
    return WINDOWED if axes < len("DHW") else DEEP


def _absent(space: Space) -> set[str]:
    """A pool's border is as wide at both ends."""
    return ({"wider"} if "pool" in space else set()) | {name for name in ("dilation", "padding") if name not in space}


def geometry(numbers: Numbers, axes: int, space: Space, modes: Mapping[str, Any]) -> Geometry:
    """A valid layer with these numbers."""
    along = tuple(_axis({name: numbers.get(f"{name} {place}", 0) for name in WINDOWED}, space) for place in range(axes))
    return Geometry(
        numbers["batch"], numbers.get("groups", 1), numbers["inputs"], numbers.get("outputs", 1), along, modes
    )


def _axis(numbers: Numbers, space: Space) -> Axis:
    kernel, stride, dilation = (max(numbers[name], 1) for name in ("kernel", "stride", "dilation"))
    before = numbers["padding"] % (kernel // 2 + 1) if "pool" in space else numbers["padding"]
    after = max(before + numbers["wider"], 0)
    least = max(numbers["cells"], dilation if "pool" in space else 1)
    size = (numbers["windows"] - 1) * stride + dilation * (kernel - 1) + 1 + numbers["rest"] % stride - before - after
    return Axis(size + stride * max(0, -((size - least) // stride)), kernel, stride, before, after, dilation)


def longer(found: Geometry, place: int) -> Geometry:
    """The layer at a place in a row of them; one in ``EACH`` has a long kernel along an axis, and as many windows.

    The layer itself where that takes many products.
    """
    turn, left = divmod(place, EACH)
    along, axis = turn % len(found.axes), found.axes[turn % len(found.axes)]
    long = replace(axis, kernel=axis.kernel + LONGER, size=axis.size + LONGER * axis.dilation)
    tried = replace(found, axes=(*found.axes[:along], long, *found.axes[along + 1 :]))
    return tried if left == EACH - 1 and light(tried) else found


def light(found: Geometry) -> bool:
    """Whether a forward takes few products."""
    return products(found) <= MOST_WORK


def products(found: Geometry) -> int:
    """About how many products a forward takes."""
    channels = found.batch * found.groups * found.inputs * found.outputs
    return channels * prod(axis.size * axis.kernel for axis in found.axes)


def mixed(options: Levels, rng: np.random.Generator, fits: Callable[[Numbers], bool]) -> Iterator[dict[str, int]]:
    """Rows that fit, without end: each has most combinations of ``STRENGTH`` options that no row before it had."""
    sizes, met = np.array(list(map(len, options.values()))), _Met(list(map(len, options.values())))
    while True:
        drawn = rng.integers(sizes, size=(CANDIDATES, len(sizes)))
        for each in np.argsort(-met.fresh(drawn), kind="stable"):
            row = {name: each_of[at] for (name, each_of), at in zip(options.items(), drawn[each], strict=True)}
            if fits(row):
                met.add(drawn[each])
                yield row
                break


class _Met:
    """Which combinations of options were met: a bit for each, those of one set of names side by side."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.names = np.array(list(combinations(range(len(sizes)), min(STRENGTH, len(sizes)))))
        each = np.array(sizes)[self.names]
        self.weights = np.cumprod(np.hstack([np.ones_like(each[:, :1]), each[:, :-1]]), axis=1)
        ends = np.cumsum(each.prod(1))
        self.starts = ends - each.prod(1)
        self.bits = np.zeros(ends[-1], bool)

    def _places(self, rows: Any) -> Any:
        return (rows[..., self.names] * self.weights).sum(-1) + self.starts

    def fresh(self, rows: Any) -> Any:
        """How many combinations of each row are new."""
        return (~self.bits[self._places(rows)]).sum(-1)

    def add(self, row: Any) -> None:
        """Those of one more row."""
        self.bits[self._places(row)] = True
