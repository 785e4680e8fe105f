"""Every planted layer: a mistake of the catalogue, a fault without a formula, or a mistake shared with the forward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from checks.case import Case
from checks.families import family
from checks.mistakes import CATALOGUE
from checks.mistakes.faults import FAULTS
from checks.mistakes.forwards import SHARED
from checks.mistakes.mistake import Mistake, planted
from checks.selftest.mistakes.showing import makers, showing, showing_forward, varied
from checks.selftest.spoil import NAMES
from checks.subject import Subject


@dataclass(frozen=True)
class Plant:
    """A wrong layer (``make`` gives a fresh one), cases that can show it, and the laws that must catch it."""

    family: str
    title: str
    make: Callable[[], Subject]
    cases: Callable[[], list[Case]]
    caught_by: tuple[str, ...]


def planted_here(name: str) -> list[Mistake]:
    """A family's own mistakes; those that every family can make go to conv, and in turn to one of the others."""
    others, anyones = sorted(set(NAMES) - {"conv"}), [mistake for mistake in CATALOGUE if len(makers(mistake)) > 1]
    taken = {"conv", *others} if name == "conv" else {name}
    turns = {mistake.name: others[turn % len(others)] for turn, mistake in enumerate(anyones)}
    return [mistake for mistake in CATALOGUE if name in makers(mistake) and turns.get(mistake.name, name) in taken]


def plants(name: str) -> Iterator[Plant]:
    """Every planted layer of a family."""
    reference = family(name).reference
    for mistake in planted_here(name):
        make, cases = partial(planted, mistake, reference), partial(showing, mistake, name)
        yield Plant(name, mistake.name, make, cases, mistake.caught_by)
    for fault in FAULTS:
        if fault.concerns(family(name)):
            make, cases = partial(fault.plant, reference), partial(varied, name)
            yield Plant(name, f"fault: {fault.name}", make, cases, fault.caught_by)
    for shared in SHARED:
        if shared.family == name:
            make = partial(shared.plant, reference)
            cases = partial(showing_forward, make(), name)
            yield Plant(name, f"forward: {shared.name}", make, cases, shared.caught_by)
