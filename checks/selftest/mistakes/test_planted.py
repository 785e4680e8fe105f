"""Every planted mistake is caught by the laws that it names, and right layers by none."""

from __future__ import annotations

import pytest

from checks import examine
from checks.case import Case
from checks.families import families, family
from checks.mistakes.faults import BY_CHANCE, Fault
from checks.mistakes.mistake import Mistake, planted
from checks.selftest.mistakes.plants import Plant, plants
from checks.selftest.mistakes.showing import SMALL, broken, swept
from checks.selftest.mistakes.table import SNAPSHOT, caught, line
from checks.selftest.part import part, thorough, tried
from checks.selftest.spoil import NAMES

PLANTS = [plant for name in sorted(NAMES) for plant in plants(name)]
IDS = [f"{plant.family}: {plant.title}" for plant in PLANTS]
PREDICTED = [plant for plant in PLANTS if not plant.title.startswith("fault: ")]
#: A layer that ignores its divisor is inexact on data that are multiples of it.
CONSISTENT = [p for p in PLANTS if p.title.startswith("forward: ") and "override" not in p.title]
#: What is recorded of each planted mistake, case by case.
TABLE = {
    (name, title): cases
    for name, title, *cases in (text.split(" | ") for text in SNAPSHOT.read_text(encoding="utf-8").splitlines())
}
NO_MISTAKE = Mistake("none", (), (), "is right", "", lambda _: {})


def small(name: str) -> list[Case]:
    """Some small cases of a family."""
    return [case for case in swept(name) if case.sizes() < SMALL][:20]


@pytest.mark.long(keep=12)
@pytest.mark.sweep("planted mistakes", 3)
@pytest.mark.parametrize("plant", PLANTS, ids=IDS)
def test_a_planted_mistake_is_caught_by_the_laws_that_it_names(plant: Plant) -> None:
    """Some case shows it, each named law calls the layer wrong on one of them, and no witness is weaker than it was.

    An independent source is not merely likely to see a wrong backward, and what only looks at the forward cannot see a
    mistake that the forward shares. Where the table's line is meant to change: python -m checks.selftest.mistakes.table
    """
    found = caught_by_all(plant)
    assert found, "no case of the searched sweep shows this mistake"
    laws = frozenset().union(*found)
    assert laws, "no law sees this mistake"
    assert set(plant.caught_by) <= laws
    if plant in PREDICTED and "reference" in plant.caught_by:
        assert all("reference" in each for each in found)
    if plant in CONSISTENT:
        assert not {"finite differences", "adjoint"} & laws
    recorded = TABLE[plant.family, plant.title]
    assert recorded[: len(found)] == line(plant, found).split(" | ")[2:]


def caught_by_all(plant: Plant) -> list[frozenset[str]]:
    """What is found on each of its cases, until every law that it names has spoken; on all of them under thorough."""
    found: list[frozenset[str]] = []
    for laws in caught(plant):
        found.append(laws)
        if not thorough() and set(plant.caught_by) <= frozenset().union(*found):
            break
    tried("cases of planted mistakes", len(found), len(TABLE[plant.family, plant.title]))
    return found


def test_the_table_has_a_line_for_each_planted_mistake() -> None:
    """And no other."""
    assert list(TABLE) == [(plant.family, plant.title) for plant in PLANTS]


@pytest.mark.parametrize("name", families())
@pytest.mark.parametrize("fault", BY_CHANCE, ids=lambda fault: fault.name)
def test_a_mistake_now_and_then_is_caught_by_some_law(fault: Fault, name: str) -> None:
    """A sweep makes enough calls to meet it."""
    subject = fault.plant(family(name).reference)
    assert any(broken(subject, case) for case in small(name))


@pytest.mark.parametrize("name", families())
def test_right_layers_pass_everything(name: str) -> None:
    """The reference itself, and the reference with a planted mistake that changes nothing."""
    for subject in (family(name).reference, planted(NO_MISTAKE, family(name).reference)):
        tried_on = part("cases of references", small(name), 4)
        assert examine(subject, name, cases=tried_on).findings == {}
