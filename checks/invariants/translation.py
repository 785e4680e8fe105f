"""An input moved by whole strides moves the output: what stands in a window matters, not where the window is."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from checks.claim import Claim, unable
from checks.errors import SubjectError
from checks.invariants.contract import Contract, slack
from checks.slip import slip
from checks.subject import Pull
from checks.witness import Trial


class Translation(Contract):
    """x without its first stride of cells, against the whole x with the first windows' upstream values at zero."""

    law = "translation"

    def applies(self, trial: Trial) -> bool:
        """Where an axis has no padding."""
        return any(trial.family.steps(trial.case))

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Claims for y and each gradient along one axis without padding; blind where the subject takes no smaller x."""
        steps = trial.family.steps(trial.case)
        movable = [axis for axis, step in enumerate(steps) if step]
        axis = movable[trial.case.seed % len(movable)]
        try:
            moved = _moved(trial, axis + 2, steps[axis])
        except SubjectError as error:
            yield from (unable(self.law, of, prod(trial.shape_of(of)), str(error)) for of in trial.roundings)
            return
        yield from self._claims(trial, moved, axis + 2, steps[axis])

    def _claims(self, trial: Trial, moved: Pull, axis: int, step: int) -> Iterator[Claim]:
        dy = trial.case.dy
        dy[_slice(axis, 0, 1)] = 0
        whole = {**trial.subject.pull(trial.case.inputs, trial.case.config, dy).named(), "y": trial.got.y}
        cut = {"y": 1, "dx": step}
        for of, value in moved.named().items():
            part = _slice(axis, cut[of], None) if of in cut else (...,)
            bound = 2 * trial.bound(of)[part] + slip(trial, of, value, whole[of][part])
            why = f"x moved by {step} along axis {axis} moves y by 1; {slack(bound)}"
            yield Claim(self.law, of, value, whole[of][part], bound, why)
        first = _slice(axis, 0, step)
        before, excess = whole["dx"][first], trial.excess("dx")[first]
        yield Claim(self.law, "dx", before, np.zeros(before.shape), excess, "no later window sees these")


def _moved(trial: Trial, axis: int, step: int) -> Pull:
    inputs = trial.case.inputs
    inputs["x"] = inputs["x"][_slice(axis, step, None)]
    return trial.subject.pull(inputs, trial.case.config, trial.case.dy[_slice(axis, 1, None)])


def _slice(axis: int, start: int, stop: int | None) -> tuple[slice, ...]:
    return (*(slice(None),) * axis, slice(start, stop))
