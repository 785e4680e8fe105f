"""Sums that are known from dy: the formula against loops by definition, and each way of breaking it seen."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from checks.families import family
from checks.invariants.conservation import Conservation
from checks.selftest.spoil import case_of, faults, of_dy, spoiled
from checks.types import Arrays, Config


def _cells(start: int, config: Config, size: int) -> list[int]:
    """Positions of one window along one axis that lie in x."""
    return [i for i in range(start, start + config["kernel_size"]) if 0 <= i < size]


def _counted(start: int, config: Config, size: int) -> int:
    """Cells of a window that lie in x and its padding."""
    low, high = -config["padding"], size + config["padding"]
    return sum(low <= i < high for i in range(start, start + config["kernel_size"]))


def _sum_by_loops(dy: Any, x: tuple[int, ...], config: Config) -> Any:
    """What reaches dx for each sample and channel: every upstream value, cell by cell of its window."""
    total = np.zeros(dy.shape[:2])
    for place in np.ndindex(*dy.shape[2:]):
        starts = [o * config["stride"] - config["padding"] for o in place]
        inside = list(product(*(_cells(start, config, x[a + 2]) for a, start in enumerate(starts))))
        whole = np.prod([_counted(start, config, x[a + 2]) for a, start in enumerate(starts)])
        divisor = config["divisor_override"] or (whole if config["count_include_pad"] else len(inside))
        for _ in inside:
            total += dy[(..., *place)] / divisor
    return total


@pytest.mark.sweep("settings of the sum law", 4)
@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("count_include_pad", [False, True])
@pytest.mark.parametrize("divisor", [None, 1, 7])
@pytest.mark.parametrize(("kernel", "padding"), [(1, 0), (2, 0), (2, 1), (3, 1), (4, 2)])
@pytest.mark.parametrize("stride", [1, 2, 3, 5])
def test_the_sum_law_of_average_pooling_is_the_loops_own(
    axes: int, ceil_mode: bool, count_include_pad: bool, divisor: int | None, kernel: int, padding: int, stride: int
) -> None:
    """Padding, overhanging windows, and every rule for the divisor."""
    sheet, x = family("avg_pool"), (2, 3, *(5, 6)[:axes])
    modes = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad, "divisor_override": divisor}
    config = {"kernel_size": kernel, "stride": stride, "padding": padding, **modes}
    case = sheet.case_of({"x": x}, config, "float64", "normal", 0)
    (law,) = sheet.sum_laws(case.shapes, case.config)
    np.testing.assert_allclose(
        (case.dy * law.share).sum(law.dy_axes), _sum_by_loops(case.dy, x, config), rtol=1e-13, atol=1e-13
    )


BREAKS: dict[str, tuple[str, Callable[[Arrays], Arrays]]] = {
    "copied to each cell undivided": ("avg_pool", lambda found: found | {"dx": found["dx"] * 4}),
    "one cell lost": ("avg_pool", lambda found: found | {"dx": _without_one(found["dx"])}),
    "sent to two winners": ("max_pool", lambda found: found | {"dx": found["dx"] * 2}),
    "winner forgotten": ("max_pool", lambda found: found | {"dx": found["dx"] * 0}),
    "dbias a mean": ("conv", lambda found: found | {"dbias": found["dbias"] / 18}),
    "dbias of the first sample": ("conv", lambda found: found | {"dbias": found["dbias"] - 1}),
    "channels swapped": ("max_pool", lambda found: found | {"dx": found["dx"][:, ::-1].copy()}),
    "samples swapped": ("max_pool", lambda found: found | {"dx": found["dx"][::-1].copy()}),
}


def _without_one(dx: Any) -> Any:
    spoilt = dx.copy()
    spoilt.flat[np.argmax(np.abs(dx))] = 0
    return spoilt


@pytest.mark.parametrize("fault", list(BREAKS))
def test_a_gradient_that_does_not_conserve_its_sum_is_seen(fault: str) -> None:
    """Per sample and channel: a sum over everything would not see channels that change places."""
    name, change = BREAKS[fault]
    of = "dbias" if name == "conv" else "dx"
    assert faults(Conservation(), spoiled(name, change), case_of(name)) == {of}


def test_what_keeps_every_sum_is_left_to_others() -> None:
    """Flipping each plane conserves its sum."""
    flipped = spoiled("max_pool", lambda found: found | {"dx": found["dx"][:, :, ::-1].copy()})
    assert not faults(Conservation(), flipped, case_of("max_pool"))


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("kind", [0, 1])
def test_right_layers_conserve_their_sums_in_every_format(name: str, dtype: str, kind: int) -> None:
    """Twenty seeds each, and a backward that rounds dy first passes as well."""
    for seed in range(20):
        case = case_of(name, dtype, kind, seed)
        assert not faults(Conservation(), family(name).reference, case), str(case)
    assert not faults(Conservation(), of_dy(name, lambda dy: dy), case_of(name))
