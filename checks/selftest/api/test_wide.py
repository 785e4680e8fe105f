"""The wide look, the pace of slow layers, and the first calls that a layer gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.adapters import adapt
from checks.examination import Examination
from checks.families import family
from checks.hearing import Here
from checks.oracles.reference import Reference
from checks.scope import room
from checks.scope.limits import Limits
from checks.scope.pace import Pace
from checks.scope.spend import first_round
from checks.scope.wide import Wide, taken, wide_cases
from checks.types import Array
from reference_impl import conv_backward, conv_forward, max_pool_backward, max_pool_forward


def _wrong_in_a_corner(dy: Array, saved: Any) -> Any:
    """Right, but with stride and dilation and groups in half precision, where the last tap of dweight is left out."""
    dx, dweight, dbias = conv_backward(dy, saved)
    windows = saved.windows
    if min(windows.stride) > 1 and min(windows.dilation) > 1 and saved.groups > 1 and dy.dtype == np.float16:
        dweight[..., -1] = 0
    return dx, dweight, dbias


@pytest.mark.long
def test_a_mistake_that_needs_four_settings_is_met() -> None:
    """Not by the covering cases of pairs, but among random ones; the same for the same seed."""
    conv = family("conv")
    subject = adapt((conv_forward, _wrong_in_a_corner), conv.arguments)
    assert not examine(subject, "conv", cases=conv.sweep(0, 0)).wrong
    examination = Examination(subject, conv)
    wide = Wide(examination, islice(wide_cases(Limits(conv, {}), 0), 3000))
    examination.seconds = 1e9  # as if every law had been asked for that long
    wide.catch_up(lambda: 1e9)
    assert set(examination.findings) == {"reference"}
    assert examination.alone == examination.cases


@pytest.mark.parametrize("bad", [1, 4])
def test_the_first_calls_of_a_layer_are_looked_at_though_no_law_made_them(bad: int) -> None:
    """By them it is found out what the layer takes; one that is wrong in one of them alone is not repeatable."""
    calls = 0

    def backward(dy: Array, saved: Any) -> Any:
        nonlocal calls
        calls += 1
        dx = max_pool_backward(dy, saved)
        return dx * (calls != bad)

    found = examine((max_pool_forward, backward), like="max_pool2d", budget="1ms", laws=["repeatable"])
    assert "first calls" in found.findings["repeatable"].verdict.why


@pytest.mark.long
def test_sizes_that_are_powers_of_two_are_met() -> None:
    """A width of 64 has vectors to itself; nothing else here is 64 wide."""

    def forward(x: Array, weight: Array, bias: Array | None = None, **settings: Any) -> tuple[Array, Any]:
        y, saved = conv_forward(x, weight, bias, **settings)
        return y * (2 if x.shape[-1] == 64 else 1), saved

    sheet = family("conv")
    subject = adapt((forward, conv_backward), sheet.arguments)
    found = examine(subject, sheet.name, cases=[case for case in sheet.unusual(0, (2,)) if case.sizes() < 3_000])
    assert found.findings["reference"].case.shapes["x"][-1] == 64


def test_a_slow_layer_is_not_given_what_would_take_longer_than_there_is() -> None:
    """The cases that are left out are counted."""
    pace = Pace(family("relu"))
    relu, pace = family("relu"), Pace(family("relu"))
    small, large = (relu.case_of({"x": (1, 1, n)}, {"at_zero": 0.0}, "float64", "distinct", 0) for n in (10, 1000))
    assert pace.affords(large, 1.0)
    pace.note(small, 0.6)
    assert list(pace.paced([large, small], lambda: 59.0)) == [small]
    assert pace.left_out == 1
    assert list(pace.paced([large, small], lambda: 60.0)) == [large, small]


def test_calls_of_a_moment_say_little_of_larger_cases() -> None:
    """Most of their time is no work; what waits is tried again when more is known."""
    relu, pace = family("relu"), Pace(family("relu"))
    small, large = (relu.case_of({"x": (1, 1, n)}, {"at_zero": 0.0}, "float64", "distinct", 0) for n in (10, 1000))
    pace.note(small, 0.1)
    assert pace.affords(large, 1.0)
    assert not pace.affords(large, 0.1)


def test_a_layer_that_takes_few_cases_is_not_searched_for_more_without_end() -> None:
    """One channel, one row and no other format, of which there are not many."""
    few = {"channels": 1, "batch": 1, "dtype": "float64", "at_zero": 0.0, "axes": lambda axes: axes == 1}
    found = examine((lambda x: (x.clip(0), x), lambda dy, x: dy * (x > 0)), "relu", budget="300ms", supports=few)
    assert not found.wrong
    none = Limits(family("relu"), {"batch": lambda batch: batch < 0})
    assert list(taken(found, none, none.family.random(0), set())) == []


def _dense(x: Array) -> tuple[Array, Array]:
    """ReLU by a matrix of all cells with all cells."""
    matrix = np.eye(x[0, 0].size, dtype=bool)
    return np.where(matrix.any(0).reshape(x.shape[2:]), x.clip(0), 0), x


def test_a_plane_for_which_there_is_no_memory_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told from two smaller planes: a layer that holds each a few times has room, one that squares it has none."""
    relu = family("relu")
    case = relu.case_of({"x": (1, 1, 65_793)}, {"at_zero": 0.0}, "float64", "distinct", 0)
    monkeypatch.setattr(room, "_free", lambda: 1 << 30)
    plain, dense = (
        Examination(adapt((forward, lambda dy, x: dy * (x > 0)), ("x",)), relu)
        for forward in (lambda x: (x.clip(0), x), _dense)
    )
    assert room.affords(plain, case)
    assert not room.affords(dense, case)
    assert Pace(relu, lambda case: room.affords(dense, case)).affords(case, 1.0) is False


