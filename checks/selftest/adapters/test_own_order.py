"""Gradients without names stand in the order of the forward's own parameters, or in ours where shapes say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from checks import examine, story
from checks.shapes import misshapen
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


def named(dy: Array, saved: Any) -> tuple[Any, ...]:
    """The bias's gradient in the place of the weight's, by its name."""
    dx, dweight, dbias = conv_backward(dy, saved)
    return dbias, dx, dweight


def nameless(dy: Array, saved: Any) -> tuple[Any, ...]:
    """The same without one."""
    gradients = conv_backward(dy, saved)
    return gradients[2], gradients[0], gradients[1]


@pytest.mark.parametrize(("backward", "shown"), [(named, "names"), (nameless, "shapes")])
def test_an_order_that_is_neither_is_read_from_names_or_shapes(backward: Callable[..., Any], shown: str) -> None:
    """A note says which."""
    found = examine((weight_first, backward), like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert f"gives its gradients in the order bias, x, weight, as their {shown} show" in story(found)


LAWS = ["finite differences"]
SQUARE = (np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[2.0, 1.0], [-1.0, 4.0]]), np.array([0.5, -1.0]))


def affine(a_prev: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """A product of matrices that are alike in shape, and a bias."""
    return a_prev @ w + b, (a_prev, w)


def in_its_order(dz: Array, cache: Any) -> tuple[Array, ...]:
    """As courses return them."""
    a_prev, w = cache
    dw = a_prev.T @ dz
    db = dz.sum(axis=0)
    da_prev = dz @ w.T
    return dw, db, da_prev


def wrong_there(dz: Array, cache: Any) -> tuple[Array, ...]:
    """Twice that of the weight."""
    dw, db, da_prev = in_its_order(dz, cache)
    dw = 2 * dw
    return dw, db, da_prev


def exchanged(dz: Array, cache: Any) -> tuple[Array, ...]:
    """The values of two of them are exchanged, beneath names that say otherwise."""
    da_prev, db, dw = in_its_order(dz, cache)
    return dw, db, da_prev


def test_names_tell_gradients_apart_whose_shapes_are_alike() -> None:
    """Of square matrices."""
    found = examine((affine, in_its_order), inputs=SQUARE, budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "in the order w, b, a_prev, as their names show, and its forward takes a_prev, w, b" in story(found)


def test_what_is_wrong_in_an_order_of_its_own_is_found_by_its_name() -> None:
    """And what stands under a wrong name is wrong."""
    found = examine((affine, wrong_there), inputs=SQUARE, budget="1ms", laws=LAWS)
    assert {each.verdict.of for each in found.findings.values()} == {"dw"}
    assert examine((affine, exchanged), inputs=SQUARE, budget="1ms", laws=LAWS).wrong


def test_names_that_shapes_contradict_tell_nothing() -> None:
    """A weight's gradient that is called like that of x is still the second."""

    def misnamed(dz: Array, cache: Any) -> tuple[Array, ...]:
        dw, db, da_prev = in_its_order(dz, cache)
        dw, da_prev = da_prev, dw
        return dw, da_prev, db

    x = np.array([[1.0, -2.0], [0.5, 3.0], [1.5, 2.5]])
    found = examine((affine, misnamed), inputs=(x, *SQUARE[1:]), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)


def test_an_order_that_nobody_can_tell_is_asked_for() -> None:
    """Of which arguments they have the shapes is said."""
    gradients, arrays = (
        {"dx": np.ones((2, 2)), "dw": np.ones(2), "db": np.ones((2, 2))},
        dict(zip("xwb", SQUARE, strict=True)),
    )
    told, _ = misshapen(gradients, arrays, ())
    assert told.endswith("the shapes of x or w, b, x or w, in this order: give them as dx, dw, db, or by name")


SOFT = np.exp(np.random.default_rng(8).standard_normal((4, 5)))
TARGETS = SOFT / SOFT.sum(axis=-1, keepdims=True)


def weighed(logs: Array, targets: Array) -> tuple[Array, Any]:
    """A mean over samples, of which one argument keeps its rows' sums: it stays while the other gets other lengths."""
    return np.asarray(-(targets * logs).sum() / len(logs)), (logs, targets)


def in_order(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Of as many entries as both have together, whichever of them was repeated."""
    logs, targets = saved
    return -dy * targets / len(logs), -dy * logs / len(logs)


def out_of_order(dy: Array, saved: Any) -> tuple[Array, Array]:
    """The other way round, with nothing to show for it."""
    first, second = in_order(dy, saved)
    return second, first


@pytest.mark.usefixtures("every_variation")
def test_what_is_not_added_up_where_it_was_repeated_tells_no_order() -> None:
    """Right as it stands, and wrong the other way round."""
    example = np.log(TARGETS), TARGETS
    found = examine((weighed, in_order), inputs=example, budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "in the order" not in story(found)
    assert examine((weighed, out_of_order), inputs=example, budget="1ms", laws=LAWS).wrong


class Gradients(NamedTuple):
    """Names in an order of their own."""

    dw: Any
    dx: Any


def product(x: Array, w: Array) -> tuple[Array, Any]:
    """Linear in the one, quadratic in the other."""
    return x * w * w, (x, w)


@pytest.mark.parametrize("factor", [2.0, 3.0])
def test_a_named_tuple_is_read_by_its_names(factor: float) -> None:
    """Of arguments of one shape; a factor of 3 is a mistake of the second argument's."""

    def back(dy: Array, saved: Any) -> Gradients:
        x, w = saved
        return Gradients(dw=factor * dy * x * w, dx=dy * w**2)

    found = examine((product, back), inputs=SQUARE[:2], budget="1ms", laws=LAWS)
    assert {each.verdict.of for each in found.findings.values()} == ({"dw"} if factor != 2 else set()), story(found)
