"""Gradients without names stand in the order of the forward's own parameters, or in ours where shapes say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward

SMALL = (
    "conv(x=(1,1,1,1), weight=(1,1,1,1), bias=(1,), dy=(1,1,1,1); stride=1, padding=0, dilation=1, groups=1; "
    'dtype="float64", data="integers", span=100, unit=1, seed=3)'
)


def weight_first(w: Array, x: Array, b: Array) -> tuple[Array, Any]:
    """A convolution that takes its weight before x."""
    return conv_forward(x, w, b)


def as_forward(dy: Array, saved: Any) -> tuple[Any, ...]:
    """In the order of ``weight_first``."""
    dx, dweight, dbias = conv_backward(dy, saved)
    return dweight, dx, dbias


BACKWARDS: dict[str, Callable[..., Any]] = {
    "as its forward": as_forward,
    "as ours": conv_backward,
    "a list": lambda dy, saved: list(as_forward(dy, saved)),
}


@pytest.mark.parametrize("name", BACKWARDS)
@pytest.mark.parametrize("cases", [None, [SMALL]], ids=["swept", "of shapes that say nothing"])
def test_both_orders_are_right(name: str, cases: list[str] | None) -> None:
    """The plain case at the start has shapes that tell them apart."""
    found = examine((weight_first, BACKWARDS[name]), like="conv2d", cases=cases, budget="1ms")
    assert not found.wrong, story(found)
    assert ("its forward takes weight, x, bias" in story(found)) == (name == "as ours")


def test_the_gradient_that_is_wrong_is_named_and_the_script_takes_the_others_where_they_stand() -> None:
    """Twice dbias; a pair of our own names stands around the layer."""

    def twice(dy: Array, saved: Any) -> tuple[Any, ...]:
        first, second, dbias = as_forward(dy, saved)
        return first, second, 2 * dbias

    told = story(examine((weight_first, twice), like="conv2d", budget="1ms"))
    assert "beside   y, dx and dweight are right" in told
    assert 'return {"dx": given[1], "dweight": given[0], "dbias": given[2]}' in told


def test_an_order_that_is_neither_is_wrong_by_shape() -> None:
    """The bias's gradient in the place of the weight's."""

    def mixed(dy: Array, saved: Any) -> tuple[Any, ...]:
        dx, dweight, dbias = conv_backward(dy, saved)
        return dbias, dx, dweight

    assert "shape" in examine((weight_first, mixed), like="conv2d", budget="1ms").findings
