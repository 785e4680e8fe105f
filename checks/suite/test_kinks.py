"""At kinks, where no derivative exists, the layers follow a stated convention; the second sources follow the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks.examination import WITNESSES
from checks.families import family
from checks.suite.verdicts import demand, examine
from checks.types import Array, Config

AXES = pytest.mark.parametrize("axes", [1, 2, 3])


def _examine_at(name: str, x: Array, config: Config) -> None:
    """Every witness on a layer whose x holds these very numbers."""
    sheet = family(name)
    case = sheet.case_of({"x": x.shape}, config, "float64", sheet.kinds[0], 0).holding("x", x)
    demand(examine(case, sheet), name)


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0, -2.0])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_the_slope_of_relu_at_zero_is_its_parameter(at_zero: float, zero: float) -> None:
    """Half of the entries are zeros, of either sign."""
    x = np.where(np.arange(24) % 2, zero, np.arange(-12, 12)).reshape(2, 3, 4)
    _examine_at("relu", x, {"at_zero": at_zero})


@AXES
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_the_first_of_tied_entries_wins_the_window(axes: int, stride: int, ceil_mode: bool) -> None:
    """Entries from three values only, so that nearly every window has a tie."""
    x = np.random.default_rng(0).integers(0, 3, (2, 3, *(6,) * axes)).astype(float)
    _examine_at("max_pool", x, {"kernel_size": 3, "stride": stride, "padding": 1, "ceil_mode": ceil_mode})


@AXES
@pytest.mark.parametrize("value", [0.0, -3.0])
def test_a_constant_input_sends_each_gradient_to_the_first_cell(axes: int, value: float) -> None:
    """All entries tie, in the padding's neighbourhood too."""
    _examine_at("max_pool", np.full((2, 1, *(5,) * axes), value), {"kernel_size": 3, "stride": 1, "padding": 1})


def _with(value: float, places: Any, size: int = 36) -> Array:
    x = np.random.default_rng(1).permutation(size).astype(float)
    x[places] = value
    return x.reshape(1, 1, 6, 6)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("places", [[7], [0, 1, 6, 35]], ids=str)
def test_infinities_and_nan_take_the_place_that_pytorch_gives_them(value: float, places: list[int]) -> None:
    """NaN wins over numbers, minus infinity over padding alone."""
    x, config = _with(value, places), {"kernel_size": 2, "stride": 1}
    sheet = family("max_pool")
    case = sheet.case_of({"x": x.shape}, config, "float64", "distinct", 0).holding("x", x)
    second_sources = [witness for witness in WITNESSES if witness.law in {"reference", "textbook", "torch"}]
    demand(examine(case, sheet, second_sources), "max_pool")
