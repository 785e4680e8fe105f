"""Every planted fault is found by the law that it breaks; right layers of many manners break none."""

from __future__ import annotations

import pytest

from checks.families import families, family
from checks.selftest.contracts.memory_plants import PLANTS as MEMORY
from checks.selftest.contracts.order_plants import PLANTS as ORDER
from checks.selftest.contracts.plant import Plant, complaints
from checks.selftest.contracts.right_layers import RIGHT
from checks.selftest.contracts.value_plants import PLANTS as VALUES
from checks.subject import Subject

PLANTS = MEMORY + ORDER + VALUES


@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name for plant in PLANTS])
def test_the_law_that_is_broken_says_so(plant: Plant) -> None:
    """The expected law reports the expected severity, and why."""
    subject = plant.make(family(plant.family).reference)
    named = (found for found in complaints(subject, plant.family) if (found.law, found.status) == plant.verdict)
    found = next(named, None)
    assert found is not None
    assert found.why


@pytest.mark.parametrize("name", families())
def test_references_break_no_law_and_are_no_hazard(name: str) -> None:
    """Nothing at all is reported for a reference layer."""
    assert next(map(str, complaints(family(name).reference, name)), None) is None


@pytest.mark.parametrize(("name", "subject"), RIGHT, ids=[f"{name}: {subject.name}" for name, subject in RIGHT])
def test_right_layers_are_not_called_wrong(name: str, subject: Subject) -> None:
    """Hazards may be, wrong may not."""
    wrong = (str(verdict) for verdict in complaints(subject, name) if verdict.status == "wrong")
    assert next(wrong, None) is None
