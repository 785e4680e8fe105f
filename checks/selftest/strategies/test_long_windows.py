"""Windows longer than most, in each way of counting their cells, and with more cells than a byte can count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.families import family
from checks.families.windowed import axes_of
from checks.scope.limits import Limits
from checks.scope.wide import wide_cases
from checks.strategies.geometry import Axis, Geometry
from checks.strategies.mixed import EACH, LONGER, longer
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from reference_impl import avg_pool_forward, max_pool_forward
from reference_impl.pool_windows import flat_index

#: Cases of the wide look among which a mistake is met: those of some seconds.
EARLY = 480

AVERAGE, LARGEST = family("avg_pool"), family("max_pool")


def _average(wrong: Callable[[Axis, int], bool]) -> Subject:
    """An average pooling that counts all cells of a last window, where it is wrong on so many beyond the border."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = avg_pool_forward(arrays["x"], **config)
        factor = np.ones(saved.divisor.shape)
        for place, axis in enumerate(axes_of({"x": arrays["x"].shape}, config)):
            over = (y.shape[2 + place] - 1) * axis.stride + axis.kernel - axis.size - 2 * axis.before
            if config["divisor_override"] is None and over > 0 and wrong(axis, over):
                np.moveaxis(factor, place, 0)[-1] *= axis.kernel / (axis.kernel - over)
        return y, replace(saved, divisor=saved.divisor * factor)

    return replace(AVERAGE.reference, forward=forward)


def _winners_in(dtype: str) -> Subject:
    """A max pooling that numbers the cells of a window in a narrow type, where all windows lie in x."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = max_pool_forward(arrays["x"], **config)
        axes = axes_of({"x": arrays["x"].shape}, config)
        if any(axis.before for axis in axes) or config["ceil_mode"]:
            return y, saved
        starts = [np.arange(out) * axis.stride for axis, out in zip(axes, y.shape[2:], strict=True)]
        first = flat_index(starts, saved.shape[2:])
        taps = flat_index([np.arange(axis.kernel) * axis.dilation for axis in axes], saved.shape[2:]).reshape(-1)
        number = np.searchsorted(taps, saved.indices - first).astype(dtype)
        return y, replace(saved, indices=first + taps[number])

    return replace(LARGEST.reference, forward=forward)


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize(
    "planted",
    [
        pytest.param(_average(lambda axis, over: axis.kernel > 5 and over == 1 and not axis.before), id="hang by one"),
        pytest.param(_average(lambda axis, over: axis.kernel > max(6, over)), id="long and hanging"),
        pytest.param(_winners_in("int8"), id="cells in int8"),
        pytest.param(_winners_in("uint8"), id="cells in uint8"),
    ],
)
def test_what_happens_in_long_windows_alone_is_met_early(planted: Subject, axes: int) -> None:
    """Right layers pass on these cases: the same with nothing planted gives what the reference gives."""
    sheet = AVERAGE if planted.name == AVERAGE.reference.name else LARGEST
    cases = islice(wide_cases(Limits(sheet, {"axes": axes}), 0), EARLY)
    assert any(_differs(planted, sheet.reference, case) for case in cases)


def _differs(planted: Subject, right: Subject, case: Case) -> bool:
    got, want = planted.vjp(case).gradients["dx"], right.vjp(case).gradients["dx"]
    return not np.array_equal(got, want)


def test_one_layer_in_a_few_has_a_long_kernel_along_one_axis() -> None:
    """By turns along each, with as many windows as before."""
    plain = Geometry(axes=(Axis(4, 3, dilation=2), Axis(5, 3, 2)))
    found = [longer(plain, place) for place in range(2 * EACH)]
    long = [each for each in found if each != plain]
    assert [each.along("kernel") for each in long] == [(3 + LONGER, 3), (3, 3 + LONGER)]
    assert {each.along("output") for each in found} == {plain.along("output")}


def test_a_layer_of_many_products_gets_no_long_kernel() -> None:
    """It would not be light any more."""
    heavy = Geometry(inputs=4, axes=(Axis(40, 3), Axis(40, 3)))
    assert all(longer(heavy, place) == heavy for place in range(2 * EACH))
