"""On integers a plain sum of products gives integers; a layer that does not is judged by the bound of a transform."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.arithmetic import OBSERVED
from checks.bounds import nothing
from checks.claim import Claim
from checks.invariants.half_sums import half_sums
from checks.invariants.mean_overflow import mean_overflow
from checks.invariants.swamped_sums import swamped_sums
from checks.invariants.window_sums import window_sums
from checks.witness import Trial, Witness


class Arithmetic(Witness):
    """Results on integers are integers (a hazard where not: FFT or Winograd should be declared); half sums are kept."""

    law = "arithmetic"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient, where the data are integers and no arithmetic was declared.

        Others in half precision, for what is summed over samples and planes, over windows, for averages, or by a layer
        that claims nothing.
        """
        why = (
            "a plain sum of integers is an integer; if this layer uses FFT or Winograd, declare arithmetic='transform'"
        )
        if trial.subject.arithmetic == OBSERVED and trial.exact_on_integers and not trial.subject.tolerance:
            for of, got in trial.got.named().items():
                want = (np.rint(got.astype(trial.wide) * trial.denominator) / trial.denominator).astype(got.dtype)
                yield Claim(self.law, of, got, want, nothing(got.shape), why, severity="hazard")
        yield from half_sums(self.law, trial)
        yield from window_sums(self.law, trial)
        yield from mean_overflow(self.law, trial)
        yield from swamped_sums(self.law, trial)
