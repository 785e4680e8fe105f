"""Mistakes of a convolution that writes = where += belongs, or reads a product of matrices in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from checks.mistakes.axes import Axes, conv_axes, conv_groups
from checks.mistakes.combine import result, upstream
from checks.mistakes.conv_changes import DXP
from checks.mistakes.mistake import ORACLES, Evidence, Mistake, Predict
from checks.types import Array, Arrays, Shape

DWEIGHT = "reference_impl/convolution.py, conv_backward, dweight[o, c, t]"

#: Puts the taps of a kernel in the order in which they are written.
Order = Callable[[Iterable[Shape]], Iterable[Shape]]


def _assigned(order: Order) -> Predict:
    """Dx of which every cell keeps what the last tap wrote there."""

    def predict(evidence: Evidence) -> Arrays:
        axes, groups = conv_axes(evidence), conv_groups(evidence)
        outputs, *rest = evidence.arrays["weight"].shape
        weight = evidence.arrays["weight"].reshape(groups, outputs // groups, *rest)
        dy = evidence.dy.reshape(len(evidence.dy), groups, outputs // groups, *axes.out)
        padded = map(sum, zip(axes.before, axes.size, axes.after, strict=True))
        dxp = np.zeros((len(dy), groups, weight.shape[2], *padded), dy.dtype)
        for tap in order(np.ndindex(*axes.kernel)):
            at: tuple[Any, ...] = (..., *tap)
            dxp[_places(axes, tap)] = np.einsum("ngo...,goc->ngc...", dy, weight[at])
        inside: tuple[Any, ...] = tuple(slice(b, b + n) for b, n in zip(axes.before, axes.size, strict=True))
        return {"dx": dxp[(..., *inside)].reshape(evidence.x.shape)}

    return predict


def _places(axes: Axes, tap: Shape) -> tuple[Any, ...]:
    """Padded cells under one tap of all windows, of all samples and channels."""
    each = zip(tap, axes.dilation, axes.out, axes.stride, strict=True)
    return (..., *(slice(t * d, t * d + (o - 1) * s + 1, s) for t, d, o, s in each))


def _last_window(dy: Array) -> Array:
    """Dy at the last output of the last sample, 0 elsewhere."""
    kept = np.zeros_like(dy)
    if dy.size:
        last: tuple[Any, ...] = (-1, slice(None), *(-1,) * (dy.ndim - 2))
        kept[last] = dy[last]
    return kept


def _last_sample(dy: Array) -> Array:
    kept = np.zeros_like(dy)
    kept[-1:] = dy[-1:]
    return kept


def _not_moved_back(dweight: Array) -> Array:
    """Output channels last, as x' dy gives them, read as if they came first."""
    return np.moveaxis(dweight, 0, -1).reshape(dweight.shape)


def made(of: str, name: str, does: str, where: str, predict: Predict) -> Mistake:
    """A mistake of a convolution in one gradient ``of``, which the independent sources must catch."""
    return Mistake(f"{of} {name}", ("conv",), (of,), does, where, predict, ORACLES)


MISTAKES = (
    made(
        "dx",
        "of last tap",
        "keeps what the last tap wrote where windows overlap (= for +=, or += of repeated indices)",
        DXP,
        _assigned(iter),
    ),
    made(
        "dx",
        "of last window",
        "keeps what the last window wrote where windows overlap (= for +=)",
        DXP,
        _assigned(lambda taps: reversed(list(taps))),
    ),
    made(
        "dweight",
        "not moved back",
        "reshapes a product with the output channels last where they come first (no transpose)",
        DWEIGHT,
        result(_not_moved_back, "dweight"),
    ),
    made(
        "dweight",
        "of last sample",
        "keeps the last sample only (= where += belongs)",
        DWEIGHT,
        upstream(_last_sample, "dweight"),
    ),
    made(
        "dweight",
        "of last window",
        "keeps the last output of the last sample only (= where += belongs)",
        DWEIGHT,
        upstream(_last_window, "dweight"),
    ),
)
