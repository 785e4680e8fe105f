"""The reference: the hand-written NumPy layer, run in the wide format."""

from __future__ import annotations

from collections.abc import Iterator

from checks.claim import Claim
from checks.witness import Trial, Witness, against


class Reference(Witness):
    """Output and gradients against the fast NumPy layer."""

    law = "reference"
    needs = "a family: its hand-written NumPy layer"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient."""
        yield from against(trial, self.law, trial.reference)
