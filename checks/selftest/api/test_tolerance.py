"""Layers that stop at a tolerance: right where they say so, as far as they say; what is off by more is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.examination import Examination
from checks.smooth import best
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array
from reference_impl import conv_backward, conv_forward

DERIVED = ("finite differences", "adjoint", "linearity")

#: Steps that are taken at most: of large numbers none is as short.
MOST = 100

X = np.random.default_rng(0).normal(size=(3, 4))


def fixed_point(stop: float) -> Callable[[Array], tuple[Array, Array]]:
    """Y = x + sin(y) / 2, until no step is longer, or there were many."""

    def forward(x: Array) -> tuple[Array, Array]:
        y = x
        for _ in range(MOST):
            y, before = x + np.sin(y) / 2, y
            if np.max(np.abs(y - before)) <= stop:
                break
        return y, y.copy()

    return forward


def backward(dy: Array, y: Array) -> Array:
    """By the implicit function theorem."""
    return np.asarray(dy / (1 - np.cos(y) / 2))


def heard(off: float, tolerance: float, stop: float = 1e-6) -> Examination:
    """What is found of the layer whose gradient is so much too large."""
    pair = fixed_point(stop), lambda dy, y: (1 + off) * backward(dy, y)
    supports = {"tolerance": tolerance} if tolerance else None
    return examine(pair, inputs=(X,), supports=supports, budget="1ms", laws=DERIVED)


@pytest.mark.parametrize("stop", [1e-4, 1e-6, 1e-9])
def test_a_layer_that_stops_is_right_where_it_says_how_far_it_may_be_off(stop: float) -> None:
    """A note says what it said; unsaid it is wrong."""
    found = heard(0.0, 4 * stop, stop)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)
    assert any(note.startswith(f"tolerance={4 * stop:g} was declared") for note in found.notes)
    assert heard(0.0, 0.0, stop).wrong


@pytest.mark.parametrize(("off", "tolerance"), [(1e-2, 1e-6), (1e-3, 1e-6), (1e-4, 1e-8)])
def test_what_is_off_by_more_is_wrong(off: float, tolerance: float) -> None:
    """A thousand times the tolerance: what derivatives of such a forward know is less than what it declares."""
    assert {"finite differences"} <= heard(off, tolerance, tolerance / 10).findings.keys()


@pytest.mark.parametrize("noise", [1e-6, 1e-3, 0.06])
def test_from_afar_no_derivative_is_told_that_is_another_one(noise: float) -> None:
    """A wave on a slope: how far each value may be off hides none of it, and the error that is stated covers it."""
    x, one = np.array(16384.5), np.ones(())
    point = Point(lambda given: np.asarray(given["x"] + np.sin(given["x"])), {"x": x}, one)
    found = best(Line(point, {"x": one}, "float64", noise=noise))
    assert not found.known or abs(found.value - (1 + np.cos(x))) <= found.error
    near = best(Line(Point(point.f, {"x": one}, one), {"x": one}, "float64", noise=noise))
    assert near.known
    assert noise < near.error < 2 * noise**0.5
    assert abs(near.value - (1 + np.cos(1.0))) <= near.error


def convolution(off: float) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A convolution of which y, and dx, are a little too large."""

    def forward(x: Array, weight: Array, bias: Array | None = None, **settings: Any) -> tuple[Array, Any]:
        y, saved = conv_forward(x, weight, bias, **settings)
        return y * y.dtype.type(1 + off), saved

    def back(dy: Array, saved: Any) -> Any:
        found = conv_backward(dy, saved)
        return found._replace(dx=found.dx * dy.dtype.type(1 - off))

    return forward, back


@pytest.mark.long
@pytest.mark.parametrize(("off", "wrong"), [(1e-7, False), (1e-4, True)])
def test_so_is_a_layer_that_is_like_a_family(off: float, wrong: bool) -> None:
    """On integers, too, of which nothing is exact then; the bound tells why."""
    supports = {"tolerance": 1e-6, "dtype": ["float64"]}
    found = examine(convolution(off), like="conv2d", supports=supports, budget="1ms")
    assert found.wrong == wrong, story(found)
    assert not wrong or "1e-06 of the largest entry, the tolerance that was declared" in story(found)
    assert "arithmetic" not in found.hazards
    assert examine(convolution(1e-7), like="conv2d", supports={"dtype": ["float64"]}, budget="1ms").wrong


@pytest.mark.parametrize("given", [-1e-6, 0.5, True, "1e-6", None])
def test_what_is_no_tolerance_is_turned_down(given: Any) -> None:
    """Before any work, and it says what is expected."""
    for question in ({"like": "conv2d"}, {"inputs": (X,)}):
        with pytest.raises(UsageError, match="expected the part of its largest entry"):
            examine((fixed_point(1e-6), backward), supports={"tolerance": given}, **question)
