"""Averages whose sums overflow in float16: a hazard in y and in dx, unless one adds up in float32 or divides first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.families import family
from checks.invariants.arithmetic import Arithmetic
from checks.invariants.mean_overflow import mean_overflow
from checks.judge import verdicts
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial

SHEET: Any = family("avg_pool")


def _case(dtype: str = "float16", seed: int = 2) -> Case:
    found: Case = SHEET.case(
        Geometry(2, 1, 2, 2, (Axis(6, 2, 2), Axis(4, 2, 2)), modes=SHEET.usual_modes), dtype, SHEET.kinds[0], seed
    )
    return found


def _parts(x: Array) -> Array:
    """The four cells of each window of 2x2, in front."""
    return np.stack([x[..., row::2, column::2] for row in range(2) for column in range(2)])


def _summed(x: Array) -> Array:
    return np.asarray(_parts(x).sum(0, dtype=x.dtype) / x.dtype.type(4))


def _in_single(x: Array) -> Array:
    return np.asarray((_parts(x).sum(0, dtype=np.float32) / 4).astype(x.dtype))


def _divided_first(x: Array) -> Array:
    return np.asarray((_parts(x) / x.dtype.type(4)).sum(0, dtype=x.dtype))


def _layer(average: Any, share: Any = lambda dy: dy / dy.dtype.type(4)) -> Subject:
    def forward(arrays: Arrays, _: Config) -> tuple[Array, Any]:
        return average(arrays["x"]), None

    def backward(dy: Array, _: Any) -> Arrays:
        return {"dx": np.repeat(np.repeat(share(dy), 2, axis=-2), 2, axis=-1)}

    return Subject("planted", forward, backward)


@pytest.mark.parametrize(("average", "hazards"), [(_summed, {"y"}), (_in_single, set()), (_divided_first, set())])
def test_a_sum_that_overflows_before_it_is_divided_is_a_hazard(average: Any, hazards: set[str]) -> None:
    """The average of large numbers is one that the format holds."""
    found = verdicts(Arithmetic(), Trial(_layer(average), SHEET, _case()))
    assert {verdict.of for verdict in found if verdict.status == "hazard"} == hazards
    assert not any(verdict.status == "wrong" for verdict in found)
    assert all("overflows on its way" in verdict.why for verdict in found if verdict.status == "hazard")


def test_what_a_backward_adds_up_before_it_divides_is_a_hazard_too() -> None:
    """In dx."""
    layer = _layer(_in_single, lambda dy: (dy + dy + dy + dy) / dy.dtype.type(16))
    found = verdicts(Arithmetic(), Trial(layer, SHEET, _case()))
    assert {verdict.of for verdict in found if verdict.status == "hazard"} == {"dx"}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("name", ["avg_pool", "max_pool", "relu", "conv"])
def test_the_reference_overflows_nowhere(name: str, dtype: str) -> None:
    """It is asked in float16, of averages alone."""
    sheet: Any = family(name)
    case = next(case for case in sheet.sweep(0, 0) if case.filled).but(dtype=dtype, seed=2)
    found = list(mean_overflow("arithmetic", Trial(sheet.reference, sheet, case)))
    assert bool(found) == (name == "avg_pool" and dtype == "float16")
    assert all(np.array_equal(claim.got, claim.want) for claim in found)
