"""What is no example is refused before any work, with its value, what was expected and what to do next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch  # noqa: F401 - where it is loaded, examples may be turned into tensors
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from checks import UsageError, examine, story
from checks.adapters.demands import LARGEST
from checks.types import Array

X = np.random.default_rng(0).standard_normal((2, 3))


def cube(x: Array) -> tuple[Array, Array]:
    """Cube."""
    return x * x * x, x


def cube_backward(dy: Array, x: Array) -> Array:
    """Right."""
    return 3 * dy * x * x


def halves(x: Array) -> tuple[Array, Array]:
    """Half of x: what is large stays finite."""
    return x / 2, x


REFUSED: dict[str, tuple[Any, str]] = {
    "objects": ((np.array([1.0, None], object),), r"inputs\[0\]=array\(\[1.0, None\], dtype=object\) is of object; .*"),
    "dates": ({"x": np.array(["2020-01-01"], "M8[D]")}, r"inputs\['x'\]=.* is of datetime64\[D\]; expected floating"),
    "spans of time": (np.array([1], "m8[D]"), r"inputs=.* is of timedelta64\[D\]; expected floating"),
    "fields": (([np.zeros(2, [("a", "f8")])],), r"inputs\[0\]\[0\]=.* is of \[\('a', '<f8'\)\]; expected floating"),
    "a generator": ((X for _ in range(2)), "is of generator; expected examples, .*: of a function what it returns"),
    "a function": (lambda: (X,), r"is of function; expected examples, such as inputs=\(x, w\), or a Hypothesis strat"),
    "text": ("layers:examples", r"inputs='layers:examples' is text; expected examples, .*for the command line alone"),
    "without entries": (
        np.zeros((0, 3)),
        r"x of shape \(0, 3\) without a single number; expected",
    ),
    "too large": ((X * 1e308,), r"x\[0, 0\] is 1.2\d*e\+307; expected 2.8e\+306 at most, .*strategy: min_value"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_example_is_refused_by_its_place(name: str) -> None:
    """Also where a framework is loaded that cannot hold it."""
    inputs, message = REFUSED[name]
    with pytest.raises(UsageError, match=message):
        examine((cube, cube_backward), inputs=inputs, budget="1ms")


BIG_ENDIAN: dict[str, Any] = {
    "by position": (X.astype(">f8"),),
    "by name": {"x": X.astype(">f4")},
    "by itself": X.astype(">f2"),
    "drawn": hnp.arrays(">f8", (2, 3), elements=st.floats(-2, 2)),
}


@pytest.mark.parametrize("name", BIG_ENDIAN)
def test_another_order_of_bytes_is_taken(name: str) -> None:
    """The layer sees this machine's own, and a mistake is found as ever."""
    asked: dict[str, Any] = {"inputs": BIG_ENDIAN[name], "budget": "1ms"}
    found = examine((cube, cube_backward), **asked)
    assert not found.wrong, story(found)
    assert all(case.array("x").dtype.isnative for case in found.judged)
    assert examine((cube, lambda dy, x: dy * x * x), **asked).wrong


@pytest.mark.usefixtures("every_variation")
def test_the_largest_examples_that_are_taken_can_be_examined() -> None:
    """Their variations and the steps beside them are finite."""
    found = examine((halves, lambda dy, _: dy / 2), inputs=(X / np.abs(X).max() * LARGEST * 0.999,), budget="1ms")
    assert not found.wrong, story(found)


def test_whole_numbers_for_a_layer_that_names_nothing_are_refused() -> None:
    """They are held by name, and ``*args`` has none; the message shows a function that has."""

    def gathered(*args: Array) -> tuple[Array, Array]:
        return args[0][args[1]], args[1]

    with pytest.raises(UsageError, match=r"gathered has no parameter of its own for x1, which is held") as info:
        examine((gathered, cube_backward), inputs=(X, np.array([1, 0])), budget="1ms")
    assert "def forward(x, labels): return gathered(x, labels)" in str(info.value)
