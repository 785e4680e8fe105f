"""How many known mistakes a run would have caught: each planted in this very subject, on these very cases."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from checks import pool
from checks.case import Case
from checks.claim import Verdict
from checks.errors import SubjectError
from checks.examination import Examination
from checks.families import family
from checks.family import Family
from checks.judge import fair_verdicts
from checks.mistakes.plants import Plant, plants
from checks.subject import Subject
from checks.target import subject_of
from checks.witness import Trial, Witness


@dataclass(frozen=True)
class Heard:
    """A case of the run and the witnesses that were heard on it."""

    case: Case
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True)
class Caught:
    """What became of one planted mistake: the law that caught it on a case, or none.

    ``shown`` says whether a case of the run can show a missed one at all. ``fault`` says why it could not be tried.
    """

    name: str
    does: str
    law: str = ""
    case: Case | None = None
    shown: bool = True
    fault: str = ""


@dataclass
class Power:
    """What became of everything that was planted in one subject of a family."""

    family: str
    outcomes: list[Caught] = field(default_factory=list)

    @property
    def caught(self) -> list[Caught]:
        """Those that a law caught."""
        return [outcome for outcome in self.outcomes if outcome.law]

    @property
    def missed(self) -> list[Caught]:
        """Those that gave wrong numbers, or kept wrong state, and no law broke."""
        return [outcome for outcome in self.outcomes if not outcome.law and outcome.shown]

    @property
    def unshown(self) -> list[Caught]:
        """Those that give the right numbers on every case of the run: other configurations are needed."""
        return [outcome for outcome in self.outcomes if not outcome.law and not outcome.shown]


@dataclass(frozen=True)
class Task:
    """What a process is given: a family, the subject's name as ``module:attribute``, the run, and one plant by name."""

    family: str
    subject: str
    heard: tuple[Heard, ...]
    name: str


def measured(name: str, subject: str, heard: Sequence[Heard], processes: int) -> Iterator[Caught]:
    """What becomes of each plant of a family, from processes of their own, in the order of the catalogue's plants."""
    ordered = smallest_first(heard)
    found = list(plants(family(name)))
    tasks = [Task(name, subject, ordered, plant.name) for plant in found]
    for index, message in pool.run(work, tasks, processes):
        plant = found[index]
        yield Caught(plant.name, plant.does, fault=message.why) if isinstance(message, pool.Died) else message


def work(task: Task) -> Caught:
    """One plant, in this process."""
    sheet = family(task.family)
    (plant,) = (plant for plant in plants(sheet) if plant.name == task.name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return planted(plant, subject_of(task.subject, sheet), sheet, task.heard)


def planted_where_heard(found: Examination, plant: Plant, heard: Sequence[Heard]) -> Caught:
    """What becomes of a plant in the process in which an examination heard its subject."""
    trial = Trial(found.subject, found.family, heard[0].case)
    try:
        return found.hearing.ask(trial, partial(_planted_there, name=plant.name, heard=tuple(heard)))
    except SubjectError as error:
        return Caught(plant.name, plant.does, fault=str(error))


def _planted_there(trial: Trial, name: str, heard: tuple[Heard, ...]) -> Caught:
    (plant,) = (plant for plant in plants(trial.family) if plant.name == name)
    return planted(plant, trial.subject, trial.family, heard)


def planted(plant: Plant, subject: Subject, sheet: Family, heard: Sequence[Heard]) -> Caught:
    """Plant a mistake and hear the witnesses of the run until a law breaks."""
    for law in _laws(heard, plant.soonest):
        broken = plant.make(subject)
        for each in heard:
            witness = next((witness for witness in each.witnesses if witness.law == law), None)
            if witness and (verdict := _breaks(plant, witness, Trial(broken, sheet, each.case.but()))):
                return Caught(plant.name, plant.does, verdict.law, each.case)
    return Caught(plant.name, plant.does, shown=any(_shown(plant, subject, each.case) for each in heard))


def smallest_first(heard: Sequence[Heard]) -> tuple[Heard, ...]:
    """A run's cases by their size: a mistake that a small one shows is caught there."""
    return tuple(sorted(heard, key=lambda each: each.case.sizes()))


def _laws(heard: Sequence[Heard], soonest: Sequence[str]) -> list[str]:
    """Laws of the run, those that are likely to settle a mistake first; the others follow in their own order."""
    every = dict.fromkeys(witness.law for each in heard for witness in each.witnesses)
    return sorted(every, key=lambda law: law not in soonest)


def _breaks(plant: Plant, witness: Witness, trial: Trial) -> Verdict | None:
    """The verdict that calls a planted subject wrong, or dangerous where that is all that it is."""
    found, _ = fair_verdicts(witness, trial)
    wrong = (v for v in found if v.status == "wrong" or (v.status == "hazard" and v.law in plant.dangers))
    return next(wrong, None)


def _shown(plant: Plant, subject: Subject, case: Case) -> bool:
    with suppress(SubjectError):
        return plant.shows(subject, case.but())
    return False
