"""What one gradient is does not depend on which others are asked for, and y not on whether any is.

Frozen weights, inputs that need none; and what a framework runs where nobody will go back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from checks.case import Case
from checks.claim import Claim
from checks.invariants.contract import Contract, briefly
from checks.invariants.defaults import inferred
from checks.types import Arrays, gradient_of
from checks.witness import Trial

#: The last gradient is asked for alone on as many cases as not; two seeds in a row are the two formats of many cases.
#: So are outputs.
EVERY, IN_A_ROW = 2, 2

#: What is said of an output that is used alone.
ALONE = "output {} used alone, against zeros upstream of the others; "


class Subsets(Contract):
    """Some gradients asked for alone, then the others, by turns the last, against all of them; none; one output alone.

    That one by turns, against zeros upstream of the others: what is upstream of those that nobody uses is often None.
    """

    law = "subsets"

    def applies(self, trial: Trial) -> bool:
        """Where the subject can be asked for fewer gradients than all."""
        return trial.subject.some is not None or trial.subject.inference is not None

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """A claim for each gradient, asked for with others than all, and one for y."""
        if trial.subject.some is not None and len(trial.case.arguments) > 1:
            yield from self._some(trial)
        if trial.subject.inference is not None:
            yield from briefly(trial, lambda: self._none(trial, trial.shared(inferred))) or self._none(
                trial, {"y": trial.subject.infer(trial.case.held, trial.case.config)}
            )

        if trial.case.seed % EVERY == 0:
            yield from self._outputs(trial)

    def _outputs(self, trial: Trial) -> Iterator[Claim]:
        """Nothing is said where zeros come to no number: of a singular value that comes twice, say."""
        case = trial.case
        found = trial.subject.pull_outputs(case.held, case.config, case.held_dy, case.seed // EVERY)
        for place, (alone, beside) in found.items():
            for of, got in alone.items():
                claim = self.alike(trial, of, got, beside[of], ALONE.format(place + 1))
                yield replace(claim, bound=np.where(np.isfinite(beside[of]), claim.bound, np.nan))

    def _none(self, trial: Trial, got: Arrays) -> Iterator[Claim]:
        return self.same(trial, got, "no gradient asked for")

    def _some(self, trial: Trial) -> Iterator[Claim]:
        names = trial.case.arguments
        for wanted in parts(trial.case):
            got = trial.subject.pull_some(trial.case.held, trial.case.config, trial.case.held_dy, wanted)
            asked = ", ".join(gradient_of(name) for name in names if name in wanted)
            yield from self.same(trial, got, f"{asked} asked for alone")


def parts(case: Case) -> tuple[frozenset[str], ...]:
    """Arguments whose gradients are asked for together: some, as the seed says, the others, by turns the last alone.

    The last one is what is added: the gradient that costs least and has a path of its own most.
    """
    names = case.arguments
    chosen = 1 + case.seed % (2 ** len(names) - 2)
    first = frozenset(name for bit, name in enumerate(names) if chosen >> bit & 1)
    last = [frozenset(names[-1:])] if case.seed // IN_A_ROW % EVERY == 1 else []
    return tuple(dict.fromkeys((first, frozenset(names) - first, *last)))
