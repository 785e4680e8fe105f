"""Each guard is needed: with it taken away, a case that it was built for is answered wrongly and with confidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import smooth
from checks.selftest.smooth.accuracy import offering
from checks.selftest.smooth.functions import ROWS
from checks.smooth import Estimate, derivative, directional, richardson, sides
from checks.smooth.complex_step import complex_step
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array, Arrays

Patch = Callable[[pytest.MonkeyPatch], None]


def same(table: Any) -> Any:
    """Leave every step in."""
    return table


def least(_columns: Array, _errors: Array, stated: Array) -> tuple[int, int]:
    """The entry with the least error, whatever finer ones say."""
    column, level = np.unravel_index(np.argmin(stated), stated.shape)
    return int(column), int(level)


GUARDS: dict[str, tuple[Patch, str, str, float]] = {
    "what changes at finer steps is noise": (
        lambda patch: patch.setattr(richardson, "SAFETY", 0.0), "cancels: log(1 + x)", "float32", 0.022336186841130257,
    ),
    "slopes from both sides must meet": (
        lambda patch: patch.setattr(richardson, "MEETS", np.inf), "ReLU", "float64", 0.0,
    ),
    "noise as large as the slope says nothing": (
        lambda patch: patch.setattr(richardson, "LOST", 1e9), "wave at home", "float32", 0.8617026805877686,
    ),
    "finer entries must agree": (
        lambda patch: patch.setattr(richardson, "_choose", least), "ripple", "float32", 0.3550959527492523,
    ),
    "stairs are left out": (
        lambda patch: patch.setattr(sides, "without_stairs", same), "cancels: exp - 1", "float32", 2.0**-24,
    ),
}  # fmt: skip


def confident(found: Estimate, want: float) -> bool:
    """Whether an estimate is known and does not contain the truth."""
    return found.known and not abs(found.value - want) <= found.error


@pytest.mark.parametrize("name", GUARDS)
def test_without_this_guard_a_wrong_answer_is_given(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right or NaN with the guard; wrong and sure of itself without."""
    take_away, function, dtype, x = GUARDS[name]
    (row,) = (row for row in ROWS if row.name == function)
    asked = offering(_in_an_array(row.f), "own format", dtype)
    want = float(row.derivative(np.longdouble(x)))
    assert not confident(derivative(asked, x, dtype), want)
    take_away(monkeypatch)
    assert confident(derivative(asked, x, dtype), want)


def _in_an_array(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same function of a number, computed in its format: NumPy 1 adds 1 to a float32 alone in float64."""
    return lambda x: f(np.full(1, x, np.asarray(x).dtype))[0]


def test_a_complex_step_alone_would_take_any_function_for_analytic() -> None:
    """abs(x + i s) has no imaginary part: the complex step says 0 and is sure; the differences know better."""
    one = np.ones(())
    flat = Line(Point(lambda arrays: np.abs(arrays["x"]) + 0j, {"x": 0.5 * one}, one), {"x": one}, "float64")
    assert confident(complex_step(flat, "complex128"), 1.0)
    assert not confident(derivative(np.abs, 0.5), 1.0)


def normalized(arrays: Arrays) -> Array:
    """Rows of length 1, as PyTorch has them: the length of complex numbers is that of their absolute values."""
    x = arrays["x"]
    if x.dtype in {np.dtype(np.longdouble), np.dtype(np.clongdouble)}:
        raise TypeError("PyTorch has no such numbers")
    length = np.sqrt((np.abs(x) ** 2).sum(1, keepdims=True))
    return np.asarray(x / np.maximum(length, 1e-12))


def test_a_complex_step_is_not_believed_where_one_row_alone_is_not_analytic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its part is small beside that of a row of zeros, which a sum of both hides."""
    rng = np.random.default_rng(0)
    x, v, dy = rng.normal(size=(4, 3)), rng.uniform(-1, 1, (4, 3)), rng.normal(size=(4, 3))
    x[3] = 0
    unit, length = x[:3] / np.linalg.norm(x[:3], axis=1)[:, None], np.linalg.norm(x[:3], axis=1)[:, None]
    rows = (dy[:3] - unit * (dy[:3] * unit).sum(1, keepdims=True)) / length
    want = (rows * v[:3]).sum() + (dy[3] * v[3]).sum() / 1e-12
    found = directional(normalized, {"x": x}, {"x": v}, dy)
    assert not found.known or abs(found.value - want) <= found.error
    monkeypatch.setattr(smooth, "moves_otherwise", lambda *_: False)
    found = directional(normalized, {"x": x}, {"x": v}, dy)
    assert abs(found.value - want) > found.error


def until_still(x: Any) -> Any:
    """The z that tanh(0.4 z + x) is: found by going on until z no longer moves."""
    z = 0 * x
    for _ in range(500):
        before, z = z, np.tanh(0.4 * z + x)
        if abs(z - before) < 1e-15:
            break
    return z


def test_steps_at_which_a_loop_stops_at_once_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 0 it has nothing to do, and along steps shorter than its own it does nothing either."""
    want = 1 / (1 - 0.4)
    assert not confident(derivative(until_still, 0.0), want)
    beside = derivative(until_still, 0.1)
    assert beside.known
    monkeypatch.setattr(sides, "SHORT", 0.0)
    monkeypatch.setattr(sides, "on_stairs", lambda *_: False)
    assert confident(derivative(until_still, 0.0), want)
