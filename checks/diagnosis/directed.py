"""The direction along which a derivative was found wrong, as source."""

from __future__ import annotations

from itertools import islice

import numpy as np

from checks.claim import Verdict
from checks.oracles.directions import random, random_in_source
from checks.rounding import dot
from checks.witness import Trial


def direction(trial: Trial, verdict: Verdict) -> str:
    """An expression that makes the direction of a verdict; empty where the gradient along none of ours is what came.

    It may have moved several arguments, or the layer may give something else by now. Raises SubjectError.
    """
    if verdict.counted != "direction" or verdict.worst is None:
        return ""
    of, (place,) = verdict.of, verdict.worst.index
    argument, shape = of.removeprefix("d"), trial.shape_of(of)
    options = {
        random_in_source(trial, argument, place): next(islice(random(trial, argument), place, None)),
        f"np.ones({shape})": np.ones(shape),
    }
    gradient = trial.got.gradients[of].astype(trial.wide)
    made = (text for text, v in options.items() if dot(gradient, v.astype(trial.wide))[0] == verdict.worst.got)
    return next(made, "")
