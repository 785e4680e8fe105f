"""Directions of analytic layers: one line of all arguments tells, then each further one takes a single forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.smooth.analytic import random_direction, seen_analytic
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array, Arrays

#: Functions of x and w whose derivative along v and u is known.
KNOWN: tuple[tuple[Callable[[Array, Array], Array], Callable[[Array, Array, Array, Array], Array]], ...] = (
    (lambda x, w: np.sin(x * w), lambda x, w, v, u: np.cos(x * w) * (v * w + x * u)),
    (lambda x, w: x / (w * w + 1), lambda x, w, v, u: v / (w * w + 1) - 2 * x * w * u / (w * w + 1) ** 2),
    (lambda x, w: np.exp(x) - w**3, lambda x, w, v, u: np.exp(x) * v - 3 * w**2 * u),
    (lambda x, w: x - x.mean() + w.sum(), lambda x, w, v, u: v - v.mean() + u.sum() + 0 * x * w),
    (lambda x, w: 1e6 * x + np.tanh(1e-6 * w), lambda x, w, v, u: 1e6 * v + 1e-6 * u / np.cosh(1e-6 * w) ** 2 + 0 * x),
)


def _lines(f: Callable[[Array, Array], Array], seed: int) -> tuple[Point, Callable[[Arrays], Line]]:
    rng = np.random.default_rng(seed)
    arrays = {"x": rng.normal(size=(3, 4)), "w": rng.normal(size=(3, 4)) * 10.0 ** rng.integers(-3, 3)}
    point = Point(lambda given: f(given["x"], given["w"]), arrays, rng.normal(size=(3, 4)))
    return point, lambda direction: Line(point, direction, "float64")


@pytest.mark.parametrize("number", range(len(KNOWN)))
def test_what_is_stated_of_a_direction_holds(number: int) -> None:
    """The true error is no larger, along directions of one argument and of both."""
    (f, slope), told = KNOWN[number], 0
    for seed in range(40):
        point, through = _lines(f, seed)
        seen = seen_analytic(through({name: random_direction((3, 4), seed) for name in point.arrays}))
        if seen is None:
            continue
        rng = np.random.default_rng([seed, 3])
        v, u = rng.uniform(-1, 1, (2, 3, 4)) * np.array([(1, 1), (1, 0), (0, 1)])[seed % 3][:, None, None]
        found = seen.along(through({"x": v, "w": u}))
        x, w, v, u = (each.astype(np.longdouble) for each in (point.arrays["x"], point.arrays["w"], v, u))
        want = np.sum(point.dy * slope(x, w, v, u))
        assert abs(found.value - want) <= found.error, seed
        told += 1
    assert told > 20, "few were seen to be analytic"


def test_an_argument_that_is_taken_for_a_real_one_is_seen_among_others() -> None:
    """Along a line of all of them its part is missing."""
    for seed in range(20):
        point, through = _lines(lambda x, w: np.sin(x) + 1e-9 * w.real, seed)
        assert seen_analytic(through({name: random_direction((3, 4), seed) for name in point.arrays})) is None


def layer(factor: float, calls: list[None]) -> Any:
    """A scaled tanh of a product, which counts its forwards; its gradients are right where the factor is 1."""

    def forward(x: Array, w: Array) -> tuple[Array, Any]:
        calls.append(None)
        y = np.tanh(x @ w)
        return y, (x, w, y)

    def backward(dy: Array, saved: Any) -> tuple[Array, Array]:
        x, w, y = saved
        da = dy * (1 - y * y)
        return da @ w.T, factor * (x.T @ da)

    return forward, backward


X, W = np.random.default_rng(8).normal(size=(3, 4)), np.random.default_rng(9).normal(size=(4, 2))


def test_the_adjoint_of_an_analytic_layer_takes_few_forwards() -> None:
    """Differences along each direction would take more than a hundred, of four."""
    calls = list[None]()
    found = examine(layer(1.0, calls), inputs=(X, W), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert len(calls) < 320 * found.cases + 200  # some 60 of them find out what the layer takes


def test_it_sees_a_gradient_that_is_off_by_little() -> None:
    """By a billionth of it."""
    assert "adjoint" in examine(layer(1 + 1e-9, []), inputs=(X, W), budget="1ms", laws=["adjoint"]).findings


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("pace", "few"), [(1.0, True), (2.0**14, False)])
def test_few_steps_are_taken_where_they_tell_as_much(dtype: str, pace: float, few: bool) -> None:
    """Of a function that turns within the shortest of them all are taken, and it is seen as well."""
    asked = list[np.dtype[Any]]()

    def moved(given: Arrays) -> Array:
        asked.append(given["x"].dtype)
        return np.sin(pace * given["x"])

    rng = np.random.default_rng(2)
    point = Point(moved, {"x": rng.normal(size=4).astype(dtype)}, rng.normal(size=4))
    assert seen_analytic(Line(point, {"x": random_direction((4,), 1)}, dtype))
    assert (asked.count(np.dtype(np.longdouble)) < 70) is few, len(asked)
