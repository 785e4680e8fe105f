"""Results belong to the caller: later calls do not change them, and writing to them changes nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.invariants.contract import Contract, other
from checks.types import Array, Arrays
from checks.witness import Trial


class Results(Contract):
    """y and the gradients of one call, after another backward and another call; and whose memory they are."""

    law = "results kept"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Wrong where a result changed; a hazard where it is a view of an argument or of another result."""
        case, subject = trial.case, trial.subject
        handed: Arrays = {**case.inputs, "dy": case.dy}
        y, saved = subject.run_forward({name: handed[name] for name in case.arguments}, case.config)
        as_given = y.copy()
        results = {"y": y, **subject.bare_backward(handed["dy"], saved, case.arguments)}
        kept = {name: value.copy() for name, value in results.items()} | {"y": as_given}
        with suppress(SubjectError):  # some refuse a second backward
            subject.run_backward(other(case.dy), saved, case.arguments)
        _, saved = subject.run_forward({name: other(value) for name, value in case.inputs.items()}, case.config)
        subject.run_backward(other(case.dy), saved, case.arguments)
        for of, value in results.items():
            why = "a result may not change after it was given: a later call used its memory again"
            yield Claim(self.law, of, value, kept[of], np.zeros(value.shape), why)
            yield self._whose(of, value, {name: array for name, array in (handed | results).items() if name != of})

    def _whose(self, of: str, value: Array, others: Arrays) -> Claim:
        """Entries of ``of`` that lie in the memory of another array: none."""
        owners = [name for name, array in others.items() if np.may_share_memory(value, array)]
        shared = value.size if owners else 0
        why = f"{of} lies in the memory of {', '.join(owners)}: writing to one changes the other"
        none = np.zeros(())
        return Claim(self.law, of, np.array(shared), none, none, why if owners else "its own memory", severity="hazard")
