"""Windows as networks have them: in each kind of groups and each mode they are met among the first cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from checks.case import Case
from checks.families import family
from checks.families.geometric import GeometricFamily
from checks.scope.limits import Limits
from checks.scope.wide import looked_at
from checks.strategies.geometry import Geometry
from checks.strategies.usual_windows import convolutions, pools
from checks.subject import Subject
from checks.types import Array, Arrays, Config

#: Cases of the wide look among which each is met: those of some seconds.
EARLY = 720

#: Numbers of such a case at the most.
MOST = 4_000

#: Whether a layer is wrong for such a geometry.
Wrong = Callable[[Geometry], bool]


def _sheet(name: str) -> GeometricFamily:
    found = family(name)
    assert isinstance(found, GeometricFamily)
    return found


CONV, AVERAGE, LARGEST = map(_sheet, ("conv", "avg_pool", "max_pool"))


def _has(geometry: Geometry, kernel: int | tuple[int, ...], stride: int, padding: int | tuple[int, ...]) -> bool:
    settings = (geometry.keyword("kernel"), geometry.keyword("stride"), geometry.keyword("before"))
    return len(geometry.axes) == len("HW") and settings == (kernel, stride, padding)


#: Convolutions that are wrong with a usual window in groups alone.
GROUPED = {
    "a row, several groups": lambda found: found.groups > 1 < found.inputs and _has(found, (1, 3), 1, (0, 1)),
    "a column, each channel": lambda found: found.groups > 1 == found.inputs and _has(found, (3, 1), 1, (1, 0)),
    "no padding, several groups": lambda found: found.groups > 1 < found.inputs and _has(found, 3, 1, 0),
    "halving, each channel": lambda found: found.groups > 1 == found.inputs and _has(found, 7, 2, 3),
    "several kernels for each channel": lambda found: found.inputs == 1 < found.groups and found.outputs > 1,
    "patches in groups": lambda found: found.groups > 1 and _has(found, 4, 4, 0),
}
#: Pools that are wrong with a usual window in one mode alone, where a last window hangs over, or none does.
IN_MODES = {
    "a row rounded up": lambda found: found.modes["ceil_mode"] and _has(found, (1, 3), 1, (0, 1)),
    "halving rounded up, padding": lambda found: (
        found.modes["ceil_mode"] and found.axes[0].remainder == 1 and _has(found, 4, 2, 1)
    ),
    "seven by seven": lambda found: not found.modes["ceil_mode"] and _has(found, 7, 7, 0),
}


def _planted(sheet: GeometricFamily, wrong: Wrong) -> Subject:
    """The reference, but where it is wrong it loses the last entry of dx."""
    backward = sheet.reference.backward

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = sheet.reference.forward(arrays, config)
        shapes = {name: value.shape for name, value in arrays.items()}
        return y, (saved, wrong(sheet.geometry_of(shapes, config)))

    def lossy(dy: Array, saved: Any) -> dict[str, Array]:
        found, lost = dict(backward(dy, saved[0])), saved[1]
        if lost and found["dx"].size:
            found["dx"] = found["dx"].copy()
            found["dx"].reshape(-1)[-1] += 1
        return found

    return replace(sheet.reference, forward=forward, backward=lossy)


def _is_met(planted: Subject, sheet: GeometricFamily) -> bool:
    early = islice(looked_at(Limits(sheet, {"axes": 2}), 0), EARLY)
    return any(_differs(planted, sheet.reference, case) for case in early)


def _differs(planted: Subject, right: Subject, case: Case) -> bool:
    got, want = planted.vjp(case).gradients["dx"], right.vjp(case).gradients["dx"]
    return bool((got != want).any())


@pytest.mark.parametrize("wrong", [pytest.param(each, id=name) for name, each in GROUPED.items()])
def test_a_convolution_that_is_wrong_with_a_usual_window_in_groups_alone_is_met(wrong: Wrong) -> None:
    """Among the cases of some seconds, which the reference passes."""
    assert _is_met(_planted(CONV, wrong), CONV)


@pytest.mark.parametrize("sheet", [pytest.param(each, id=each.name) for each in (AVERAGE, LARGEST)])
@pytest.mark.parametrize("wrong", [pytest.param(each, id=name) for name, each in IN_MODES.items()])
def test_a_pool_that_is_wrong_with_such_a_window_in_one_mode_alone_is_met(wrong: Wrong, sheet: GeometricFamily) -> None:
    """Of the average and of the largest."""
    assert _is_met(_planted(sheet, wrong), sheet)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("sheet", [pytest.param(each, id=each.name) for each in (CONV, AVERAGE, LARGEST)])
def test_each_is_a_small_layer_of_its_family(sheet: GeometricFamily, axes: int) -> None:
    """None comes twice, the reference takes each, and each has several windows along an axis with a kernel."""
    found = list(sheet.usual_windows(0, [axes]))
    assert len(set(map(str, found))) == len(found)
    for case in found:
        assert sheet.reference.vjp(case).y.shape == case.shapes["dy"]
        assert case.sizes() <= MOST
        assert all(axis.output > 1 for axis in sheet.geometry(case).axes if axis.kernel > 1)


@pytest.mark.parametrize("settings", [(3, 2, 1), (2, 2, 0), (3, 2, 0), (4, 2, 1)])
def test_each_axis_of_a_pool_comes_with_cells_beyond_its_last_window_and_without(
    settings: tuple[int, int, int],
) -> None:
    """Where its stride leaves room."""
    rests = [
        [axis.remainder for axis in each.axes] for turn in (0, 1) for each in pools(2, turn) if _has(each, *settings)
    ]
    assert {0, 1} == {row for row, _ in rests} == {column for _, column in rests}


def test_odd_and_even_sizes_of_each_axis_meet() -> None:
    """Of halving windows, in one kind of groups or another."""
    sizes = {tuple(axis.size % 2 for axis in each.axes) for each in convolutions(2) if each.axes[0].stride == 2}
    assert sizes == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_each_window_of_a_convolution_comes_in_three_kinds_of_groups() -> None:
    """One, several with several channels each, and each channel."""
    kinds = [
        "one" if each.groups == 1 else "own" if each.inputs == 1 else "several"
        for each in convolutions(2)
        if _has(each, 5, 2, 2)
    ]
    assert sorted(kinds) == ["one", "own", "several"]
