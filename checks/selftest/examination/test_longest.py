"""A report on examples says up to which lengths it looked, where it looked at more than the given ones."""

from __future__ import annotations

from functools import partial

import numpy as np

from checks import examine, story
from checks.selftest.adapters.layers_of_a_book import ReLU
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))


def test_a_report_names_the_greatest_length_of_each_axis_that_was_tried() -> None:
    """As the cases had them; those with an axis in front are left out."""
    found = examine(ReLU(), inputs=X, budget="2s", laws=["arguments unchanged"])
    first, second = (
        max(case.shapes["inputs"][axis] for case in found.judged if len(case.shapes["inputs"]) == 2) for axis in (0, 1)
    )
    assert first > 3
    assert f"\nlengths that were tried, at most: inputs ({first}, {second})" in story(found)


def test_it_says_nothing_where_no_length_was_varied() -> None:
    """Another sentence says why that is so."""

    def scaled(x: Array, w: Array) -> Array:
        return np.asarray(x * w)

    pair = (partial(scaled, w=X), lambda dy, _: dy * X)
    told = story(examine(pair, inputs=X, budget="1ms", laws=["arguments unchanged"]))
    assert "lengths that were tried" not in told
