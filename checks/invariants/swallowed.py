"""A dy of NaN alone, for a layer of no family: what a gradient makes of it may not be finite.

An entry that ordinary upstream gradients reach is reached by these, too. Where it comes out finite a network that has
diverged trains on, as behind ``np.nan_to_num`` or a clipping; a hazard, since no number is wrong until then.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.types import Arrays
from checks.witness import Trial

#: One of so many cases is asked.
EVERY = 4

WHY = "dy is NaN everywhere, and the dy of the case reaches this entry: it may not be finite"


def swallowed(law: str, trial: Trial) -> Iterator[Claim]:
    """A claim for each gradient that the case's dy reaches; none where the layer turns NaN down, or is slow.

    Nor of one that may keep it for good, as an optimizer's buffer does, where nobody can make it forget.
    """
    kept = trial.subject.stateful and trial.subject.forget is None
    if trial.case.seed % EVERY or trial.slow or kept:
        return
    for of, found in _of_nan(trial).items():
        if (reached := trial.got.gradients[of] != 0).any():
            shown, nan = np.where(np.isfinite(found), found, np.nan), np.full(found.shape, np.nan)
            yield Claim(law, of, shown, nan, np.where(reached, 0.0, np.nan), WHY, severity="hazard")


def _of_nan(trial: Trial) -> Arrays:
    """The gradients for a dy of NaN; none where the layer turns it down."""
    try:
        dy = np.full_like(trial.case.dy, np.nan)
        return trial.subject.pull(trial.case.inputs, trial.case.config, dy).gradients
    except SubjectError:
        return {}
    finally:
        trial.subject.start_anew()
