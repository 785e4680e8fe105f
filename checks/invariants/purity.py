"""Arguments are read, not written: x, weight, bias and dy hold the same bits after both passes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.claim import Claim
from checks.types import Arrays
from checks.witness import Trial, Witness


class Purity(Witness):
    """The arrays that were handed in, after forward and backward."""

    law = "arguments unchanged"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for each argument and dy."""
        handed, dy = trial.case.inputs, trial.case.dy
        _, saved = trial.subject.run_forward(handed, trial.case.config)
        trial.subject.run_backward(dy, saved, trial.case.arguments)
        before: Arrays = {**trial.case.inputs, "dy": trial.case.dy}
        for name, value in {**handed, "dy": dy}.items():
            yield Claim(
                self.law, name, value, before[name], np.zeros(value.shape), "arguments may be read, not written"
            )
