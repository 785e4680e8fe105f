"""A planted fault: a right layer wrapped so that it breaks one contract, and the law that must say so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from math import prod
from typing import Any, NamedTuple

from checks.case import Case
from checks.claim import Severity, Verdict
from checks.families import family
from checks.invariants import INVARIANTS
from checks.judge import verdicts
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial, Witness

#: Cases of a sweep, and on integers in special orders, that are tried; and the entries that each may have.
CASES, PATTERNED = 48, 12
SMALL = 600

Forward = Callable[[Arrays, Config], tuple[Array, Any]]
Backward = Callable[[Array, Any], Arrays]


class Plant(NamedTuple):
    """A fault, the family whose reference gets it, the law that must find it, and how bad that law must call it."""

    name: str
    family: str
    law: str
    make: Callable[[Subject], Subject]
    severity: Severity = "wrong"

    @property
    def verdict(self) -> tuple[str, str]:
        """Law and status that must be reported."""
        return self.law, self.severity


@cache
def cases(name: str) -> tuple[Case, ...]:
    """Small cases of a family's sweep, then a few on integers in special orders."""
    sheet = family(name)
    swept, patterned = (
        (case for case in cases if _steps(case) <= SMALL) for cases in (sheet.sweep(0, 300), sheet.patterned(0))
    )
    return (*islice(swept, CASES), *islice(patterned, PATTERNED))


def _steps(case: Case) -> int:
    """Entries of all arrays; a loop over the windows of an empty batch takes as long as one over a sample."""
    return sum(prod(max(size, 1) for size in shape) for shape in case.shapes.values())


def complaints(
    subject: Subject, name: str, tried: Iterable[Case], witnesses: Iterable[Witness] = INVARIANTS
) -> Iterator[Verdict]:
    """Every wrong or hazardous verdict of the invariants, or of some, over these cases of a family."""
    for case in tried:
        trial = Trial(subject, family(name), case)
        for witness in witnesses:
            yield from (verdict for verdict in verdicts(witness, trial) if verdict.status in {"wrong", "hazard"})


def telling(plant: Plant) -> list[Case]:
    """The first case on which the law that must find a plant does so by itself; none where it needs others' calls."""
    subject = plant.make(family(plant.family).reference)
    alone = [witness for witness in INVARIANTS if witness.law == plant.law]
    speaks = (case for case in cases(plant.family) if any(complaints(subject, plant.family, [case], alone)))
    return list(islice(speaks, 1))


def forward(change: Callable[[Arrays, Forward, Config], tuple[Array, Any]]) -> Callable[[Subject], Subject]:
    """Plant in the forward: ``change(arrays, right forward, config)``."""
    return lambda right: Subject(
        "planted", lambda arrays, config: change(arrays, right.forward, config), right.backward
    )


def backward(change: Callable[[Array, Callable[[Array], Arrays]], Arrays]) -> Callable[[Subject], Subject]:
    """Plant in the backward: ``change(dy, right backward of dy)``."""
    return lambda right: Subject(
        "planted", right.forward, lambda dy, saved: change(dy, lambda up: dict(right.backward(up, saved)))
    )


def gradients(change: Callable[[Array], Array]) -> Callable[[Subject], Subject]:
    """Plant in dx: ``change(right dx)``."""
    return backward(lambda dy, pull: {**pull(dy), "dx": change(pull(dy)["dx"])})


def outputs(change: Callable[[Array], Array]) -> Callable[[Subject], Subject]:
    """Plant in y: ``change(right y)``."""

    def run(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
        y, saved = right(arrays, config)
        return change(y), saved

    return forward(run)
