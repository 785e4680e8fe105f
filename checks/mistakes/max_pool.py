"""Mistakes in the backward of max pooling: another cell wins, or it gets something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from checks.mistakes.mistake import ORACLES, Evidence, Mistake
from checks.mistakes.windows import Windows, windows
from checks.types import Array

WINNER = "reference_impl/pooling.py, max_pool_backward, the cell that won window o"
SUM = "reference_impl/pooling.py, max_pool_backward, hence the sum"
PADDING = "reference_impl/pooling.py, max_pool_backward, won by padding"
ALL_LAWS = (*ORACLES, "sums")

Dx = Callable[[Windows], Array]


def made(name: str, does: str, where: str, dx: Dx, laws: tuple[str, ...] = ORACLES, **more: Any) -> Mistake:
    """A mistake in the dx of max pooling, which these laws must catch."""

    def predict(evidence: Evidence) -> dict[str, Array]:
        return {"dx": dx(windows(evidence))}

    return Mistake(f"max {name}", ("max_pool",), ("dx",), does, where, predict, laws, **more)


def winners(w: Windows) -> Array:
    """The right winners as flat cells."""
    return w.of_tap(w.flat(), w.winner)


def renumbered(changed: Callable[[Windows], dict[str, Any]]) -> Dx:
    """The right tap wins, but its cell is looked up in windows with another setting."""
    return lambda w: w.routed(w.of_tap(replace(w, **changed(w)).flat(), w.winner))


def won_by(score: Callable[[Windows], Array]) -> Dx:
    """The whole upstream value goes to the cell with the largest score (N, C, windows, taps)."""
    return lambda w: w.spread(_one_hot(np.argmax(score(w), -1), w) * w.upstream[..., None])


def _one_hot(tap: Array, w: Windows) -> Array:
    return np.asarray(tap[..., None] == np.arange(w.flat().shape[1]))


def _last_assigned(w: Windows) -> Array:
    """The last window that a cell won overwrites what the others gave it."""
    dx = np.zeros(w.planes.shape)
    n, c = np.ogrid[tuple(slice(0, length) for length in w.upstream.shape[:2])]
    cells = winners(w)
    for window in range(w.upstream.shape[2]):
        dx[n, c, cells[:, :, window]] = w.upstream[:, :, window]
    return dx.reshape(w.x.shape)


def _window_assigned(w: Windows) -> Array:
    """Each window overwrites all of its cells, those that it did not win with 0: dx[window] = mask * dy."""
    dx, share = np.zeros(w.planes.shape), _one_hot(w.winner, w) * w.upstream[..., None]
    for window, (cells, inside) in enumerate(zip(w.flat(), w.inside, strict=True)):
        dx[:, :, cells[inside]] = share[:, :, window][:, :, inside]
    return dx.reshape(w.x.shape)


def _counted(w: Windows) -> Array:
    """Divided by the number of windows that a cell won."""
    wins = replace(w, dy=np.ones_like(w.dy)).routed(winners(w))
    return w.routed(winners(w)) / np.maximum(wins, 1)


MISTAKES = (
    made("smallest wins", "sends dy to the smallest cell", WINNER, won_by(lambda w: -w.values(np.inf))),
    made(
        "largest magnitude wins",
        "sends dy to the cell of largest magnitude",
        WINNER,
        won_by(lambda w: np.abs(w.values(0.0))),
    ),
    made(
        "first cell wins",
        "loses the index and sends dy to the first cell of each window",
        WINNER,
        lambda w: w.routed(w.flat()[:, 0] + np.zeros_like(w.winner)),
    ),
    made(
        "last cell wins",
        "loses the index and sends dy to the last cell of each window",
        WINNER,
        lambda w: w.routed(w.flat()[:, -1] + np.zeros_like(w.winner)),
    ),
    made(
        "shared by window",
        "shares dy equally, as average pooling does",
        WINNER,
        lambda w: w.spread(np.broadcast_to(w.upstream[..., None] / w.flat().shape[1], w.values(0.0).shape)),
    ),
    made(
        "copied to window",
        "copies dy to every cell of the window",
        WINNER,
        lambda w: w.spread(np.broadcast_to(w.upstream[..., None], w.values(0.0).shape)),
        ALL_LAWS,
    ),
    made("assigned", "writes = where overlapping windows need +=", SUM, _last_assigned, ALL_LAWS),
    made(
        "window assigned", "writes whole windows by = where overlapping ones need +=", SUM, _window_assigned, ALL_LAWS
    ),
    made("divided by wins", "divides by the number of windows that a cell won", SUM, _counted, ALL_LAWS),
)
