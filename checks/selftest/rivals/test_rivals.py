"""The comparison itself: every checker passes what is right on its typical cases and finds what is plainly wrong."""

from __future__ import annotations

import pytest

from checks.families import family
from checks.mistakes.plants import plants
from checks.selftest.rivals.checkers import TYPICAL, Checker, checkers
from checks.selftest.rivals.layers import layers
from checks.selftest.rivals.side_by_side import Said, table

CHECKERS = pytest.mark.parametrize(("title", "checker"), list(checkers("1ms")), ids=lambda each: str(each)[:20])


@pytest.mark.long(keep=4)
@pytest.mark.sweep("rivals on references", 3)
@CHECKERS
@pytest.mark.parametrize("name", TYPICAL)
def test_no_checker_alarms_at_the_reference(title: str, checker: Checker, name: str) -> None:
    """Its typical configurations are valid, and away from kinks."""
    assert not checker(family(name).reference, name), title


@pytest.mark.sweep("rivals on wrong signs", 3)
@CHECKERS
@pytest.mark.parametrize("name", TYPICAL)
def test_every_checker_finds_a_gradient_of_the_wrong_sign(title: str, checker: Checker, name: str) -> None:
    """So that what it misses is the mistake's doing, not the wrapper's."""
    (plant,) = (plant for plant in plants(family(name)) if plant.name == "dx negated")
    assert checker(plant.make(family(name).reference), name), title


def test_the_typical_cases_are_valid() -> None:
    """The shape of dy is that of y."""
    for name, cases in TYPICAL.items():
        for case in cases:
            assert family(name).output_shape(case.shapes, case.config) == case.shapes["dy"]


def test_layers_of_both_kinds_have_titles_of_their_own() -> None:
    """A title names one layer."""
    found = list(layers())
    assert len({layer.title for layer in found}) == len(found)
    assert {layer.wrong for layer in found} == {True, False}


def test_the_table_counts_detection_and_false_alarms_apart() -> None:
    """One of two wrong layers found, one right layer called wrong."""
    heard = [Said("a checker", f"{i}", wrong=i < 2, alarm=bool(i), seconds=1.0) for i in range(3)]
    cells = [next(iter(column.cells)) for column in table(heard).columns]
    assert cells == ["a checker", "1 of 2 (50%)", "1 of 1 (100%)", "1.00"]
