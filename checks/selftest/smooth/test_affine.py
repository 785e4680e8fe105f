"""Arguments in which a layer is affine: one line of all entries tells, then each entry takes few values."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.smooth.affine import Affine, seen_affine
from checks.smooth.analytic import random_direction
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array

RNG = np.random.default_rng(5)
MATRIX = RNG.normal(size=(12, 40))
DTYPES = ("float64", "float32")


def _point(f: Callable[[Array], Array], x: Array) -> Point:
    return Point(
        lambda given: f(given["x"]), {"x": x}, np.random.default_rng(3).normal(size=f(x).shape).astype(x.dtype)
    )


def _seen(point: Point, seed: int = 1) -> Affine | None:
    x = point.arrays["x"]
    return seen_affine(Line(point, {"x": random_direction(x.shape, seed)}, x.dtype.name))


def _along_entry(point: Point, seen: Affine, place: int) -> Any:
    x = point.arrays["x"]
    unit = np.zeros(x.shape)
    unit[place] = 1
    return seen.along(Line(point, {"x": unit}, x.dtype.name))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e8])
def test_what_is_stated_of_an_entry_holds(scale: float, dtype: str) -> None:
    """The true error is no larger, for entries of all sizes, and the layer is mostly seen to be affine."""
    matrix, told = (scale * MATRIX).astype(dtype), 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        x = (rng.normal(size=40) * 10.0 ** rng.integers(-3, 3, 40)).astype(dtype)
        point = _point(lambda x: matrix.astype(x.dtype) @ x + 1, x)
        seen = _seen(point, seed)
        if seen is None:
            continue
        for place in range(0, 40, 7):
            found = _along_entry(point, seen, place)
            want = np.sum(point.dy.astype(np.longdouble) * matrix[:, place].astype(np.longdouble))
            assert found.known, found.method
            assert abs(found.value - want) <= found.error, (seed, place)
            told += 1
    assert told > 150


def test_the_stated_error_is_a_few_roundings() -> None:
    """So that hardly a mistake is too small to be seen."""
    point = _point(lambda x: MATRIX @ x, RNG.normal(size=40))
    seen = _seen(point)
    assert seen
    assert max(_along_entry(point, seen, place).error for place in range(40)) < 1e-12


@pytest.mark.parametrize(
    "f",
    [np.sin, np.square, np.abs, np.tanh, np.sort, lambda x: np.maximum(x, 0), lambda x: x * x.mean(), np.rint],
    ids=["sine", "square", "abs", "tanh", "sort", "relu", "normalized", "rounded"],
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_what_bends_is_not_seen_to_be_affine(f: Callable[[Array], Array], dtype: str) -> None:
    """Nor what has corners or steps."""
    x = np.random.default_rng(7).normal(size=40).astype(dtype)
    assert not any(_seen(_point(f, x), seed) for seed in range(10))


def test_a_row_that_bends_is_seen_beside_one_that_is_far_larger() -> None:
    """A sum of both does not show it."""
    x = np.random.default_rng(7).normal(size=4)
    assert _seen(_point(lambda x: np.stack([1e12 * x.sum(), np.sum(x * x)]), x)) is None


@pytest.mark.parametrize("place", [0, 1], ids=["a zero", "another entry"])
@pytest.mark.parametrize(
    "around",
    [
        lambda d: np.where(np.abs(d) < 1e-9, 0, d),
        lambda d: np.where(d < 0, 2 * d, d),
        lambda d: np.where(d == 0, 1, d),
        lambda d: np.where(d > 0.05, 0.05, d),
    ],
    ids=["flat close by", "a corner", "a jump", "a ceiling"],
)
def test_an_entry_along_which_f_is_another_function_is_left_to_others(around: Any, place: int) -> None:
    """Close by or further off, and whatever the other entries do."""
    x = np.random.default_rng(7).normal(size=40)
    x[0] = 0
    matrix = MATRIX.copy()

    def f(given: Array) -> Array:
        moved = given.copy()
        moved[place] = x[place] + around(given[place] - x[place])
        return np.asarray(matrix.astype(given.dtype) @ moved)

    straight = _seen(_point(lambda given: matrix.astype(given.dtype) @ given, x))
    assert straight
    assert not _along_entry(_point(f, x), straight, place).known
    assert _along_entry(_point(f, x), straight, 5).known


def _counting(factor: float, calls: list[None]) -> Any:
    """A matrix times x that takes real numbers alone, and counts its forwards; dx is right where the factor is 1."""

    def forward(x: Array) -> Array:
        calls.append(None)
        return np.asarray(MATRIX.astype(x.real.dtype) @ x.real)

    return forward, lambda dy: factor * (MATRIX.T.astype(dy.dtype) @ dy)


def test_an_affine_layer_takes_few_forwards() -> None:
    """Of forty entries each would take more than a hundred."""
    calls = list[None]()
    found = examine(_counting(1.0, calls), inputs=(RNG.normal(size=40),), budget="1ms", laws=["finite differences"])
    assert not found.wrong, story(found)
    assert len(calls) < 10 * 40 * found.cases


def test_it_sees_a_gradient_that_is_off_by_little() -> None:
    """By a part in 10**12 of it."""
    layer = _counting(1 + 1e-12, [])
    found = examine(layer, inputs=(RNG.normal(size=40),), budget="1ms", laws=["finite differences"])
    assert "finite differences" in found.findings


def test_a_zero_beside_which_f_has_no_numbers_is_left_to_others() -> None:
    """Without a word of NumPy's about them."""
    x = np.random.default_rng(7).normal(size=40)
    x[0] = 0
    straight = _seen(_point(lambda given: MATRIX.astype(given.dtype) @ given, x))
    assert straight

    def f(given: Array) -> Array:
        y = MATRIX.astype(given.dtype) @ given
        y[0] = np.where(given[0] > 0, np.inf, y[0])
        return np.asarray(y)

    point = _point(f, x)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert not _along_entry(point, straight, 0).known
    assert not told
