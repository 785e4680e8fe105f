"""A keyword left out means what it means in PyTorch: stride is the window, padding 0, every cell of padding counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.invariants.contract import Contract
from checks.types import Config
from checks.witness import Trial


class Defaults(Contract):
    """The layer without the keywords that stand at their defaults, against the case itself, and at kinks.

    A layer may have defaults of its own: a hazard for those who put it in PyTorch's place.
    """

    law = "defaults"

    def applies(self, trial: Trial) -> bool:
        """Where a keyword stands at its default."""
        return trial.family.left_out(trial.case) != trial.case.config

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """A claim for y, and for dx at kinks where their convention is left out; none where keywords are demanded."""
        config = trial.case.config
        short = trial.family.left_out(trial.case)
        left = ", ".join(f"{word}={value}" for word, value in config.items() if word not in short)
        try:
            y = trial.subject.apply(trial.case.inputs, short)
        except SubjectError:
            return
        if y.shape != trial.got.y.shape:
            y = np.full(trial.got.y.shape, np.nan)  # whatever stands there, it is not what must be
        yield from self.same(trial, {"y": y}, f"called without {left}", "hazard")
        yield from self._at_kinks(trial, short, f"called without {left}")

    def _at_kinks(self, trial: Trial, short: Config, why: str) -> Iterator[Claim]:
        """The convention is seen where several gradients are valid, and nowhere else."""
        config, word = trial.case.config, trial.family.convention
        for kink in trial.family.kinks(trial.case)[:1] if word in config and word not in short else ():
            both = (trial.subject.pull(kink.inputs, each, trial.case.dy) for each in (short, config))
            got, want = (pull.gradients["dx"] for pull in both)
            yield Claim(self.law, "dx", got, want, np.zeros(want.shape), f"{why}; {kink.what}", severity="hazard")
