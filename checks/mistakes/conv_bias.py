"""Mistakes in the gradient of a convolution's bias."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.mistakes.conv_weight import averaged, outputs
from checks.mistakes.mistake import ORACLES, Mistake, Predict
from checks.types import Array

DBIAS = "reference_impl/convolution.py, conv_backward, dbias[o]"


def _bias(name: str, does: str, predict: Predict) -> Mistake:
    return Mistake(f"dbias {name}", ("conv",), ("dbias",), does, DBIAS, predict, (*ORACLES, "sums"))


def _of(sums: Callable[[Array], Array]) -> Predict:
    """Dbias as another reduction of dy over batch and space."""
    return lambda evidence: {"dbias": sums(evidence.dy)} if evidence.dy.size else {}


def _space(dy: Array) -> tuple[int, ...]:
    return tuple(range(2, dy.ndim))


MISTAKES = (
    _bias(
        "averaged",
        "averages dy over batch and space where it must sum",
        averaged("dbias", lambda dy: len(dy) * outputs(dy)),
    ),
    _bias("averaged over batch", "averages dy over the batch where it must sum", averaged("dbias", len)),
    _bias("averaged over space", "averages dy over space where it must sum", averaged("dbias", outputs)),
    _bias(
        "of first sample",
        "sums dy over space only, for the first sample",
        _of(lambda dy: dy[0].sum(tuple(range(1, dy.ndim - 1)))),
    ),
    _bias(
        "of first position",
        "sums dy over the batch only, at the first position",
        _of(lambda dy: dy.reshape(*dy.shape[:2], -1)[:, :, 0].sum(0)),
    ),
    _bias(
        "of last position",
        "keeps the last position only (= where += belongs)",
        _of(lambda dy: dy.reshape(*dy.shape[:2], -1)[:, :, -1].sum(0)),
    ),
    _bias("summed over channels", "sums dy over its channels too", _of(lambda dy: np.full(dy.shape[1], dy.sum()))),
    _bias("from |dy|", "sums the magnitude of dy", _of(lambda dy: np.abs(dy).sum((0, *_space(dy))))),
)
