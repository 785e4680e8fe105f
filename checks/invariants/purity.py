"""Arguments are read, not written: x, weight, bias and dy hold the same bits after both passes.

And so does a dictionary in which a layer is handed its keywords.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from checks.answers import MOST_KEPT
from checks.claim import KEY, Claim, Severity, unable
from checks.invariants.flattened import Flattened
from checks.invariants.rehearsal import Rehearsal
from checks.types import Array, Arrays
from checks.witness import Trial, Witness


class Purity(Witness):
    """The arrays that were handed in, after forward and backward."""

    law = "arguments unchanged"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for each argument and dy; before them one for a dictionary of keywords, which later calls need.

        Of a pointwise layer the same once more, of x and dy in fewer axes.
        """
        yield from keywords(trial)
        yield from self._unwritten(trial)
        flat, before = trial.shared(Flattened), _before(trial)
        for name, value in flat.handed.items():
            yield self._claim(name, value, flat.flat(before[name]), flat.called)

    def _unwritten(self, trial: Trial) -> Iterator[Claim]:
        before = _before(trial)
        return (self._claim(name, value, before[name]) for name, value in self._handed(trial).items())

    def _claim(self, name: str, now: Array, before: Array, where: str = "") -> Claim:
        return Claim(self.law, name, now, before, np.zeros(now.shape), f"{where}arguments may be read, not written")

    def _handed(self, trial: Trial) -> Arrays:
        """The very arrays that the subject was given."""
        rehearsal = trial.shared(Rehearsal)
        return rehearsal.handed if rehearsal.given else _called_with(trial)


class FirstArguments(Purity):
    """The same of a case's first calls, which cost nothing more; blind where nothing is kept of them."""

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim for each argument and dy."""
        yield from keywords(trial)
        if trial.first.handed:
            yield from self._unwritten(trial)
            return
        why = f"{trial.case.sizes()} entries: of a case of more than {MOST_KEPT} no arguments are kept"
        yield from (unable(self.law, name, prod(shape), why) for name, shape in trial.case.shapes.items())

    def _handed(self, trial: Trial) -> Arrays:
        return trial.first.handed


def _before(trial: Trial) -> Arrays:
    """The arrays as they were before any call."""
    return {**trial.case.held, "dy": trial.case.held_dy}


def keywords(trial: Trial) -> Iterator[Claim]:
    """One claim for the dictionary of the keywords, of layers that take one; written to by calls on this very case.

    Raises SubjectError where the subject raises.
    """
    if (written := trial.subject.written) is None:
        return
    written(trial.case.config)  # by other calls with these keywords
    _called_with(trial)
    name, added, changed = written(trial.case.config)
    nothing, found = np.zeros(1), [*added, *changed]
    why = f"{'; '.join(found) or 'nothing written'}: a caller's dictionary may be read, not written"
    severity: Severity = "wrong" if changed else "hazard"  # nobody reads what is added who did not write it
    yield Claim(Purity.law, name, np.array([float(len(found))]), nothing, nothing, why, severity=severity, counted=KEY)


def _called_with(trial: Trial) -> Arrays:
    handed, dy = trial.case.inputs, trial.case.dy
    _, saved = trial.subject.run_forward(handed, trial.case.config)
    trial.subject.run_backward(dy, saved, trial.case.arguments)
    return {**handed, "dy": dy}
