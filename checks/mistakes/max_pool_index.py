"""Mistakes in the index by which max pooling finds the cell that won again: its number, or the windows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.mistakes.bring_out import lengthened
from checks.mistakes.max_pool import ALL_LAWS, PADDING, WINNER, Dx, made, renumbered, winners
from checks.mistakes.windows import Windows


def _wrapped(dtype: str) -> Dx:
    """Winners recorded in a small integer type."""
    return lambda w: w.routed(winners(w).astype(dtype).astype(np.int64))


def _row_lengths(lengths: Callable[[Windows], tuple[int, ...]]) -> Dx:
    """Cells numbered by the row lengths of another array."""
    return lambda w: w.routed(w.of_tap(w.flat(lengths(w)), w.winner))


MISTAKES = (
    made(
        "index 0 is none",
        "takes a winner at flat index 0 for none",
        WINNER,
        lambda w: w.routed(np.where(winners(w) == 0, -1, winners(w))),
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
        lambda w: w.routed(np.broadcast_to(winners(w)[:, :1], w.winner.shape)),
    ),
    made(
        "index of first sample",
        "takes the winners of the first sample for all",
        WINNER,
        lambda w: w.routed(np.broadcast_to(winners(w)[:1], w.winner.shape)),
    ),
    made("index one too far", "counts the winners from 1", WINNER, lambda w: w.routed(winners(w) + 1)),
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
)
