"""Every planted fault is found by the law that it breaks; right layers of many manners break none."""

from __future__ import annotations

import pytest

from checks.families import families, family
from checks.selftest.contracts.kept_plants import PLANTS as KEPT
from checks.selftest.contracts.memory_plants import PLANTS as MEMORY
from checks.selftest.contracts.order_plants import PLANTS as ORDER
from checks.selftest.contracts.plant import Plant, cases, complaints, telling
from checks.selftest.contracts.right_layers import RIGHT
from checks.selftest.contracts.value_plants import PLANTS as VALUES
from checks.selftest.part import part

PLANTS = KEPT + MEMORY + ORDER + VALUES


#: Of the cases of a family, how many there are for each that a right layer is tried on.
EVERY = 12


@pytest.mark.long(keep=29)
@pytest.mark.parametrize("plant", PLANTS, ids=[plant.name for plant in PLANTS])
def test_the_law_that_is_broken_says_so(plant: Plant) -> None:
    """The expected law reports the expected severity, and why; first where it would say so unasked by others."""
    subject, tried = plant.make(family(plant.family).reference), (*telling(plant), *cases(plant.family))
    heard = complaints(subject, plant.family, tried)
    found = next((each for each in heard if (each.law, each.status) == plant.verdict), None)
    assert found is not None
    assert found.why


@pytest.mark.parametrize("name", families())
def test_references_break_no_law_and_are_no_hazard(name: str) -> None:
    """Nothing at all is reported for a reference layer."""
    tried = part("cases of references", cases(name), 3)
    assert next(map(str, complaints(family(name).reference, name, tried)), None) is None


@pytest.mark.long(keep=10)
@pytest.mark.parametrize("place", range(len(RIGHT)), ids=[f"{name}: {subject.name}" for name, subject in RIGHT])
def test_right_layers_are_not_called_wrong(place: int) -> None:
    """Hazards may be, wrong may not; layers that follow each other meet different cases."""
    name, subject = RIGHT[place]
    tried = part("cases of right layers", cases(name), EVERY, place)
    wrong = (str(verdict) for verdict in complaints(subject, name, tried) if verdict.status == "wrong")
    assert next(wrong, None) is None
