"""Derivatives from eight values of f: as good as they say, and unknown where f is another function close by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from checks.selftest.part import part
from checks.selftest.smooth.accuracy import DTYPES, OFFERS, POINTS, offering
from checks.selftest.smooth.functions import ROWS, Row
from checks.smooth import Estimate
from checks.smooth.brief import brief
from checks.smooth.line import Line
from checks.smooth.point import Point

ONE = np.ones(())


def _line(f: Callable[[Any], Any], x: float, dtype: str = "float64") -> Line:
    return Line(Point(lambda arrays: np.asarray(f(arrays["x"][()])), {"x": np.asarray(x)}, ONE), {"x": ONE}, dtype)


def _found(rows: tuple[Row, ...], offer: str, dtype: str) -> Iterator[tuple[Estimate, float]]:
    """Each with how far it is off."""
    for row in rows:
        for x in map(float, row.points(POINTS)):
            with np.errstate(all="ignore"):
                found = brief(_line(offering(row.f, offer, dtype), x, dtype))
                yield found, float(abs(found.value - row.derivative(np.longdouble(x))))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("offer", OFFERS)
def test_the_true_error_is_within_the_stated_one(offer: str, dtype: str) -> None:
    """In at least 99% of the derivatives, though these are functions that are hard to derive."""
    rows = tuple(part("functions of one number", ROWS, 3))
    known = [off <= each.error for each, off in _found(rows, offer, dtype) if each.known]
    assert len(known) > len(rows)
    assert sum(known) >= 0.99 * len(known)


@pytest.mark.parametrize(("dtype", "least"), [("float64", 1e-7), ("float32", 1e-2)])
def test_plain_functions_are_known_to_many_digits(dtype: str, least: float) -> None:
    """Half of them to far more than anybody needs who looks for a wrong formula."""
    plain = tuple(row for row in ROWS if row.kind == "plain")
    stated = [each.error / abs(each.value) for each, _ in _found(plain, "own format", dtype) if each.value]
    assert np.nanmedian(stated) < least


@pytest.mark.parametrize(
    "f",
    [np.abs, lambda x: np.maximum(x, 0), lambda x: np.sin(x) + np.abs(x) / 64],
    ids=["abs", "relu", "a small kink"],
)
def test_a_kink_is_no_derivative(f: Callable[[Any], Any]) -> None:
    """It is named as in all other derivatives."""
    assert brief(_line(f, 0.0)).at_a_kink


def _bent(at: float, x: Any) -> Any:
    return np.abs(x - at) + np.square(x)


def test_a_kink_close_by_is_unknown_or_seen_in_the_error() -> None:
    """At any distance from the point, on either side."""
    for distance in np.ldexp(1.0, -np.arange(60)):
        for at in (1.0 - distance, 1.0 + distance):
            found = brief(_line(partial(_bent, at), 1.0))
            want = 2.0 + np.sign(1.0 - at)
            assert not found.known or abs(found.value - want) <= found.error, (distance, found)


def test_a_layer_is_called_eight_times_and_once_where_nothing_moves() -> None:
    """Once for all lines through a point."""
    calls = []

    def f(x: Any) -> Any:
        calls.append(x)
        return np.sin(x)

    line = _line(f, 1.0)
    assert abs(brief(line).value - np.cos(1.0)) < 1e-9
    assert len(calls) == 9


def test_where_a_function_has_no_number_nothing_is_known() -> None:
    """To one side of the point is enough."""
    with np.errstate(all="ignore"):
        assert not brief(_line(np.log, 0.0)).known
        assert not brief(_line(np.sqrt, 0.0)).known
