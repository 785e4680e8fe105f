"""What a function gives at a point is the same on every line through it, and asked once in each format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.rounding import DIGITS
from checks.smooth import ahead, best
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array

pytestmark = pytest.mark.usefixtures("every_step")

X = np.array([0.5, 1.5])
ENTRIES = ({"x": np.array([1.0, 0.0])}, {"x": np.array([0.0, 1.0])})


class Noting:
    """A function that keeps what it is given."""

    def __init__(self, f: Callable[[Array], Any]) -> None:
        """``f`` takes x."""
        self.f, self.given = f, list[Array]()

    def __call__(self, arrays: dict[str, Array]) -> Any:
        """What f gives."""
        self.given.append(arrays["x"].copy())
        return self.f(arrays["x"])

    def lines(self) -> list[Line]:
        """A line along each entry of X."""
        point = Point(self, {"x": X}, np.ones(2))
        return [Line(point, each, "float64") for each in ENTRIES]


def test_what_a_function_gives_at_the_point_is_asked_once_in_each_format() -> None:
    """However many lines go through it."""
    noting = Noting(np.sin)
    for line, want in zip(noting.lines(), np.cos(X), strict=True):
        assert abs(best(line).value - want) < 1e-15
    at_rest = [x.dtype for x in noting.given if np.array_equal(x, X)]
    assert len(at_rest) == len(set(at_rest)) > 0


def test_a_function_that_takes_no_complex_numbers_is_asked_once_whether_it_does() -> None:
    """In each complex format."""

    def real(x: Array) -> Array:
        if np.iscomplexobj(x):
            raise TypeError("real numbers only")
        return np.sin(x)

    noting = Noting(real)
    assert all(best(line).known for line in noting.lines())
    assert sorted(x.dtype.name for x in noting.given if np.iscomplexobj(x)) == ["complex128", "complex256"]


def test_a_line_on_which_complex_numbers_come_too_close_to_an_end_keeps_none_of_the_others_from_them() -> None:
    """The function has an end at one entry alone."""

    def ending(x: Array) -> Array:
        if x[0].real < X[0]:
            raise (TypeError if np.iscomplexobj(x) else ValueError)("ends here")
        return np.exp(x)

    methods = [best(line).method for line in Noting(ending).lines()]
    assert methods[1] == "complex step", methods


def test_a_function_that_writes_every_answer_to_one_buffer_is_seen_to_round_as_any() -> None:
    """What it gave at the point stays as it was."""
    buffer = np.zeros(2)

    def held(x: Array) -> Array:
        buffer[:] = np.sin(x.astype(np.float32))
        return buffer

    assert [line.digits("float64") for line in Noting(held).lines()] == [DIGITS["float32"]] * 2


def test_a_derivative_ahead_asks_for_nothing_behind() -> None:
    """There the function may be another."""
    noting = Noting(np.abs)
    line = Line(Point(noting, {"x": np.zeros(2)}, np.ones(2)), ENTRIES[0], "float64")
    assert ahead(line).value == 1.0
    assert min(x[0] for x in noting.given) == 0.0
