"""The direction along which a derivative was found wrong, as source."""

from __future__ import annotations

import numpy as np

from checks.claim import Verdict
from checks.rounding import dot
from checks.witness import Trial


def direction(trial: Trial, verdict: Verdict) -> str:
    """An expression that makes the direction of a verdict; empty where the gradient along none of ours is what came.

    It may have moved several arguments, or the layer may give something else by now. Raises SubjectError.
    """
    if verdict.counted != "direction" or verdict.worst is None:
        return ""
    of, (place,) = verdict.of, verdict.worst.index
    shape, seed = trial.shape_of(of), [trial.case.seed, len(of.removeprefix("d"))]
    drawn = np.random.default_rng(seed).uniform(-1, 1, (place + 1, *shape))[place]
    options = {
        f"np.random.default_rng({seed}).uniform(-1, 1, {(place + 1, *shape)})[{place}]": drawn,
        f"np.ones({shape})": np.ones(shape),
    }
    gradient = trial.got.gradients[of].astype(trial.wide)
    made = (text for text, v in options.items() if dot(gradient, v.astype(trial.wide))[0] == verdict.worst.got)
    return next(made, "")
