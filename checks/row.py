"""What is known of one row of the main job, in a form that travels between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from checks.case import Case
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus
from checks.examination import Examination
from checks.exclusion import Exclusion
from checks.sweep import Job
from checks.tally import Finding, Tally

Status = Literal["right", "wrong", "blind", "interrupted"]


@dataclass(frozen=True)
class Task:
    """What a process is given: a row's cases, and the subject as ``module:attribute`` (empty: the reference)."""

    job: Job
    subject: str = ""
    deny: frozenset[str] = frozenset()
    corpus: Corpus | None = None


@dataclass(frozen=True)
class Outcome:
    """What is known of one row so far: the findings of an examination, in a form that travels between processes.

    ``at`` is the case that is being examined, None at the end.
    """

    cases: int
    tallies: Mapping[str, Tally]
    findings: Mapping[str, Finding]
    hazards: Mapping[str, Finding]
    seconds: float
    at: Case | None = None
    fault: str = ""
    exclusion: Exclusion = field(default_factory=Exclusion)
    replayed: Replayed = field(default_factory=Replayed)

    @property
    def compared(self) -> int:
        """Elements that were compared, by all laws together."""
        return sum(tally.compared for tally in self.tallies.values())

    @property
    def status(self) -> Status:
        """Wrong where a law broke or no case could be made, blind where not one number was compared."""
        if self.findings or self.fault:
            return "wrong"
        return "right" if self.compared else "blind"


NOTHING = Outcome(0, {}, {}, {}, 0.0)


def outcome_of(examination: Examination, at: Case | None) -> Outcome:
    """What an examination has found so far, without the arrays; later cases do not change it."""
    return Outcome(
        examination.cases,
        {law: replace(tally, reasons=set(tally.reasons)) for law, tally in examination.tallies.items()},
        _light(examination.findings),
        _light(examination.hazards),
        examination.seconds,
        at,
        exclusion=examination.exclusion.copy(),
        replayed=examination.replayed,
    )


def _light(findings: Mapping[str, Finding]) -> dict[str, Finding]:
    bare = {law: replace(found, case=found.case.but(), shrunk=found.shrunk.but()) for law, found in findings.items()}
    return {law: replace(found, telling=None) for law, found in bare.items()}
