"""A layer leaves its process as it found it: what it changes there changes the next layer's numbers, or the caller's.

Not among the laws of every run: only where a subject has a process of its own may what it changed be put back.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.claim import Claim
from checks.invariants.reseeding import reseeded
from checks.invariants.shared_places import restored, seen, told
from checks.subject import Subject
from checks.witness import Trial, Witness


class Surroundings(Witness):
    """A forward and a backward change nothing that other layers of the process share."""

    law = "surroundings"
    needs = "a process of its own (isolate=True)"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """A hazard where something is not as it was.

        Raises SubjectError where the subject raises.
        """
        before = seen()
        trial.subject.vjp(trial.case)
        seeding = reseeded(trial)
        yield unchanged([*restored(before), *put_back(trial.subject), *seeding])


class Computing(Witness):
    """The same of how the process computes, which is put back after each call: of a layer in anyone's process."""

    law = Surroundings.law

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """A hazard where it was not left as it was.

        Raises SubjectError where the subject raises.
        """
        trial.subject.vjp(trial.case)
        yield unchanged(put_back(trial.subject))


def unchanged(changed: list[str]) -> Claim:
    """Nothing may have changed."""
    got, nothing = np.array([float(len(changed))]), np.zeros(1)
    why = "; ".join(changed) or "nothing changed"
    return Claim(Surroundings.law, "y", got, nothing, nothing, why, severity="hazard", counted="change")


def put_back(subject: Subject) -> list[str]:
    """Say what the calls of a subject would have left changed, which is forgotten then."""
    found = [told(name, before, after) for name, (before, after) in subject.changes.items()]
    subject.changes.clear()
    return found
