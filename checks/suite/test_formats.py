"""Half, single, double and long double precision; complex convolution; exact arithmetic on integers."""

from __future__ import annotations

from itertools import islice

import pytest

from checks.families import families
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.judge import verdicts
from checks.oracles import ORACLES
from checks.strategies.geometry import Axis
from checks.suite.layers import SHEETS, layer
from checks.suite.verdicts import demand, examine, examine_layer
from checks.types import Shapes
from checks.witness import Trial

FAMILIES = pytest.mark.parametrize("sheet", [pytest.param(sheet, id=name) for name, sheet in families().items()])
CASES = 25


@pytest.mark.sweep("formats of the reference layers", 2)
@FAMILIES
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_every_format_stays_within_the_rounding_of_that_format(sheet: Family, dtype: str) -> None:
    """The layers of a sweep, all of them in one format."""
    swept = islice(sheet.sweep(1, CASES), CASES)
    cases = [sheet.case_of(_arguments(case.shapes), case.config, dtype, case.data, case.seed) for case in swept]
    demand(sum(examine(case, sheet) for case in cases), f"{sheet.name}, {dtype}")


@pytest.mark.sweep("complex convolutions", 3)
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("bias", [False, True])
def test_complex_convolution_follows_the_conjugate_convention(dtype: str, axes: int, groups: int, bias: bool) -> None:
    """PyTorch, derivatives along both parts, and <dx, v> = Re <dy, J v> agree: weight and x are conjugated."""
    shapes = {"x": (2, 2 * groups, *(5, 6, 4)[:axes]), "weight": (3 * groups, 2, *(3, 2, 2)[:axes])}
    config = {"stride": 2, "padding": 1, "groups": groups}
    examine_layer("conv", shapes | ({"bias": (3 * groups,)} if bias else {}), config, dtype)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@SHEETS
def test_integers_come_out_equal_not_merely_close(sheet: GeometricFamily, dtype: str) -> None:
    """On integers whose sums the format holds, every witness that speaks says exact; windows of four cells."""
    case = layer(sheet, (Axis(5, 2, 2), Axis(4, 2, 2)), dtype=dtype, seed=3)
    for witness in ORACLES:
        for verdict in verdicts(witness, Trial(sheet.reference, sheet, case)):
            assert verdict.status == "blind" or verdict.exact, str(verdict)


def _arguments(shapes: Shapes) -> Shapes:
    return {name: shape for name, shape in shapes.items() if name != "dy"}
