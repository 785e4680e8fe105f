"""One call's settings are no other's: what a layer keeps between calls may not be found again by shapes alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.case import Case
from checks.claim import Claim
from checks.compare import compare
from checks.errors import RefusedError, SubjectError
from checks.invariants.contract import Contract, briefly, right
from checks.invariants.rehearsal import Rehearsal
from checks.invariants.resettled import resettled
from checks.types import Arrays, Config
from checks.witness import Trial

#: What all axes share is told for each of them on one seed of so many.
EVERY = 3


class Settings(Contract):
    """Arrays of like shapes with other settings against the reference, then the case itself again, or told otherwise.

    By turns what all axes share is told for each of them, (2, 2) for 2. A subject that is wrong on the case itself has
    said enough, and so has one that is wrong with the other settings on arrays of other sizes, too: the law is for
    those that are right alone.
    """

    law = "settings"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Claims for y and each gradient of either call; none of those that no other layer of these shapes makes."""
        case, told = trial.shared(resettled), trial.case.config
        if trial.case.seed % EVERY == 0:
            told = trial.family.told_apart(trial.case)
        if (case is None and told == trial.case.config) or not right(trial):
            return
        if case is not None:
            yield from briefly(trial, lambda: self._rehearsed(trial)) or self._own(trial, case)
        if told != trial.case.config:
            yield from self._told_apart(trial, told)

    def _told_apart(self, trial: Trial, told: Config) -> Iterator[Claim]:
        """The case with the same numbers for each axis: many layers look whether a setting is one number."""
        case, words = trial.case, (word for word, value in told.items() if value != trial.case.config[word])
        why = f"called with {', '.join(f'{word}={told[word]}' for word in words)} in place of one number"
        try:
            pulled = trial.subject.pull(case.held, told, case.held_dy)
        except RefusedError:
            return
        except SubjectError as error:
            yield replace(self.refused(trial, error, "wrong"), why=f"{error}; {why}")
            return
        yield from self.same(trial, pulled.named(), why)

    def _rehearsed(self, trial: Trial) -> Iterator[Claim]:
        """The calls of the rehearsal: between two forwards of the case there were some with the other settings."""
        rehearsal = trial.shared(Rehearsal)
        if rehearsal.given and (other := rehearsal.resettled) is not None:
            yield from self._after(other, trial.case)
            yield from self._again(trial, rehearsal.kept, other.case)

    def _own(self, trial: Trial, case: Case) -> Iterator[Claim]:
        other = Trial(trial.subject, trial.family, case)
        try:
            claims = list(self._after(other, trial.case))
        except RefusedError:
            return
        if any(compare(claim).status == "wrong" for claim in claims) and _wrong_alone(other):
            return
        yield from claims
        trial.subject.vjp(case)  # once more: both calls in a row are what the next claims are about
        yield from self._again(trial, trial.subject.vjp(trial.case).named(), case)

    def _again(self, trial: Trial, got: Arrays, case: Case) -> Iterator[Claim]:
        yield from self.same(trial, got, f"{dict(trial.case.config)} after {dict(case.config)} on like shapes")

    def _after(self, other: Trial, before: Case) -> Iterator[Claim]:
        order = f"{dict(other.case.config)} after {dict(before.config)} on like shapes"
        for of, value in other.got.named().items():
            why = f"{order}; {other.why(of)}"
            yield Claim(self.law, of, value, other.reference[of], other.known(of) + other.wide_error(of), why)


def _wrong_alone(trial: Trial) -> bool:
    subject = trial.subject.unrecorded or trial.subject
    try:
        return not right(Trial(subject, trial.family, trial.family.larger(trial.case)))
    except RefusedError:
        return False