def test_a_large_window_for_which_there_is_no_memory_is_left_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plane is small, and all its windows side by side are not."""
    sheet = family("conv")
    case = sheet.case_of(
        {"x": (1, 1, 1600, 3), "weight": (1, 1, 250, 2)},
        {"stride": 160, "padding": 45, "dilation": 1, "groups": 1},
        "float64",
        "integers",
        0,
    )
    monkeypatch.setattr(room, "_free", lambda: 1 << 26)
    plain = sheet.reference
    _ = plain.vjp(case)  # what a first call keeps is no part of a case

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        gradients = plain.backward(dy, saved)
        _ = np.zeros((gradients["dx"].size, gradients["dweight"].size))  # as a full correlation lays them out
        return gradients

    assert room.affords(Examination(plain, sheet), case)
    assert not room.affords(Examination(replace(plain, backward=backward), sheet), case)


def test_a_pytest_item_leaves_a_plane_for_which_there_is_no_memory_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an examination of all laws does, and says so."""
    relu = family("relu")
    monkeypatch.setattr(room, "_free", lambda: 1 << 20)
    dense = Examination(adapt((_dense, lambda dy, x: dy * (x > 0)), ("x",)), relu, (Reference(),))
    first_round(dense, Limits(relu, {"axes": 1, "at_zero": 0.0}), 5.0, 0, relu.fewest)
    assert not dense.wrong
    assert dense.cases > 0
    assert all(case.shapes["x"][2:] < (room.LARGE,) for case in dense.judged)
    assert any("left out: going by smaller ones" in note for note in dense.notes)


def test_a_plane_that_its_windows_keep_large_is_tried_as_it_is() -> None:
    """No smaller plane tells how its memory grows."""
    sheet = family("max_pool")
    config = {"kernel_size": 2, "stride": 1, "padding": 0, "dilation": 256, "ceil_mode": False}
    case = sheet.case_of({"x": (1, 1, 257, 257)}, config, "float64", "distinct", 0)
    assert room.affords(Examination(sheet.reference, sheet), case)


def test_a_case_that_ended_its_process_says_nothing_of_others() -> None:
    """Nor does one without entries, nor the start of a process."""
    relu, hearing = family("relu"), Here()
    pace = Pace(relu)
    small, empty = (relu.case_of({"x": (batch, 1, 2)}, {}, "float64", "distinct", 0) for batch in (1, 0))
    with pace.timing(small, hearing):
        hearing.deaths += 1
    pace.note(empty, 100.0)
    assert pace.known == []
    with pace.timing(small, hearing):
        hearing.starting += 100.0
    ((_, seconds),) = pace.known
    assert seconds < 1
