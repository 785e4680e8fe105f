"""The first case of an examination shows most: a slow layer gets to few others."""

from __future__ import annotations

import numpy as np
import pytest

from checks.case import Case
from checks.families import family
from checks.family import Family
from checks.mistakes import known
from checks.mistakes.mistake import Evidence, Mistake
from checks.scope.limits import Limits
from checks.scope.spend import swept

#: The least part of a family's known mistakes that must show.
MOST = 2 / 3


def _shows(mistake: Mistake, sheet: Family, case: Case) -> bool:
    evidence = Evidence(sheet.reference, case.held, case.config, case.held_dy)
    wrong = mistake.gradients_of(evidence)
    return any(not np.array_equal(value, evidence.right[of]) for of, value in wrong.items())


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool", "relu"])
def test_two_of_three_known_mistakes_show_on_the_first_case(name: str) -> None:
    """Whatever the seed: the others ask for formats, for ties, or for settings that are rare."""
    sheet = family(name)
    (case,) = sheet.showing(7)
    assert sum(_shows(mistake, sheet, case) for mistake in known(sheet)) >= MOST * len(known(sheet))


def test_an_examination_begins_with_it_as_far_as_the_layer_takes_it() -> None:
    """A layer without padding has the same case without."""
    limits = Limits(family("conv"), {"axes": 2, "padding": 0})
    (showing,) = family("conv").showing(7)
    first = limits.inside(next(swept(limits, 7)))
    assert first.shapes["weight"] == showing.shapes["weight"]
    assert first.config == {**showing.config, "padding": 0}
