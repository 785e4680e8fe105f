"""A gradient with a part that does not come from dy, as a regularization adds one: that is no gradient of y."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.diagnosis.alike import SAME
from checks.diagnosis.examples import Derived
from checks.rounding import unit_roundoff
from checks.types import Array
from checks.witness import Trial

SAID = (
    "{of} is not 0 where dy is 0{what}, and is right without that: so is what a regularization (weight decay) adds, "
    "whose loss is no part of y; where it is meant so, examine the layer without it"
)

#: Roundings of what is added, and of taking it away again.
ROUNDINGS = 4


def told(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """Said where each derived element is right without what the gradient is for dy = 0."""
    got, case = trial.got.gradients[of], trial.case
    part = trial.subject.pull(case.inputs, case.config, np.zeros_like(case.dy)).gradients[of]
    if part.shape != got.shape or not np.any(part) or not np.isfinite(part).all():
        return
    each, own = (np.array([values[place] for place in found.places], trial.wide) for values in (got, part))
    want, bound = (np.reshape(values, -1) for values in (found.difference.want, found.difference.bound))
    if np.all(
        np.abs(each - own - want) <= bound + ROUNDINGS * unit_roundoff(case.dtype) * (np.abs(each) + np.abs(own))
    ):
        yield SAID.format(of=of, what=_what(trial, part))


def _what(trial: Trial, part: Array) -> str:
    """What it is then, where it is a multiple of an argument, or of its signs."""
    for name in trial.case.arguments:
        value = trial.case.inputs[name]
        for words, base in (("", value), ("the signs of ", np.sign(value))):
            if base.shape != part.shape or not np.any(base):
                continue
            factor = float(np.sum(base * part) / np.sum(base * base))
            if np.all(np.abs(part - factor * base) <= SAME * np.max(np.abs(part))):
                return f" ({factor:.6g} times {words}{name})"
    return ""
