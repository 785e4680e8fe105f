"""Long windows whose sums are kept in half precision: a hazard where each number is added by itself, in y and in dx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.examination import Examination
from checks.families import family
from checks.families.windowed import each_axis
from checks.invariants.arithmetic import Arithmetic
from checks.invariants.window_sums import window_sums
from checks.judge import verdicts
from checks.scope.limits import Limits
from checks.scope.spend import first_round
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial

#: Cases of which all laws are asked however slow a layer is.
EARLY = 20

#: Windows of 81 cells, of which as many share a cell, and a single one.
LONG = (Axis(17, 9), Axis(17, 9))
WHOLE = (Axis(9, 9, 9), Axis(9, 9, 9))


def _case(name: str, axes: tuple[Axis, ...], dtype: str = "float16") -> Case:
    sheet: Any = family(name)
    found: Case = sheet.case(Geometry(2, 1, 2, 2, axes, modes=sheet.usual_modes), dtype, sheet.kinds[0], 1)
    return found


def _taps(config: Config, whole: Array, out: tuple[int, ...]) -> Iterator[Array]:
    """What each tap of the windows sees, a view."""
    kernel, stride = (each_axis(config[word], 2) for word in ("kernel_size", "stride"))
    for at in np.ndindex(*kernel):
        ends = (start + step * (count - 1) + 1 for start, step, count in zip(at, stride, out, strict=True))
        seen: tuple[Any, ...] = (..., *map(slice, at, ends, stride))
        yield whole[seen]


def _average(config: Config, x: Array, out: tuple[int, ...]) -> Array:
    total = np.zeros((*x.shape[:2], *out), x.dtype)
    for tap in _taps(config, x, out):
        total += tap
    return np.asarray(total / x.dtype.type(np.prod(each_axis(config["kernel_size"], 2))))


def _shared(config: Config, dy: Array, x: Array) -> Array:
    dx, part = np.zeros_like(x), dy / x.dtype.type(np.prod(each_axis(config["kernel_size"], 2)))
    for tap in _taps(config, dx, dy.shape[2:]):
        np.add(tap, part, out=tap)
    return dx


def _averages(of: str) -> Subject:
    """An average pooling without padding that adds up so in y, or in dx."""
    right = family("avg_pool").reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return (_average(config, arrays["x"], y.shape[2:]) if of == "y" else y), (saved, arrays["x"], config)

    def backward(dy: Array, saved: Any) -> Arrays:
        own, x, config = saved
        return {"dx": _shared(config, dy, x)} if of == "dx" else dict(right.backward(dy, own))

    return Subject("planted", forward, backward)


def _winners() -> Subject:
    """A max pooling that adds up the windows of a winner so."""
    right = family("max_pool").reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return right.forward(arrays, config)

    def backward(dy: Array, saved: Any) -> Arrays:
        dx = np.zeros((*saved.shape[:2], int(np.prod(saved.shape[2:]))), dy.dtype)
        for n, c in np.ndindex(dx.shape[:2]):
            np.add.at(dx[n, c], saved.indices[n, c].ravel(), dy[n, c].ravel())
        return {"dx": dx.reshape(saved.shape)}

    return Subject("planted", forward, backward)


@pytest.mark.parametrize("of", ["y", "dx"])
def test_a_mean_that_is_added_up_in_half_precision_is_a_hazard(of: str) -> None:
    """There alone."""
    found = verdicts(Arithmetic(), Trial(_averages(of), family("avg_pool"), _case("avg_pool", LONG)))
    said = {each.of: each.status for each in found if "add up in float32" in each.why}
    assert said == {"y": "right", "dx": "right", of: "hazard"}


def test_a_mean_of_the_whole_plane_is_one_too() -> None:
    """Where no two windows meet nothing is said of dx."""
    found = verdicts(Arithmetic(), Trial(_averages("y"), family("avg_pool"), _case("avg_pool", WHOLE)))
    assert [(each.of, each.status) for each in found if "add up in float32" in each.why] == [("y", "hazard")]


def test_windows_of_one_winner_that_are_added_up_in_half_precision_are_a_hazard() -> None:
    """What is selected is added up by nobody."""
    found = verdicts(Arithmetic(), Trial(_winners(), family("max_pool"), _case("max_pool", LONG)))
    assert [(each.of, each.status) for each in found if "add up in float32" in each.why] == [("dx", "hazard")]


@pytest.mark.parametrize("name", ["avg_pool", "max_pool"])
def test_our_own_layers_add_up_in_float32(name: str) -> None:
    """And windows of fewer cells, or in a wider format, are not asked."""
    sheet = family(name)
    found = list(window_sums("arithmetic", Trial(sheet.reference, sheet, _case(name, LONG))))
    assert found
    assert all(np.all(np.abs(each.got - each.want) <= each.bound) for each in found)
    others = (_case(name, LONG, "float32"), _case(name, (Axis(7, 4), Axis(7, 4))))
    assert not any(list(window_sums("arithmetic", Trial(sheet.reference, sheet, case))) for case in others)


@pytest.mark.parametrize("name", ["avg_pool", "max_pool"])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_such_windows_are_met_early(name: str, axes: int) -> None:
    """Of each number of axes that a layer takes, among the first cases that all laws are asked of."""
    sheet: Any = family(name)
    examination = Examination(sheet.reference, sheet, (Arithmetic(),))
    first_round(examination, Limits(sheet, {"axes": axes}), 0.01, 0, EARLY)
    trials = (Trial(sheet.reference, sheet, case) for case in examination.judged)
    assert any(list(window_sums("arithmetic", trial)) for trial in trials)
