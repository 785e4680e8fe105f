"""Results belong to the caller: later calls do not change them, and writing to them changes nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import numpy as np

from checks.claim import MEMORY, Claim
from checks.equality import identical
from checks.errors import SubjectError
from checks.invariants.contract import Contract, in_short, slack
from checks.invariants.flattened import Flattened
from checks.invariants.other_numbers import changed, other
from checks.invariants.rehearsal import Rehearsal
from checks.types import Array, Arrays
from checks.witness import Trial

#: One of so many cases is asked whether y may be handed back.
EVERY = 4


class Results(Contract):
    """y and the gradients of one call, after another backward and another call; and whose memory they are."""

    law = "results kept"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Wrong where a result changed; a hazard where it is a view of an argument or of another result."""
        yield from in_short(trial, partial(self._rehearsed, trial), partial(self._called, trial))
        for of, value in ({} if trial.subject.used_up else trial.first.results).items():
            yield self._unchanged(of, value, trial.got.named()[of])
        flat = trial.shared(Flattened)
        yield from self._memories(flat.handed, flat.results, flat.called)
        if trial.case.seed % EVERY == 0:
            yield from self._given_back(trial)

    def _given_back(self, trial: Trial) -> Iterator[Claim]:
        """The very y as dy, as of a loss that is half the sum of its squares, against a copy of it.

        Nothing is said where two copies give other gradients, which is no matter of memory; a refusal is a hazard.
        """
        y, dy = trial.got.y, trial.case.dy
        if (y.shape, y.dtype) != (dy.shape, dy.dtype) or not np.isfinite(y).all():
            return
        try:
            want = _back(trial, np.copy)
        except SubjectError:  # which does not take these numbers
            return
        try:
            came = _back(trial, lambda y: y)
        except SubjectError as error:
            yield self.refused(trial, error, "hazard")
            return
        if not (same := _equal(came, want)) and not _equal(_back(trial, np.copy), want):
            return
        errors = {} if same else trial.backward_error(y.astype(trial.wide))
        for of, value in came.items():
            bound = np.zeros(value.shape) if same else 2 * errors[of]
            yield Claim(self.law, of, value, want[of], bound, f"y itself handed over as dy, and a copy; {slack(bound)}")

    def _rehearsed(self, trial: Trial) -> Iterator[Claim]:
        rehearsal = trial.shared(Rehearsal)
        if found := rehearsal.found:
            yield from self._claims(rehearsal.handed, rehearsal.given, rehearsal.kept, found)

    def _called(self, trial: Trial) -> Iterator[Claim]:
        case, subject = trial.case, trial.subject
        handed: Arrays = {**case.inputs, "dy": case.dy}
        y, saved = subject.run_forward({name: handed[name] for name in case.arguments}, case.config)
        as_given = y.copy()
        results = {"y": y, **subject.bare_backward(handed["dy"], saved, case.arguments)}
        kept = {name: value.copy() for name, value in results.items()} | {"y": as_given}
        if not subject.used_up:
            with suppress(SubjectError):  # some refuse a second backward
                subject.run_backward(other(case.dy), saved, case.arguments)
        for of, value in results.items():  # before a later call may put the same numbers there again
            yield self._unchanged(of, value.copy(), kept[of])
        _, saved = subject.run_forward(changed(trial), case.config)
        subject.run_backward(other(case.dy), saved, case.arguments)
        yield from self._claims(handed, results, kept, results)

    def _claims(self, handed: Arrays, results: Arrays, kept: Arrays, found: Arrays) -> Iterator[Claim]:
        for of in results:
            yield self._unchanged(of, found[of], kept[of])
        yield from self._memories(handed, results)

    def _memories(self, handed: Arrays, results: Arrays, where: str = "") -> Iterator[Claim]:
        for of, value in results.items():
            others = {name: array for name, array in (handed | results).items() if name != of}
            yield self._whose(of, value, others, where)

    def _unchanged(self, of: str, now: Array, given: Array) -> Claim:
        why = "a result may not change after it was given: a later call used its memory again"
        return Claim(self.law, of, now, given, np.zeros(given.shape), why)

    def _whose(self, of: str, value: Array, others: Arrays, where: str) -> Claim:
        """Entries of ``of`` that lie in the memory of another array, whose memory it is counted as: none."""
        owners = [name for name, array in others.items() if np.may_share_memory(value, array)]
        shared = value.size if owners else 0
        why = f"{where}{of} lies in the memory of {', '.join(owners)}: writing to one changes the other"
        none, why = np.zeros(()), why if owners else "its own memory"
        return Claim(self.law, of, np.array(shared), none, none, why, severity="hazard", counted=MEMORY)


def _back(trial: Trial, handed: Callable[[Array], Array]) -> Arrays:
    """The gradients for an upstream gradient that is made of y."""
    y, saved = trial.subject.run_forward(trial.case.inputs, trial.case.config)
    return trial.subject.run_backward(handed(y), saved, trial.case.arguments)


def _equal(one: Arrays, other: Arrays) -> bool:
    return all(identical(value, other[of]) for of, value in one.items())
