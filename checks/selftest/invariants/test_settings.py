"""Settings of other calls: only what is right by itself can be spoiled by them."""

from __future__ import annotations

from itertools import islice

from checks.families import families, family
from checks.selftest.contracts.plant import cases, complaints
from checks.subject import Subject
from checks.types import Array, Arrays, Config

CASES = 60


def test_a_layer_that_is_wrong_by_itself_is_left_to_other_laws() -> None:
    """Padding is forgotten whatever was called before: nothing is kept between calls."""
    right = family("avg_pool").reference

    def forgets(arrays: Arrays, config: Config) -> tuple[Array, object]:
        y, _ = right.forward(arrays, config)
        return y, right.forward(arrays, {**config, "count_include_pad": False})[1]

    found = list(complaints(Subject("planted", forgets, right.backward), "avg_pool", cases("avg_pool")))
    assert found
    assert "settings" not in {verdict.law for verdict in found}


def test_cases_that_are_alike_differ_in_their_settings_alone() -> None:
    """Shapes, dy and format stay; there are some for windows of every family that has them."""
    for name in set(families()) - {"relu"}:
        swept = list(islice(family(name).sweep(0, 0), CASES))
        alike = [(case, other) for case in swept for other in family(name).alike(case)]
        assert len({case for case, _ in alike}) > CASES / 10
        assert all(case.shapes == other.shapes and case.config != other.config for case, other in alike)


def test_a_larger_case_keeps_its_settings() -> None:
    """Every array grows, or keeps its size where the layer's parameters do."""
    for name in families():
        for case in islice(family(name).sweep(0, 0), CASES):
            larger = family(name).larger(case)
            assert larger.config == case.config
            assert larger.shapes["x"] > case.shapes["x"]
            assert larger.shapes["dy"] > case.shapes["dy"]
