"""Entries of smooth layers: few forwards where a layer is analytic, no blame of agreement, no time without end."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.examination import Examination
from checks.oracles import lines
from checks.smooth.analytic import random_direction, seen_analytic
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array

pytestmark = pytest.mark.usefixtures("every_step")

X = np.random.default_rng(5).uniform(0.3, 2.0, (4, 5))


def _line(f: Callable[[Array], Array]) -> Line:
    point = Point(lambda arrays: f(arrays["x"]), {"x": X}, np.ones(X.shape))
    return Line(point, {"x": random_direction(X.shape, 1)}, "float64")


def _layer(f: Callable[[Any], Any], slope: Callable[[Any], Any]) -> tuple[Any, Any]:
    return lambda x: (f(x), x), lambda dy, x: dy * slope(x)


@pytest.mark.parametrize("f", [np.sin, np.exp, lambda x: x**3 / (1 + x), lambda x: x @ x.T @ x], ids=range(4))
def test_an_analytic_layer_is_seen_to_be_one(f: Callable[[Array], Array]) -> None:
    """What that leaves open is far below what single entries round."""
    found = seen_analytic(_line(f))
    assert found is not None
    assert found.margin < 1e-12


def test_the_format_that_leaves_least_open_is_chosen() -> None:
    """A function may take care of 0 in its usual format alone: 1e-20 is no small step in a wider one."""
    x = np.where(np.arange(20).reshape(4, 5) == 3, 0.0, X)
    point = Point(lambda arrays: np.sinc(arrays["x"]), {"x": x}, x + 1)
    found = seen_analytic(Line(point, {"x": random_direction(X.shape, 1)}, "float64"))
    assert found is not None
    assert found.margin < 1e-10


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sin(x) + 1e-6 * np.abs(x),
        lambda x: np.exp(x) + 1e-7 * x.real,
        lambda x: np.where(np.arange(x.size).reshape(x.shape) == 7, x.real, x**2),
    ],
    ids=["a small absolute value", "a small real part", "a single entry"],
)
def test_a_part_that_takes_no_complex_numbers_is_seen(f: Callable[[Array], Array]) -> None:
    """However small it is, and in however few entries."""
    assert seen_analytic(_line(f)) is None


@pytest.mark.usefixtures("every_variation")
def test_entries_of_an_analytic_layer_take_few_forwards() -> None:
    """Differences along each would take more than a hundred."""
    calls = 0

    def forward(x: Array) -> tuple[Array, Array]:
        nonlocal calls
        calls += 1
        return np.sin(x), x

    found = examine((forward, lambda dy, x: dy * np.cos(x)), inputs=(X,), budget="1ms", laws=["finite differences"])
    assert not found.wrong
    assert calls < 25 * X.size * found.cases


def test_one_wrong_entry_of_an_analytic_layer_is_named() -> None:
    """By a billionth of it."""

    def backward(dy: Array, x: Array) -> Array:
        dx = dy * np.cos(x)
        dx[2, 3] *= 1 + 1e-9
        return dx

    layer = (lambda x: (np.sin(x), x), backward)
    found = examine(layer, inputs=(X,), budget="1ms", laws=["finite differences"]).findings["finite differences"]
    assert found.verdict.worst is not None
    assert found.verdict.worst.index == (2, 3)


@pytest.mark.sweep("laws about steps", 2)
@pytest.mark.parametrize("law", ["finite differences", "adjoint"])
@pytest.mark.parametrize("f", [np.sign, np.floor, lambda x: np.round(4 * x) / 4], ids=["sign", "floor", "quantised"])
def test_a_gradient_handed_straight_through_steps_is_wrong(f: Callable[[Array], Array], law: str) -> None:
    """The derivative of steps is known to be 0, though nothing can be said of a gradient that agrees with that."""
    inputs = (X[:2, :3],)
    assert examine(_layer(f, np.ones_like), inputs=inputs, budget="1ms", laws=[law]).wrong
    assert not examine(_layer(f, np.zeros_like), inputs=inputs, budget="1ms", laws=[law, "linearity"]).wrong


def test_a_slow_layer_has_some_entries_tried_and_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is said to be excluded in whichever entry, where few were looked at."""

    def forward(x: Array) -> tuple[Array, Array]:
        time.sleep(0.002)
        return np.abs(x) * x, x

    monkeypatch.setattr(lines, "SECONDS", 0.001)
    layer = (forward, lambda dy, x: dy * 2 * np.abs(x))
    found = examine(layer, inputs=(X,), budget="1ms", laws=["finite differences"])
    assert not found.wrong
    tally = found.tallies["finite differences"]
    assert tally.compared == found.cases
    assert tally.blind_elements == sum(prod(case.shapes["x"]) - 1 for case in found.judged)
    assert not found.exclusion.resolutions
    some = "nothing in whichever entry of dx, of which derivatives of some are tried"
    assert story(found).count("a pass excludes") == story(found).count(f"in one entry of float64: {some}") == 1


def test_a_slow_layer_has_few_steps_taken_along_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right one is right, and a wrong one found, by some 40 forwards fewer on each case."""
    calls = list[Array]()

    def forward(x: Array) -> tuple[Array, Array]:
        calls.append(x)
        return np.abs(x) * np.sin(x), x

    def slope(x: Array) -> Array:
        return np.asarray(np.sign(x) * np.sin(x) + np.abs(x) * np.cos(x))

    def asked(off: float) -> Examination:
        calls.clear()
        return examine((forward, lambda dy, x: dy * slope(x) * off), inputs=(X,), budget="1ms", laws=["adjoint"])

    assert not asked(1.0).wrong
    usual = len(calls)
    monkeypatch.setattr(lines, "SLOW", 0.0)
    found = asked(1.0)
    assert not found.wrong
    assert found.tallies["adjoint"].right
    assert len(calls) <= usual - 40 * found.cases
    assert asked(1 + 1e-6).wrong
