"""Layers for square images: they say so, or raise on others, and are examined on squares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families import family
from checks.scope.limits import Limits, limited
from checks.types import Array
from reference_impl import conv_backward, conv_forward

SQUARES = {"square_input": True}


def by_height(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> tuple[Array, Any]:
    """The reference, with as many columns of y as it has rows."""
    y, saved = conv_forward(x, weight, bias, stride=stride, padding=padding)
    return y[:, :, :, : y.shape[2]], saved


def square_alone(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> tuple[Array, Any]:
    """The reference, which turns other images down."""
    if x.shape[2] != x.shape[3]:
        raise NotImplementedError("square images only")
    return conv_forward(x, weight, bias, stride=stride, padding=padding)


@pytest.mark.parametrize("like", ["conv", "max_pool", "avg_pool"])
@pytest.mark.parametrize(
    "beside",
    [{}, {"remainder": 0}, {"square": True}, {"stride": 1, "padding": "same"}, {"kernel_size": (2, 5)}],
    ids=str,
)
def test_every_case_is_a_square_and_there_are_many(like: str, beside: Mapping[str, Any]) -> None:
    """Of short sides and of long ones, whatever else is said."""
    if like != "conv" and "padding" in beside:
        beside = {"stride": 1}
    found, all_shapes = (list(limited(Limits(family(like), {**more, **beside})).sweep(0, 40)) for more in (SQUARES, {}))
    assert len(found) > 0.9 * len(all_shapes)
    assert all(len(set(case.shapes["x"][2:])) == 1 for case in found)
    assert {len(case.shapes["x"]) for case in found} == {3, 4, 5}
    assert len({case.shapes["x"][2] for case in found}) > 12


def test_a_layer_for_squares_is_right_on_them_and_told_how_to_say_so() -> None:
    """As many rows as columns are its assumption, of kernels too."""
    said = {"square": True, "axes": 2, "asymmetric": False}
    on_all = examine((by_height, conv_backward), like="conv2d", supports=said, budget="1ms")
    assert on_all.wrong
    assert "supports={'square_input': True}" in story(on_all)
    on_squares = examine((by_height, conv_backward), like="conv2d", supports={**said, **SQUARES}, budget="1ms")
    assert not on_squares.wrong, story(on_squares)


def test_a_layer_that_turns_others_down_is_examined_on_squares() -> None:
    """And the report says what it raised."""
    found = examine((square_alone, conv_backward), like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert "x that is no square (NotImplementedError: square images only)" in story(found)


def mixed_up(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> tuple[Array, Any]:
    """The reference, written to an array of as many rows as y has columns."""
    y, saved = conv_forward(x, weight, bias, stride=stride, padding=padding)
    out = np.zeros((*y.shape[:2], y.shape[3], y.shape[2]), y.dtype)
    for row, column in np.ndindex(y.shape[2:]):
        out[:, :, row, column] = y[:, :, row, column]
    return out, saved


def test_a_layer_that_stumbles_over_others_has_them_in_the_headline() -> None:
    """Rows and columns may be mixed up; one that turns them down on purpose is as before, as is one that says so."""
    first = story(examine((mixed_up, conv_backward), like="conv2d", budget="1ms")).splitlines()[0]
    assert "NOT EXAMINED: x that is no square" in first
    for layer, supports in ((square_alone, {}), (mixed_up, SQUARES)):
        found = examine((layer, conv_backward), like="conv2d", supports=supports, budget="1ms")
        assert "NOT EXAMINED" not in story(found).splitlines()[0]


def test_a_mistake_in_such_a_layer_is_found() -> None:
    """On squares."""

    def flipped(dy: Array, saved: Any) -> Any:
        dx, dweight, dbias = conv_backward(dy, saved)
        return np.ascontiguousarray(dx[..., ::-1]), dweight, dbias

    assert examine((square_alone, flipped), like="conv2d", budget="1ms").wrong
