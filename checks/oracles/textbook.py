"""The textbook: output and gradients spelled out by definition, as far as loops can go."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from checks.claim import Claim, unable
from checks.witness import Trial, Witness, against

#: Output positions times groups, above which the loops take more than about a second.
MOST_STEPS = 20_000


class Textbook(Witness):
    """Output and gradients against the definition."""

    law = "textbook"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient; blind where the loops would be too long."""
        shape = trial.case.shapes["dy"]
        steps = prod(shape[2:]) * int(trial.case.config.get("groups", 1))
        if steps > MOST_STEPS:
            why = f"{steps} positions are too many for loops (at most {MOST_STEPS})"
            yield from (unable(self.law, of, got.size, why) for of, got in trial.got.named().items())
            return
        want = trial.family.textbook(trial.wide_inputs, trial.case.config, trial.wide_dy)
        yield from against(trial, self.law, want.named())
