"""Covering arrays cover, by brute force; sweeps meet every pair in the numbers of their cases."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from checks.families import families
from checks.families.geometric import GeometricFamily
from checks.selftest.strategies.arrays import wanted
from checks.strategies.cells import Space, allowed, complete, impossible
from checks.strategies.covering import Key, covering, kept

SHEETS = [pytest.param(sheet, id=name) for name, sheet in families().items() if isinstance(sheet, GeometricFamily)]
FAMILIES = pytest.mark.parametrize("sheet", SHEETS)


def _completable(space: Space, row: dict[str, str]) -> bool:
    """Whether any choice of the open cells can stand together with the row: tried out, all of them if need be."""
    name = next((name for name in space if name not in row), None)
    if name is None:
        return True
    wider = ({**row, name: option} for option in space[name])
    return any(allowed(each) and _completable(space, each) for each in wider)


def _reachable(space: Space, strength: int) -> list[dict[str, str]]:
    found = []
    for names in combinations(space, strength):
        for options in product(*(space[name] for name in names)):
            row = dict(zip(names, options, strict=True))
            if allowed(row) and _completable(space, row):
                found.append(row)
    return found


def _missing(space: Space, strength: int) -> list[dict[str, str]]:
    rows = covering(space, strength)
    assert all(allowed(row) and set(row) == set(space) for row in rows)
    return [each for each in _reachable(space, strength) if not any(each.items() <= row.items() for row in rows)]


@FAMILIES
def test_every_pair_of_options_that_can_stand_together_is_covered(sheet: GeometricFamily) -> None:
    """No pair is left out, however few the rows."""
    assert not _missing(sheet.space, 2)


@pytest.mark.parametrize("sheet", [each for each in SHEETS if each.values[0].triples])  # type: ignore[union-attr]
def test_every_triple_of_a_pooling_layers_modes_is_covered(sheet: GeometricFamily) -> None:
    """Kernel, stride, remainder, padding and the layer's own modes, three at a time."""
    assert not _missing({name: sheet.space[name] for name in sheet.triples}, 3)


@pytest.mark.parametrize("each", list(wanted()))
def test_the_arrays_of_the_families_are_kept(each: Key) -> None:
    """They take long to make; ``python -m checks.selftest.strategies.arrays`` writes them anew."""
    assert each in kept()


def test_an_array_that_is_not_kept_is_made() -> None:
    """A variant's, say."""
    space = {"kernel": ("one", "odd"), "stride": ("one", "inside"), "output": ("one", "few")}
    rows = covering(space)
    assert {"kernel": "odd", "stride": "inside"} in [{name: row[name] for name in ("kernel", "stride")} for row in rows]
    assert not any(row["kernel"] == "one" and row["stride"] == "inside" for row in rows)


@FAMILIES
def test_every_allowed_pair_can_be_completed(sheet: GeometricFamily) -> None:
    """What no rule forbids is reachable: no pair runs into a dead end, so an unmet pair always has a reason."""
    pairs = [row for row in _pairs(sheet.space) if allowed(row)]
    assert pairs == _reachable(sheet.space, 2)


def _pairs(space: Space) -> list[dict[str, str]]:
    cells = combinations(space.items(), 2)
    return [{a: one, b: two} for (a, ones), (b, twos) in cells for one in ones for two in twos]


@FAMILIES
def test_completing_a_pair_never_runs_into_a_dead_end(sheet: GeometricFamily) -> None:
    """Whether the first or the last allowed option is picked for each further cell."""
    for pair in filter(allowed, _pairs(sheet.space)):
        for pick in (0, -1):
            assert allowed(complete(sheet.space, lambda options, pick=pick: options[pick], pair))  # type: ignore[misc]


@FAMILIES
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_sweep_meets_every_possible_combination_in_its_numbers(sheet: GeometricFamily, seed: int) -> None:
    """What is not met is impossible, and the reason is said."""
    met = set().union(*map(sheet.combinations, sheet.sweep(seed, 0)))
    reasons = dict(sheet.unmet(met))
    assert not {pair: why for pair, why in reasons.items() if why.startswith("never drawn")}


def test_impossible_pairs_have_a_reason_in_words() -> None:
    """And possible ones have none."""
    assert impossible({"kernel": "one", "stride": "inside"}) == "between 1 and 1 there is no stride"
    assert impossible({"kernel": "odd", "stride": "inside"}) == ""


@FAMILIES
def test_the_same_seed_sweeps_the_same_cases_and_another_seed_others(sheet: GeometricFamily) -> None:
    """As many as asked for, or as many as covering takes."""
    first, again, other = (list(map(str, sheet.sweep(seed, 90))) for seed in (5, 5, 6))
    assert first == again
    assert first != other
    assert len(first) >= 90
