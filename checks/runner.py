"""The main job: every row of the sweep examined in processes of its own, longest first, as far as it gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Literal

from checks import pool
from checks.case import Case
from checks.claim import Verdict
from checks.corpus.replay import Replays
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus
from checks.diagnosis.explain import explain
from checks.examination import WITNESSES, Examination, Finding, Tally
from checks.exclusion import Exclusion
from checks.families import family, valid
from checks.judge import RUNS, verdicts
from checks.sweep import Job
from checks.target import subject_of
from checks.witness import Trial, Witness

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

    def died(self, why: str) -> Outcome:
        """The same row after its process ended in the middle of a case: the law ``runs`` broke there."""
        if self.at is None:
            return replace(self, fault=why)
        verdict = Verdict(RUNS, "y", "wrong", why, wrong=1, share=float("inf"))
        tally = Tally()
        tally.add(verdict)
        finding = Finding(RUNS, self.at, verdict, self.at, verdict)
        findings, tallies = {**self.findings, RUNS: finding}, {**self.tallies, RUNS: tally}
        return replace(self, tallies=tallies, findings=findings, at=None)


NOTHING = Outcome(0, {}, {}, {}, 0.0)


@dataclass
class Run:
    """The main job as far as it got; reports read it."""

    jobs: Sequence[Job]
    subject: str = ""
    deny: frozenset[str] = frozenset()
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    interrupted: bool = False
    seconds: float = 0.0
    corpus: Corpus | None = None
    replayed: Replayed = field(default_factory=Replayed)

    @property
    def rows(self) -> list[tuple[Job, Outcome]]:
        """Every row that was begun, in the order of the jobs."""
        return [(job, self.outcomes[index]) for index, job in enumerate(self.jobs) if index in self.outcomes]

    def exclusion(self, name: str) -> Exclusion:
        """What all rows of a family exclude together."""
        whole = Exclusion()
        for job, outcome in self.rows:
            if job.family == name:
                whole.join(outcome.exclusion)
        return whole

    @property
    def replays(self) -> Replayed:
        """What the corpus brought to all rows together."""
        whole = Replayed(str(self.corpus.folder) if self.corpus else "")
        for part in (self.replayed, *(outcome.replayed for _, outcome in self.rows)):
            whole.join(part)
        whole.golden = sum(outcome.cases for job, outcome in self.rows if job.golden)
        return whole

    @property
    def finished(self) -> int:
        """Rows that came to their end."""
        return sum(outcome.at is None for outcome in self.outcomes.values())

    @property
    def status(self) -> Status:
        """Wrong where any row is wrong or blind; else interrupted where it was; else right."""
        if any(outcome.status != "right" and outcome.at is None for outcome in self.outcomes.values()):
            return "wrong"
        return "interrupted" if self.interrupted else "right"

    def go(self, processes: int) -> Iterator[tuple[Job, Outcome]]:
        """Examine every job, and give a row each time that a case of it is done; the last time its ``at`` is None."""
        start = perf_counter()
        order = sorted(range(len(self.jobs)), key=lambda index: (not self.jobs[index].first, -self.jobs[index].work))
        tasks = [Task(self.jobs[index], self.subject, self.deny, self.corpus) for index in order]
        for place, message in pool.run(work, tasks, processes):
            index = order[place]
            last = self.outcomes.get(index, replace(NOTHING, at=next(iter(self.jobs[index].cases), None)))
            self.outcomes[index] = last.died(message.why) if isinstance(message, pool.Died) else message
            if isinstance(message, pool.Died):
                self._keep(index)
            self.seconds = perf_counter() - start
            yield self.jobs[index], self.outcomes[index]

    def _keep(self, index: int) -> None:
        """What a process that ended could not write down itself."""
        owner = self.subject or family(self.jobs[index].family).reference.name
        replays = Replays(self.corpus, owner, self.jobs[index].replays, self.replayed)
        if found := self.outcomes[index].findings.get(RUNS):
            replays.keep(found)
            replays.hear(found.case, [found.verdict])


def work(task: Task) -> Iterator[Outcome]:
    """Examine one row in this process: what is known before each case, and at the end."""
    sheet = family(task.job.family)
    examination = Examination(subject_of(task.subject, sheet), sheet, task.job.witnesses, deny=task.deny)
    owner = task.subject or examination.subject.name
    replays = Replays(task.corpus, owner, task.job.replays, examination.replayed)
    examination.found = replays.keep
    for case in task.job.cases:
        yield outcome(examination, case.but())
        replays.hear(case, examination.judge(case))
    yield replace(outcome(explain(examination), None), fault=task.job.fault)


def outcome(examination: Examination, at: Case | None) -> Outcome:
    """What an examination has found so far, without the arrays."""
    findings, hazards = _light(examination.findings), _light(examination.hazards)
    return Outcome(
        examination.cases,
        examination.tallies,
        findings,
        hazards,
        examination.seconds,
        at,
        exclusion=examination.exclusion,
        replayed=examination.replayed,
    )


def replay(
    case: Case, subject: str = "", witnesses: tuple[Witness, ...] = WITNESSES
) -> Iterator[tuple[str, list[Verdict]]]:
    """Every witness on one case, in a process of its own: its law and its verdicts (none: the law does not apply).

    Raises CaseError where the case is no valid layer, UsageError where its family is unknown.
    """
    valid(case)
    reached = WITNESSES[0].law
    for _, message in pool.run(testify, [Task(Job(str(case), case.family, (case,), witnesses=witnesses), subject)], 1):
        if isinstance(message, pool.Died):
            yield reached, [Verdict(RUNS, "y", "wrong", message.why, wrong=1, share=float("inf"))]
        else:
            yield message


def testify(task: Task) -> Iterator[tuple[str, list[Verdict]]]:
    """What each witness says of a task's only case."""
    sheet, (case,) = family(task.job.family), task.job.cases
    trial = Trial(subject_of(task.subject, sheet), sheet, case)
    for witness in task.job.witnesses:
        yield witness.law, verdicts(witness, trial)


def _light(findings: Mapping[str, Finding]) -> dict[str, Finding]:
    bare = {law: replace(found, case=found.case.but(), shrunk=found.shrunk.but()) for law, found in findings.items()}
    return {law: replace(found, telling=None) for law, found in bare.items()}
