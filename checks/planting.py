"""How many known mistakes a run would have caught: each planted in this very subject, on these very cases."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from math import inf

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

#: Seconds that planting may take: as many times the budget of the run, and at least.
TIMES, AT_LEAST = 10.0, 60.0

#: How much more than its part of what is left one plant may take.
SHARE = 20.0

#: Cases on which a mistake is looked for where it gives the right numbers.
OTHERS = 20

NO_TIME = "there was too little time"


@dataclass(frozen=True)
class Heard:
    """A case of the run and the witnesses that were heard on it."""

    case: Case
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True)
class Caught:
    """What became of one planted mistake: the law that caught it on a case, or none.

    ``shown`` says whether a case of the run can show a missed one at all. ``fault`` says why that is not known.
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
        return [outcome for outcome in self.outcomes if not outcome.law and not outcome.fault and outcome.shown]

    @property
    def unshown(self) -> list[Caught]:
        """Those that give the right numbers on every case of the run: other configurations are needed."""
        return [outcome for outcome in self.outcomes if not outcome.law and not outcome.fault and not outcome.shown]

    @property
    def untried(self) -> list[Caught]:
        """Those of which it is not known, with the reason as their ``fault``: too little time, a process that died."""
        return [outcome for outcome in self.outcomes if outcome.fault]


@dataclass(frozen=True)
class Task:
    """What a process is given: a family, the subject's name as ``module:attribute``, the run, and one plant by name.

    Nothing is planted after ``end`` (``time.monotonic``), and the plant takes so many ``seconds`` at most.
    """

    family: str
    subject: str
    heard: tuple[Heard, ...]
    name: str
    end: float = inf
    seconds: float = inf


def measured(name: str, subject: str, heard: Sequence[Heard], processes: int, budget: float = inf) -> Iterator[Caught]:
    """What becomes of each plant of a family, from processes of their own, as soon as it is known.

    ``budget`` is the time of the run; planting takes as much longer as ``planted_within`` does.
    """
    ordered, found = smallest_first(heard), spread(list(plants(family(name))))
    span = max(TIMES * budget, AT_LEAST)
    end, part = time.monotonic() + span, SHARE * span * processes / len(found)
    tasks = [Task(name, subject, ordered, plant.name, end, part) for plant in found]
    for index, message in pool.run(work, tasks, processes):
        plant = found[index]
        yield Caught(plant.name, plant.does, fault=message.why) if isinstance(message, pool.Died) else message


def work(task: Task) -> Caught:
    """One plant, in this process."""
    sheet = family(task.family)
    (plant,) = (plant for plant in plants(sheet) if plant.name == task.name)
    if (left := task.end - time.monotonic()) <= 0:
        return _late(plant)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return planted(plant, subject_of(task.subject, sheet), sheet, task.heard, min(left, task.seconds))


def planted_within(found: Examination, sown: Sequence[Plant], heard: Sequence[Heard], budget: float) -> list[Caught]:
    """What becomes of plants in the process in which an examination of this ``budget`` heard its subject.

    Each takes ``SHARE`` times its part of the time that is left at most: one that nothing catches leaves the rest.
    """
    end, outcomes = time.monotonic() + max(TIMES * budget, AT_LEAST), dict[str, Caught]()
    for number, plant in enumerate(spread(sown)):
        left = end - time.monotonic()
        part = min(left, SHARE * left / (len(sown) - number))
        outcomes[plant.name] = _where_heard(found, plant, heard, part) if left > 0 else _late(plant)
    return [outcomes[plant.name] for plant in sown]


def spread(sown: Sequence[Plant]) -> list[Plant]:
    """Plants in an order in which the first ones are of every kind: the catalogue holds like beside like."""
    step = max(1, round(len(sown) ** 0.5))
    return [plant for first in range(step) for plant in sown[first::step]]


def _late(plant: Plant) -> Caught:
    return Caught(plant.name, plant.does, fault=NO_TIME)


def _where_heard(found: Examination, plant: Plant, heard: Sequence[Heard], seconds: float) -> Caught:
    trial = Trial(found.subject, found.family, heard[0].case)
    question = partial(_planted_there, name=plant.name, heard=tuple(heard), seconds=seconds)
    try:
        return found.hearing.ask(trial, question)
    except SubjectError as error:
        return Caught(plant.name, plant.does, fault=str(error))


def _planted_there(trial: Trial, name: str, heard: tuple[Heard, ...], seconds: float) -> Caught:
    (plant,) = (plant for plant in plants(trial.family) if plant.name == name)
    return planted(plant, trial.subject, trial.family, heard, seconds)


def planted(plant: Plant, subject: Subject, sheet: Family, heard: Sequence[Heard], seconds: float = inf) -> Caught:
    """Plant a mistake and hear the witnesses of the run until a law breaks, on every case that shows it.

    And on ``OTHERS`` more, spread over the run: a law may bring numbers of its own that show it.
    """
    step = -(-len(heard) // OTHERS)
    end, shows = time.monotonic() + seconds, _remembered(partial(_shows, plant, subject))
    for law in _laws(heard, plant.soonest):
        broken = plant.make(subject)
        for number, each in enumerate(heard):
            if time.monotonic() > end:
                return _late(plant)
            witness = next((witness for witness in each.witnesses if witness.law == law), None)
            if not witness or (number % step and not shows(each.case)):
                continue
            if verdict := _breaks(plant, witness, Trial(broken, sheet, each.case.but())):
                return Caught(plant.name, plant.does, verdict.law, each.case)
    return Caught(plant.name, plant.does, shown=any(shows(each.case) for each in heard))


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


def _shows(plant: Plant, subject: Subject, case: Case) -> bool:
    with suppress(SubjectError):
        return plant.shows(subject, case.but())
    return False


def _remembered(asked: Callable[[Case], bool]) -> Callable[[Case], bool]:
    """Answers about cases, each found out once."""
    answers = dict[int, bool]()

    def answer(case: Case) -> bool:
        if id(case) not in answers:
            answers[id(case)] = asked(case)
        return answers[id(case)]

    return answer
