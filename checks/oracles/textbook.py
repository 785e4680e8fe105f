"""The textbook: output and gradients spelled out by definition, as far as loops can go."""

from __future__ import annotations

from collections.abc import Iterator

from checks.claim import Claim, unable
from checks.witness import Trial, Witness, against

#: Loop steps, above which the textbook form takes more than about a second.
MOST_STEPS = 20_000


class Textbook(Witness):
    """Output and gradients against the definition."""

    law = "textbook"
    needs = "a family: its textbook form"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient; blind where the loops would be too long."""
        steps = trial.family.textbook_steps(trial.case.shapes, trial.case.config)
        if steps > MOST_STEPS:
            why = f"{steps:,} steps are too many for loops (at most {MOST_STEPS})"
            yield from (unable(self.law, of, got.size, why) for of, got in trial.got.named().items())
            return
        want = trial.family.textbook(trial.wide_inputs, trial.case.config, trial.wide_dy)
        yield from against(trial, self.law, want.named())
