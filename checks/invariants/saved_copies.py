"""Saved state that refers to the caller's arrays is right until the caller writes to them: a hazard.

None where the framework counts what is written to its arrays and raises: PyTorch does, of what its autograd saves. Nor
where it saves them by reference whatever a layer does, as HIPS autograd does, which goes back at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from checks.claim import Claim
from checks.equality import identical
from checks.errors import SubjectError
from checks.invariants.contract import Contract
from checks.invariants.rehearsal import Rehearsal
from checks.saved import refers, tell_written
from checks.types import Array, Arrays
from checks.witness import Trial

#: What the caller multiplies the arguments by: their sign and their size change, and what is exact stays so.
OVERWRITE = -2

#: What PyTorch says where it goes back from what was written to.
NOTICED = "modified by an inplace operation"


class SavedCopies(Contract):
    """Backward after the caller wrote to the arguments, or after the caller wrote to y, as the seed says."""

    law = "saved copies"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """A claim for each gradient: a hazard; none where no layer could do otherwise."""
        if refers(_called(trial)[2]):
            return
        ways = ((", ".join(trial.case.arguments), self._arguments), ("y", self._y))
        what, pulled = ways[np.random.default_rng([trial.case.seed, 29]).integers(len(ways))]
        why = f"backward after the caller wrote to {what}"
        try:
            got = pulled(trial)
        except SubjectError as error:  # what was written need not be what a layer can go back from
            yield _noticed(self.law, why) if NOTICED in str(error) else self.refused(trial, error, "hazard")
        else:
            yield from self.same(trial, got, why, "hazard")

    def _arguments(self, trial: Trial) -> Arrays:
        inputs, _, saved = _called(trial)
        return _back(trial, inputs, _overwrite, saved)

    def _y(self, trial: Trial) -> Arrays:
        _, y, saved = _called(trial)
        return _back(trial, {"y": y} if y.flags.writeable else {}, _mark_zeros, saved)


def _noticed(law: str, why: str) -> Claim:
    """Nothing is wrong in silence."""
    none = np.zeros(1)
    return Claim(law, "y", none, none, none, f"{why}: its framework notices that and raises", counted="write")


def _called(trial: Trial) -> tuple[Arrays, Array, Any]:
    """The arguments that a forward was given, y and what it saved: the rehearsal's, if all went well to its end."""
    case, rehearsal, got = trial.case, trial.shared(Rehearsal), trial.got.gradients
    if rehearsal.later and all(identical(value, got[of]) for of, value in rehearsal.later[-1].items()):
        inputs = {name: rehearsal.handed[name] for name in case.arguments}
        return inputs, rehearsal.given["y"], rehearsal.saved
    inputs = case.inputs
    return inputs, *trial.subject.run_forward(inputs, case.config)


def _back(trial: Trial, arrays: Arrays, write: Callable[[Array], None], saved: object) -> Arrays:
    """The gradients after these arrays were written to, which hold afterwards what they held before."""
    before = {name: array.copy() for name, array in arrays.items()}
    try:
        for array in arrays.values():
            write(array)
        tell_written(saved, frozenset(arrays))
        return trial.subject.run_backward(trial.case.dy, saved, trial.case.arguments)
    finally:
        for name, values in before.items():
            np.copyto(arrays[name], values)


def _overwrite(array: Array) -> None:
    np.multiply(array, OVERWRITE, out=array)


def _mark_zeros(y: Array) -> None:
    y[...] = y == 0
