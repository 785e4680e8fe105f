"""Promise two: wide. A counted table of cells that one run of the deterministic profile must reach."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase, given, seed, settings

from checks.case import Case
from checks.families import family
from checks.families.geometric import GeometricFamily
from checks.selftest.strategies.wide import WIDE

FAMILIES = pytest.mark.parametrize("name", list(WIDE))
#: Of the ci profile, and the fewest laws that any family is tested for.
EXAMPLES, LAWS = 20, 21


def _visits(sheet: GeometricFamily) -> Counter[str]:
    """What the suite draws for one family: as many examples for each law as the deterministic profile allows."""
    counts: Counter[str] = Counter()
    for run in range(LAWS):

        @settings(max_examples=EXAMPLES, database=None, phases=[Phase.generate])
        @seed(run)
        @given(sheet.cases())
        def look(case: Case) -> None:
            counts.update(sheet.cells(case))

        look()
    return counts


def _sheet(name: str) -> GeometricFamily:
    sheet = family(name)
    assert isinstance(sheet, GeometricFamily)
    return sheet


@pytest.mark.long
@FAMILIES
def test_the_suites_draws_visit_every_cell_often_enough(name: str) -> None:
    """Stride beyond the kernel, remainder rows, padding of every kind, dilation, groups, axes that share nothing."""
    counts = _visits(_sheet(name))
    assert not {cell: (counts[cell], least) for cell, least in WIDE[name].items() if counts[cell] < least}


@FAMILIES
def test_the_table_names_every_option_of_every_cell(name: str) -> None:
    """A new option must be counted too."""
    space = {cell: options for cell, options in _sheet(name).space.items() if cell != "pool"}
    options = {f"{cell}: {option}" for cell, each in space.items() for option in each}
    assert options <= set(WIDE[name])


@FAMILIES
def test_a_sweep_of_any_seed_visits_every_cell_of_the_table(name: str) -> None:
    """Numbers at the edge of a block of samples too."""
    sheet = _sheet(name)
    for number in range(3):
        visited = set().union(*map(sheet.cells, sheet.sweep(number, 0)))
        assert set(WIDE[name]) <= visited
