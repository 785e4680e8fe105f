"""Mistakes in the backward of max pooling among tied cells, and where padding takes part."""

from __future__ import annotations

import numpy as np

from checks.mistakes.bring_out import tied
from checks.mistakes.max_pool import ALL_LAWS, PADDING, made, won_by
from checks.mistakes.windows import Windows
from checks.types import Array

TIES = "reference_impl/pooling.py, max_pool_backward, tied losers get nothing"


def _tied(w: Windows) -> Array:
    values = w.values(-np.inf)
    return np.asarray((values == values.max(-1, keepdims=True)) & w.inside)


MISTAKES = (
    made(
        "padding is zero",
        "pads with zeros, which win over negative cells",
        PADDING,
        won_by(lambda w: w.values(0.0)),
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
        won_by(lambda w: np.arange(w.flat().shape[1]) * _tied(w)),
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
