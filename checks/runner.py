"""The main job: every row of the sweep examined in processes of its own, longest first, as far as it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter

from checks.case import Case
from checks.claim import Verdict
from checks.corpus.replay import Replays
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus
from checks.diagnosis.explain import explain
from checks.errors import UsageError
from checks.examination import WITNESSES, Examination
from checks.exclusion import Exclusion
from checks.families import family, valid
from checks.family import Family
from checks.isolation import Apart, Isolation, told
from checks.isolation.allowance import MOST
from checks.isolation.anew import in_new_processes
from checks.lanes import side_by_side
from checks.row import NOTHING, Outcome, Status, Task, outcome_of
from checks.subject import Subject
from checks.sweep import Job
from checks.target import subject_of
from checks.witness import Trial, Witness

#: Seconds for one call of a layer at its published size, on a slow machine.
A_CALL = 300.0


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
        lanes = [Apart(Isolation(A_CALL)) for _ in range(min(processes, len(tasks)))]
        for place, message in side_by_side(examined, tasks, lanes):
            index = order[place]
            self.outcomes[index] = message
            self.seconds = perf_counter() - start
            yield self.jobs[index], message


def examined(apart: Apart, task: Task) -> Iterator[Outcome]:
    """Examine one row in a process of its own: what is known before each case, and at the end."""
    sheet = family(task.job.family)
    try:
        name, opening = task.subject or sheet.reference.name, partial(_opened, task.subject, sheet.name)
        subject = apart.enter(name, opening)
    except UsageError as error:
        yield replace(NOTHING, fault=str(error))
        return
    anew = in_new_processes(name, opening, lambda subject: (subject, sheet), apart.isolation)
    examination = Examination(subject, sheet, task.job.witnesses, deny=task.deny, hearing=apart, anew=anew)
    replays = Replays(task.corpus, task.subject or subject.name, task.job.replays, examination.replayed)
    examination.found = replays.keep
    for case in task.job.cases:
        if not apart.stopped:
            yield outcome_of(examination, case.but())
            replays.judge(case, examination)
    yield replace(outcome_of(explain(examination), None), fault=task.job.fault or apart.stopped)


def _opened(text: str, name: str, watched: Callable[[Subject], Subject]) -> tuple[Subject, Family, Subject]:
    """A subject and its family, in its own process."""
    sheet = family(name)
    subject = subject_of(text, sheet)
    return watched(subject), sheet, told(subject)


def replay(case: Case, witnesses: tuple[Witness, ...] = WITNESSES) -> Iterator[tuple[str, list[Verdict]]]:
    """Every witness on one case of a reference layer, in a process of its own: its law and its verdicts, if any.

    Raises CaseError where the case is no valid layer, UsageError where its family is unknown.
    """
    valid(case)
    sheet = family(case.family)
    with Apart(Isolation(MOST)) as apart:
        known = apart.enter(sheet.reference.name, partial(_opened, "", sheet.name))
        for said in apart.hear(Trial(known, sheet, case), witnesses):
            yield said.witness.law, list(said.verdicts)
