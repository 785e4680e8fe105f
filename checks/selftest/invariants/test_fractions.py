"""Averages of integers that are no integers: exact, and demanded to be no more than the format holds."""

from __future__ import annotations

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import avg_pool_backward, avg_pool_forward

CASE = (
    "avg_pool(x=(1,1,2,2), dy=(1,1,1,1); kernel_size=2, stride=1, padding=0, ceil_mode=False, count_include_pad=True, "
    'divisor_override=None; dtype="{dtype}", data="integers", span=2, unit={unit}, seed={seed})'
)
SEEDS = range(4)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("unit", [1, 4])
def test_a_mean_is_a_hazard_of_no_layer(dtype: str, unit: int) -> None:
    """Neither where it is no integer, nor where it is scaled to what lies between two subnormals."""
    cases = [CASE.format(dtype=dtype, unit=unit, seed=seed) for seed in SEEDS]
    found = examine((avg_pool_forward, avg_pool_backward), like="avg_pool", cases=cases)
    assert not found.wrong
    assert not found.hazards, story(found)


@pytest.mark.parametrize("unit", [1, 4])
def test_a_mean_that_is_off_by_less_than_its_last_whole_fraction_is_one(unit: int) -> None:
    """What no sum of integers gives is seen between integers as it is on them."""

    def forward(x: Array, **config: object) -> tuple[Array, object]:
        y, saved = avg_pool_forward(x, **config)  # type: ignore[arg-type]
        return np.asarray(y * (1 + y.dtype.type(2.0**-9)), y.dtype), saved

    layer = (forward, avg_pool_backward)
    cases = [CASE.format(dtype="float32", unit=unit, seed=seed) for seed in SEEDS]
    found = examine(layer, like="avg_pool", cases=cases, laws=["arithmetic"])
    assert "arithmetic" in found.hazards
