"""Mistakes in the backward of ReLU."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.mistakes.bring_out import tied
from checks.mistakes.change import first_for_all
from checks.mistakes.mistake import ORACLES, SECOND_SOURCES, Evidence, Mistake
from checks.types import Array

MASK = "reference_impl/activation.py, relu_backward, dx = dy where x > 0"
KINK = "reference_impl/activation.py, relu_backward, At 0 there is no derivative"

Slope = Callable[[Array], Array]
#: Where ReLU6 ends.
CAP = 6


def _made(name: str, does: str, slope: Slope, *laws: str) -> Mistake:
    def predict(evidence: Evidence) -> dict[str, Array]:
        return {"dx": slope(evidence.x) * evidence.dy}

    return Mistake(f"relu {name}", ("relu",), ("dx",), does, MASK, predict, (*ORACLES, *laws))


def _by_dy(name: str, does: str, dx: Callable[[Array, Array], Array]) -> Mistake:
    def predict(evidence: Evidence) -> dict[str, Array]:
        return {"dx": dx(evidence.x, evidence.dy)}

    return Mistake(f"relu {name}", ("relu",), ("dx",), does, MASK, predict, (*ORACLES, "linearity"))


def _at_kink(name: str, does: str, slope: float) -> Mistake:
    def predict(evidence: Evidence) -> dict[str, Array]:
        return {"dx": np.where(evidence.x == 0, slope * evidence.dy, evidence.right["dx"])}

    return Mistake(f"relu {name}", ("relu",), ("dx",), does, KINK, predict, SECOND_SOURCES, tied)


MISTAKES = (
    _at_kink("one at zero", "uses 1 at 0, whatever at_zero says", 1.0),
    _at_kink("zero at zero", "uses 0 at 0, whatever at_zero says", 0.0),
    _at_kink("half at zero", "uses 1/2 at 0, whatever at_zero says", 0.5),
    _made("passes everything", "masks with y >= 0, which always holds", np.ones_like),
    _made("mask inverted", "passes dy where x is negative", lambda x: x < 0),
    _made("leaky", "passes a hundredth where x is negative", lambda x: np.where(x > 0, 1, 0.01)),
    _made("capped at 6", "stops dy where x > 6 (ReLU6)", lambda x: (x > 0) & (x < CAP)),
    _made("threshold 1", "passes dy where x > 1 only", lambda x: x > 1),
    _made("threshold -1", "passes dy where x > -1", lambda x: x > -1),
    _made("times x", "multiplies by x where a mask belongs", lambda x: np.where(x > 0, x, 0)),
    _made("by sign", "multiplies by the sign of x", np.sign),
    _made("mask of first sample", "takes the mask of the first sample for all", lambda x: first_for_all(0)(x > 0)),
    _made("mask of first channel", "takes the mask of the first channel for all", lambda x: first_for_all(1)(x > 0)),
    _made("mask reversed", "reads its mask in reverse order", lambda x: (x > 0)[..., ::-1]),
    _made("sigmoid", "passes a smooth slope", lambda x: 1 / (1 + np.exp(-np.clip(x, -30, 30)))),
    _by_dy("masked by dy", "looks at the sign of dy in the place of x", lambda _, dy: np.where(dy > 0, dy, 0)),
    _by_dy("guided", "looks at the signs of both x and dy", lambda x, dy: np.where((x > 0) & (dy > 0), dy, 0)),
    _by_dy("of x", "returns the layer's output for its gradient", lambda x, _: np.where(x > 0, x, 0)),
    _by_dy("mask for gradient", "returns its mask and ignores dy", lambda x, dy: (x > 0).astype(dy.dtype)),
)
