"""Which gradients are missing where the others came in order: their shapes tell."""

from __future__ import annotations

import numpy as np
import pytest

from checks import examine, story
from checks.shapes import in_order
from checks.types import Array, Shape

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("came", "meant"),
    [
        ({"x": (3, 4), "w": (4,)}, [("w", "b")]),
        ({"x": (2, 3), "w": (3, 4)}, [("x", "w")]),
        ({"x": (2, 3)}, [("x",)]),
        ({"x": (4,)}, [("b",)]),
        ({"w": (3, 4), "b": (4,)}, [("w", "b")]),
        ({"x": (9,)}, [("x",)]),
    ],
)
def test_gradients_in_order_are_of_arguments_of_their_shapes(
    came: dict[str, Shape], meant: list[tuple[str, ...]]
) -> None:
    """And of those whose names they have where these fit, or nothing does."""
    arrays = {"x": np.zeros((2, 3)), "w": np.zeros((3, 4)), "b": np.zeros(4)}
    assert in_order({name: np.zeros(shape) for name, shape in came.items()}, arrays) == meant


def test_where_shapes_leave_it_open_both_are_named() -> None:
    """The names under which they came stand first."""
    square = {name: np.zeros((3, 3)) for name in ("x", "w")}
    assert in_order({"x": np.zeros((3, 3))}, square) == [("x",), ("w",)]


def test_of_a_pair_that_leaves_out_the_first_the_headline_says_what_to_write() -> None:
    """And with that it is examined."""

    def forward(x: Array, w: Array, b: Array) -> tuple[Array, Array]:
        return x @ w + b, x

    def backward(dy: Array, x: Array) -> tuple[Array, Array]:
        return x.T @ dy, dy.sum(0)

    inputs = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 4)), RNG.normal(size=4)
    told = story(examine((forward, backward), inputs=inputs, budget="1ms")).splitlines()[0]
    assert "one that gives no dx by design says so: supports={'gradients': ['w', 'b']} (" in told
    found = examine((forward, backward), inputs=inputs, supports={"gradients": ["w", "b"]}, budget="1ms")
    assert not found.wrong, story(found)
