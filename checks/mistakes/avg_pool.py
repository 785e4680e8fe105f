"""Mistakes in the backward of average pooling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from checks.mistakes.combine import configured
from checks.mistakes.mistake import ORACLES, Evidence, Mistake, Predict
from checks.mistakes.windows import Windows, windows
from checks.types import Array, Arrays

SHARE = "reference_impl/pooling.py, avg_pool_backward, Each upstream value is shared equally"
DIVISOR = "reference_impl/pooling.py, avg_pool_backward, Divisor: PyTorch"
CELLS = "reference_impl/pooling.py, avg_pool_backward, windows o that hold cell i"
BORDER = "reference_impl/pooling.py, avg_pool_backward, dxp without the border"
ALL_LAWS = (*ORACLES, "sums")


def made(name: str, does: str, where: str, predict: Predict, laws: tuple[str, ...] = ALL_LAWS) -> Mistake:
    """A mistake in the dx of average pooling, which these laws must catch."""
    return Mistake(f"average {name}", ("avg_pool",), ("dx",), does, where, predict, laws)


def divisor(evidence: Evidence) -> Array:
    """The right divisor of each window (windows,)."""
    if evidence.config.get("divisor_override") is not None:
        return np.asarray([evidence.config["divisor_override"]])
    w = windows(evidence)
    counted = w.within(w.before) if evidence.config.get("count_include_pad", True) else w.inside
    return np.asarray(counted.sum(-1))


def _divided(by: Callable[[Evidence], Any]) -> Predict:
    """Equal shares with another divisor."""

    def predict(evidence: Evidence) -> Arrays:
        w = windows(evidence)
        return {"dx": _equal(w, w.upstream / by(evidence))}

    return predict


def _equal(w: Windows, share: Array) -> Array:
    return w.spread(np.broadcast_to(share[..., None], (*share.shape, w.inside.shape[1])))


def moved(changed: Callable[[Windows], dict[str, Any]]) -> Predict:
    """Right shares to the cells of windows with another setting."""

    def predict(evidence: Evidence) -> Arrays:
        w = windows(evidence)
        return {"dx": _equal(replace(w, **changed(w)), w.upstream / divisor(evidence))}

    return predict


def _to_taps(chosen: Callable[[Windows], Array]) -> Predict:
    """The whole upstream value by its divisor, to chosen taps only."""

    def predict(evidence: Evidence) -> Arrays:
        w = windows(evidence)
        return {"dx": w.spread(chosen(w) * (w.upstream / divisor(evidence))[..., None])}

    return predict


def _last_assigned(evidence: Evidence) -> Arrays:
    """Of the windows that share a cell the last one overwrites the others."""
    w = windows(evidence)
    dx = np.zeros(w.planes.shape)
    share, cells = w.upstream / divisor(evidence), w.flat()
    for window in range(share.shape[2]):
        dx[:, :, cells[window][w.inside[window]]] = share[:, :, window, None]
    return {"dx": dx.reshape(w.x.shape)}


def _overlap_averaged(evidence: Evidence) -> Arrays:
    """Divided by the number of windows that hold a cell."""
    w = windows(evidence)
    return {"dx": evidence.right["dx"] / np.maximum(_equal(w, np.ones_like(w.upstream)), 1)}


def _set(**changes: Any) -> Predict:
    return configured(lambda _: changes, "dx")


def _full(evidence: Evidence) -> int:
    return prod(windows(evidence).kernel)


MISTAKES = (
    made("not divided", "copies dy to every cell undivided", SHARE, _divided(lambda _: 1)),
    made("divided twice", "divides by the divisor twice", SHARE, _divided(lambda e: divisor(e) ** 2)),
    made("by full window", "divides by the kernel's size, also in partial windows", DIVISOR, _divided(_full)),
    made("padding never counted", "never hears of count_include_pad=True", DIVISOR, _set(count_include_pad=False)),
    made(
        "by real cells",
        "divides by the cells inside x, whatever was asked for",
        DIVISOR,
        _divided(lambda e: windows(e).inside.sum(-1)),
    ),
    made(
        "by first kernel side",
        "takes the kernel's height for its width",
        DIVISOR,
        _divided(lambda e: windows(e).kernel[0] ** e.axes),
    ),
    made("by one side", "divides by the kernel's width only", DIVISOR, _divided(lambda e: windows(e).kernel[-1])),
    made("by height", "divides by the kernel's height only", DIVISOR, _divided(lambda e: windows(e).kernel[0])),
    made("by stride", "divides by the product of the strides", DIVISOR, _divided(lambda e: prod(windows(e).stride))),
    made(
        "by first window",
        "divides by the number of cells that the first window counts, in every window",
        DIVISOR,
        _divided(lambda e: divisor(e)[:1]),
    ),
    made("by outputs", "divides by the number of outputs", DIVISOR, _divided(lambda e: prod(e.dy.shape[2:]))),
    made("by inputs", "divides by the number of cells in x", DIVISOR, _divided(lambda e: prod(e.x.shape[2:]))),
    made("by overlap", "divides by the number of windows that hold a cell too", CELLS, _overlap_averaged),
    made(
        "by window and override",
        "divides by divisor_override and by the window",
        DIVISOR,
        _divided(lambda e: divisor(e) * (_full(e) if e.config.get("divisor_override") else 1)),
    ),
    made("override ignored", "never hears of divisor_override", DIVISOR, _set(divisor_override=None)),
    made("padding always counted", "never hears of count_include_pad=False", DIVISOR, _set(count_include_pad=True)),
    made("without last partial", "leaves out the partial windows of ceil_mode", CELLS, _set(ceil_mode=False)),
    made("assigned", "writes = where overlapping windows need +=", CELLS, _last_assigned),
    made(
        "to largest",
        "sends dy to the largest cell, as max pooling does",
        SHARE,
        _to_taps(lambda w: w.winner[..., None] == np.arange(w.inside.shape[1])),
        ORACLES,
    ),
    made(
        "to first cell",
        "sends its share to the first cell of each window only",
        SHARE,
        _to_taps(lambda w: np.arange(w.inside.shape[1]) == 0),
        ORACLES,
    ),
    made(
        "last cell forgotten",
        "leaves out the last cell of each window",
        CELLS,
        _to_taps(lambda w: np.arange(w.inside.shape[1]) < w.inside.shape[1] - 1),
        ORACLES,
    ),
    made(
        "without padding",
        "puts windows where they would lie without padding",
        BORDER,
        moved(lambda w: {"before": (0,) * len(w.size)}),
        ORACLES,
    ),
    made(
        "stride is kernel",
        "puts windows side by side (repeats dy kernel times)",
        CELLS,
        moved(lambda w: {"stride": w.kernel}),
        ORACLES,
    ),
    made(
        "stride is one", "puts a window at every cell", CELLS, moved(lambda w: {"stride": (1,) * len(w.size)}), ORACLES
    ),
    made(
        "stride exchanged",
        "uses the stride of height for width",
        CELLS,
        moved(lambda w: {"stride": w.stride[::-1]}),
        ORACLES,
    ),
    made(
        "padding exchanged",
        "uses the padding of height for width",
        BORDER,
        moved(lambda w: {"before": w.before[::-1]}),
        ORACLES,
    ),
    made(
        "kernel exchanged",
        "uses the kernel's height for its width",
        CELLS,
        moved(lambda w: {"kernel": w.kernel[::-1]}),
        ORACLES,
    ),
)
