"""A gradient that is a sum over calls: a backward adds to what it gave before, and nobody sets that to zero."""

from __future__ import annotations

import numpy as np

from checks.types import Array
from checks.witness import Trial

#: By what part of itself a gradient must change to tell whether it grows, and by what part two steps may differ.
TELLING, ALIKE = 2.0**-20, 1e-3

#: What is said of one.
ADDED = (
    "{of} is a sum over calls: a backward adds to what earlier ones gave, so that it grows with each call, and dy and "
    "then -dy make 0 of it; write = where it has +=, or set it to zero before"
)


def is_sum_of_calls(trial: Trial, of: str) -> bool:
    """Whether a gradient grows by the same step with each call, which a call with dy negated takes off again.

    Raises SubjectError where the subject raises.
    """
    if of not in trial.got.gradients:
        return False
    first, second = (trial.subject.vjp(trial.case).gradients[of] for _ in range(2))
    step, size = np.subtract(second, first), np.max(np.abs(second), initial=0.0)
    if not np.max(np.abs(step), initial=0.0) > TELLING * size:
        return False
    third = trial.subject.vjp(trial.case).gradients[of]
    back = trial.subject.pull(trial.case.held, trial.case.config, -trial.case.held_dy).gradients[of]
    return _near(third - second, step) and _near(third - back, step)


def _near(values: Array, step: Array) -> bool:
    return bool(np.max(np.abs(values - step)) <= ALIKE * np.max(np.abs(step)))
