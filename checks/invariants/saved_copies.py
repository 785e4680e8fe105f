"""Saved state that refers to the caller's arrays is right until the caller writes to them: a hazard."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.invariants.contract import Contract
from checks.types import Arrays
from checks.witness import Trial

#: What the caller multiplies the arguments by: their sign and their size change, and what is exact stays so.
OVERWRITE = -2


class SavedCopies(Contract):
    """Backward after the caller wrote to the arguments, or after the caller wrote to y, as the seed says."""

    law = "saved copies"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """A claim for each gradient: a hazard."""
        ways = ((", ".join(trial.case.arguments), self._arguments), ("y", self._y))
        what, pulled = ways[np.random.default_rng([trial.case.seed, 29]).integers(len(ways))]
        try:
            got = pulled(trial)
        except SubjectError as error:  # what was written need not be what a layer can go back from
            yield self.refused(trial, error, "hazard")
        else:
            yield from self.same(trial, got, f"backward after the caller wrote to {what}", "hazard")

    def _arguments(self, trial: Trial) -> Arrays:
        handed = trial.case.inputs
        _, saved = trial.subject.run_forward(handed, trial.case.config)
        for value in handed.values():
            np.multiply(value, OVERWRITE, out=value)
        return trial.subject.run_backward(trial.case.dy, saved, trial.case.arguments)

    def _y(self, trial: Trial) -> Arrays:
        y, saved = trial.subject.run_forward(trial.case.inputs, trial.case.config)
        if y.flags.writeable:
            y[...] = y == 0
        return trial.subject.run_backward(trial.case.dy, saved, trial.case.arguments)
