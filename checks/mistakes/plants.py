"""All that can be planted in a subject: the catalogue, faults without a formula, mistakes shared with the forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from checks.case import Case
from checks.family import Family
from checks.mistakes import known
from checks.mistakes.faults import BY_CHANCE, FAULTS, Fault
from checks.mistakes.forwards import SHARED
from checks.mistakes.mistake import Evidence, Mistake, planted
from checks.subject import Subject

_DANGEROUS = " (hazard)"

#: Laws that catch most mistakes.
SOONEST = ("reference", "torch", "adjoint")


@dataclass(frozen=True)
class Plant:
    """One way to break a subject: ``make`` gives a fresh broken one; ``does`` completes "a layer that ...".

    ``dangers`` names laws by which it is a hazard, not wrong; ``soonest`` those
    that are likely to catch it. ``shows`` says whether a case can show it in a right
    subject: whether it gives other numbers there.
    """

    name: str
    does: str
    make: Callable[[Subject], Subject]
    shows: Callable[[Subject, Case], bool]
    dangers: frozenset[str] = frozenset()
    soonest: tuple[str, ...] = SOONEST


def plants(family: Family) -> Iterator[Plant]:
    """Every plant of a family."""
    for mistake in known(family):
        make, shows, dangers = partial(planted, mistake), partial(_predicts, mistake), _dangers(mistake)
        yield Plant(mistake.name, mistake.does, make, shows, dangers, (*SOONEST, *dangers))
    for fault in (*FAULTS, *BY_CHANCE):
        if fault.concerns(family):
            yield Plant(f"fault: {fault.name}", fault.does, fault.plant, _always, _dangers(fault), _laws(fault))
    for shared in SHARED:
        if shared.family in family.lineage:
            yield Plant(f"forward: {shared.name}", shared.does, shared.plant, partial(_other_output, shared.plant))


def _dangers(fault: Fault | Mistake) -> frozenset[str]:
    return frozenset(law.removesuffix(_DANGEROUS) for law in fault.caught_by if law.endswith(_DANGEROUS))


def _laws(fault: Fault) -> tuple[str, ...]:
    """What must catch a fault; one that shows now and then shows where a call is repeated."""
    return tuple(law.removesuffix(_DANGEROUS) for law in fault.caught_by) or ("repeatable",)


def _always(_subject: Subject, _case: Case) -> bool:
    return True


def _predicts(mistake: Mistake, subject: Subject, case: Case) -> bool:
    evidence = Evidence(subject, case.inputs, case.config, case.dy)
    wrong = mistake.gradients_of(evidence)
    return any(bool((value != evidence.right[of]).any()) for of, value in wrong.items())


def _other_output(plant: Callable[[Subject], Subject], subject: Subject, case: Case) -> bool:
    wrong, right = (each.apply(case.inputs, case.config) for each in (plant(subject), subject))
    return wrong.shape != right.shape or bool((wrong != right).any())
