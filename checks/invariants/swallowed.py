"""A dy of NaN alone, for a layer of no family: what a gradient makes of it may not be finite.

An entry that ordinary upstream gradients reach is reached by these, too. Where it comes out finite a network that has
diverged trains on, as behind ``np.nan_to_num`` or a clipping; a hazard, since no number is wrong until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.witness import Trial

#: One of so many cases is asked.
EVERY = 4

WHY = "dy is NaN everywhere, and the dy of the case reaches this entry: it may not be finite"


def swallowed(law: str, trial: Trial) -> Iterator[Claim]:
    """A claim for each gradient that the case's dy reaches; none where the layer turns NaN down, or is slow."""
    if trial.case.seed % EVERY or trial.slow:
        return
    with suppress(SubjectError):
        dy = np.full_like(trial.case.dy, np.nan)
        found = trial.subject.pull(trial.case.inputs, trial.case.config, dy).gradients
        for of, own in trial.got.gradients.items():
            if (reached := own != 0).any():
                shown, nan = np.where(np.isfinite(found[of]), found[of], np.nan), np.full(own.shape, np.nan)
                yield Claim(law, of, shown, nan, np.where(reached, 0.0, np.nan), WHY, severity="hazard")
