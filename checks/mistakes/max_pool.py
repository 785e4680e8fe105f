"""Mistakes in the backward of max pooling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from checks.mistakes.bring_out import lengthened, tied
from checks.mistakes.mistake import ORACLES, Evidence, Mistake
from checks.mistakes.windows import Windows, windows
from checks.types import Array

WINNER = "reference_impl/pooling.py, max_pool_backward, the cell that won window o"
TIES = "reference_impl/pooling.py, max_pool_backward, tied losers get nothing"
SUM = "reference_impl/pooling.py, max_pool_backward, hence the sum"
PADDING = "reference_impl/pooling.py, max_pool_backward, won by padding"
ALL_LAWS = (*ORACLES, "sums")

Dx = Callable[[Windows], Array]


def made(name: str, does: str, where: str, dx: Dx, laws: tuple[str, ...] = ORACLES, **more: Any) -> Mistake:
    """A mistake in the dx of max pooling, which these laws must catch."""

    def predict(evidence: Evidence) -> dict[str, Array]:
        return {"dx": dx(windows(evidence))}

    return Mistake(f"max {name}", ("max_pool",), ("dx",), does, where, predict, laws, **more)


def _cells(w: Windows) -> Array:
    """The right winners as flat cells."""
    return w.of_tap(w.flat(), w.winner)


def renumbered(changed: Callable[[Windows], dict[str, Any]]) -> Dx:
    """The right tap wins, but its cell is looked up in windows with another setting."""
    return lambda w: w.routed(w.of_tap(replace(w, **changed(w)).flat(), w.winner))


def _won_by(score: Callable[[Windows], Array]) -> Dx:
    """The whole upstream value goes to the cell with the largest score (N, C, windows, taps)."""
    return lambda w: w.spread(_one_hot(np.argmax(score(w), -1), w) * w.upstream[..., None])


def _one_hot(tap: Array, w: Windows) -> Array:
    return np.asarray(tap[..., None] == np.arange(w.flat().shape[1]))


def _tied(w: Windows) -> Array:
    values = w.values(-np.inf)
    return np.asarray((values == values.max(-1, keepdims=True)) & w.inside)


def _last_assigned(w: Windows) -> Array:
    """The last window that a cell won overwrites what the others gave it."""
    dx = np.zeros(w.planes.shape)
    n, c = np.ogrid[tuple(slice(0, length) for length in w.upstream.shape[:2])]
    cells = _cells(w)
    for window in range(w.upstream.shape[2]):
        dx[n, c, cells[:, :, window]] = w.upstream[:, :, window]
    return dx.reshape(w.x.shape)


def _counted(w: Windows) -> Array:
    """Divided by the number of windows that a cell won."""
    wins = replace(w, dy=np.ones_like(w.dy)).routed(_cells(w))
    return w.routed(_cells(w)) / np.maximum(wins, 1)


def _wrapped(dtype: str) -> Dx:
    """Winners recorded in a small integer type."""
    return lambda w: w.routed(_cells(w).astype(dtype).astype(np.int64))


def _row_lengths(lengths: Callable[[Windows], tuple[int, ...]]) -> Dx:
    """Cells numbered by the row lengths of another array."""
    return lambda w: w.routed(w.of_tap(w.flat(lengths(w)), w.winner))


MISTAKES = (
    made("smallest wins", "sends dy to the smallest cell", WINNER, _won_by(lambda w: -w.values(np.inf))),
    made(
        "largest magnitude wins",
        "sends dy to the cell of largest magnitude",
        WINNER,
        _won_by(lambda w: np.abs(w.values(0.0))),
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
    made("divided by wins", "divides by the number of windows that a cell won", SUM, _counted, ALL_LAWS),
    made(
        "index 0 is none",
        "takes a winner at flat index 0 for none",
        WINNER,
        lambda w: w.routed(np.where(_cells(w) == 0, -1, _cells(w))),
        ALL_LAWS,
    ),
    made(
        "index within window",
        "takes the index within the window for the index in x",
        WINNER,
        lambda w: w.routed(w.winner),
    ),
    made(
        "index of first channel",
        "takes the winners of the first channel for all",
        WINNER,
        lambda w: w.routed(np.broadcast_to(_cells(w)[:, :1], w.winner.shape)),
    ),
    made(
        "index of first sample",
        "takes the winners of the first sample for all",
        WINNER,
        lambda w: w.routed(np.broadcast_to(_cells(w)[:1], w.winner.shape)),
    ),
    made("index one too far", "counts the winners from 1", WINNER, lambda w: w.routed(_cells(w) + 1)),
    made("index by output width", "numbers cells by the width of y", WINNER, _row_lengths(lambda w: w.dy.shape[2:])),
    made("index by height", "numbers cells by the height of x", WINNER, _row_lengths(lambda w: w.size[::-1])),
    made(
        "index by padded width",
        "numbers cells by the width of the padded input",
        WINNER,
        _row_lengths(lambda w: tuple(n + 2 * p for n, p in zip(w.size, w.before, strict=True))),
    ),
    made("index in int8", "records winners in 8 bits with a sign", WINNER, _wrapped("int8")),
    made("index in uint8", "records winners in 8 bits", WINNER, _wrapped("uint8")),
    made(
        "index in int16",
        "records winners in 16 bits with a sign",
        WINNER,
        _wrapped("int16"),
        ("reference", "torch", "adjoint"),
        brought_out=lengthened(2**15 + 100),
    ),
    made(
        "padding not subtracted",
        "looks winners up as if windows began at x",
        PADDING,
        renumbered(lambda w: {"before": (0,) * len(w.size)}),
    ),
    made(
        "dilation ignored",
        "looks winners up as if windows had no holes",
        WINNER,
        renumbered(lambda w: {"dilation": (1,) * len(w.size)}),
    ),
    made(
        "stride is kernel",
        "looks winners up as if windows lay side by side",
        WINNER,
        renumbered(lambda w: {"stride": w.kernel}),
    ),
    made(
        "stride is one",
        "looks winners up as if windows began at every cell",
        WINNER,
        renumbered(lambda w: {"stride": (1,) * len(w.size)}),
    ),
    made(
        "stride exchanged",
        "uses the stride of height for width",
        WINNER,
        renumbered(lambda w: {"stride": w.stride[::-1]}),
    ),
    made(
        "padding exchanged",
        "uses the padding of height for width",
        PADDING,
        renumbered(lambda w: {"before": w.before[::-1]}),
    ),
    made(
        "padding is zero",
        "pads with zeros, which win over negative cells",
        PADDING,
        _won_by(lambda w: w.values(0.0)),
        ALL_LAWS,
    ),
    made(
        "to all ties",
        "sends the whole of dy to every tied cell",
        TIES,
        lambda w: w.spread(_tied(w) * w.upstream[..., None]),
        ("kinks", "sums"),
        brought_out=tied,
    ),
    made(
        "to last tie",
        "sends dy to the last of tied cells",
        TIES,
        _won_by(lambda w: np.arange(w.flat().shape[1]) * _tied(w)),
        ("convention (hazard)",),
        brought_out=tied,
    ),
    made(
        "split among ties",
        "shares dy among tied cells",
        TIES,
        lambda w: w.spread(_tied(w) * w.upstream[..., None] / np.maximum(_tied(w).sum(-1, keepdims=True), 1)),
        ("convention (hazard)",),
        brought_out=tied,
    ),
)
