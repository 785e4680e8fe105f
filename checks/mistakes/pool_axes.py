"""Mistakes of pooling layers that use the first axis' number for all axes, or a window's height for its width."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from checks.mistakes import avg_pool, max_pool
from checks.mistakes.mistake import ORACLES
from checks.mistakes.windows import Windows
from checks.types import Array, Shape

#: The place along each axis of a window of taps that are numbered, from their numbers and the window's size.
Places = Callable[[Array, Shape], tuple[Array, ...]]


def _first_for_all(setting: str) -> Callable[[Windows], dict[str, Any]]:
    """A setting of the windows along their first axis, taken for every axis."""
    return lambda w: {setting: (getattr(w, setting)[0],) * len(w.size)}


def _looked_up(places: Places) -> max_pool.Dx:
    """The right tap wins, but its number within the window is turned into another place; outside x dy is lost."""

    def dx(w: Windows) -> Array:
        taps = places(np.arange(prod(w.kernel)), w.kernel)
        along = [p[:, :1] + tap * d for p, tap, d in zip(w.positions, taps, w.dilation, strict=True)]
        inside = reduce(np.logical_and, ((p >= 0) & (p < n) for p, n in zip(along, w.size, strict=True)))
        cells = reduce(lambda total, each: total * each[1] + each[0], zip(along, w.size, strict=True), np.int64(0))
        return w.routed(w.of_tap(np.where(inside, cells, -1), w.winner))

    return dx


def _by_height(numbers: Array, kernel: Shape) -> tuple[Array, ...]:
    """By the lengths of the axes in reverse order."""
    return np.unravel_index(numbers, kernel[::-1])


def _row_by_height(numbers: Array, kernel: Shape) -> tuple[Array, ...]:
    """Along the first axis by the lengths in reverse order, rightly along the others."""
    return (_by_height(numbers, kernel)[0], *np.unravel_index(numbers, kernel)[1:])


def _column_by_height(numbers: Array, kernel: Shape) -> tuple[Array, ...]:
    """Rightly along the first axis, along the others by the lengths in reverse order."""
    return (np.unravel_index(numbers, kernel)[0], *_by_height(numbers, kernel)[1:])


def _exchanged(numbers: Array, kernel: Shape) -> tuple[Array, ...]:
    """The place along each axis for that along another, the axes in reverse order."""
    return np.unravel_index(numbers, kernel)[::-1]


MISTAKES = (
    max_pool.made(
        "stride of first axis",
        "uses the first axis' stride for all",
        max_pool.WINNER,
        max_pool.renumbered(_first_for_all("stride")),
    ),
    max_pool.made(
        "padding of first axis",
        "uses the first axis' padding for all",
        max_pool.PADDING,
        max_pool.renumbered(_first_for_all("before")),
    ),
    max_pool.made(
        "dilation of first axis",
        "uses the first axis' dilation for all",
        max_pool.WINNER,
        max_pool.renumbered(_first_for_all("dilation")),
    ),
    max_pool.made(
        "index by window's height",
        "divides the index within the window by the window's height where its width belongs",
        max_pool.WINNER,
        _looked_up(_by_height),
    ),
    max_pool.made(
        "row by window's height",
        "finds the winner's row by dividing by the window's height, its column rightly by the width",
        max_pool.WINNER,
        _looked_up(_row_by_height),
    ),
    max_pool.made(
        "column by window's height",
        "finds the winner's column by what is left of its index over the window's height, its row rightly by the width",
        max_pool.WINNER,
        _looked_up(_column_by_height),
    ),
    max_pool.made(
        "row for column",
        "takes the winner's row in its window for its column, and its column for its row",
        max_pool.WINNER,
        _looked_up(_exchanged),
    ),
    avg_pool.made(
        "stride of first axis",
        "uses the first axis' stride for all",
        avg_pool.CELLS,
        avg_pool.moved(_first_for_all("stride")),
        ORACLES,
    ),
    avg_pool.made(
        "padding of first axis",
        "uses the first axis' padding for all",
        avg_pool.BORDER,
        avg_pool.moved(_first_for_all("before")),
        ORACLES,
    ),
)
