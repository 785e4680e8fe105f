"""Layers that compute in float32 on arguments of float64: the law dtype says so, on examples it alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward

X = np.random.default_rng(0).standard_normal((3, 4))
W = np.random.default_rng(1).standard_normal((4, 2))
QUICK: dict[str, Any] = {"budget": "1ms"}


class Dense:
    """tanh(x w), computed in one format and given in another; ``factor`` of dw is right at 1."""

    def __init__(self, given: str, factor: float = 1.0) -> None:
        self.given, self.factor = given, factor

    def forward(self, x: Array, w: Array) -> Array:
        """Keeps what it needs in float32."""
        self.x, self.w = x.astype(np.float32), w.astype(np.float32)
        self.y = np.tanh(self.x @ self.w)
        return np.asarray(self.y.astype(self.given))

    def backward(self, dy: Array) -> tuple[Array, Array]:
        """Right, but for the factor."""
        inner = dy.astype(np.float32) * (1 - self.y**2)
        return (inner @ self.w.T).astype(self.given), (np.float32(self.factor) * self.x.T @ inner).astype(self.given)


def narrow_dy(dy: Array, saved: Array) -> Array:
    """The derivative of x**2, by way of float32."""
    return np.asarray(dy.astype(np.float32).astype(np.float64) * 2 * saved)


LAYERS = {
    "comes as float32": (Dense("float32"), (X, W)),
    "rounds inside": (Dense("float64"), (X, W)),
    "rounds dy": ((lambda x: (x * x, x), narrow_dy), (X,)),
}


@pytest.mark.parametrize(("layer", "inputs"), LAYERS.values(), ids=LAYERS)
def test_a_layer_that_computes_in_float32_is_wrong_by_dtype_alone(layer: Any, inputs: Any) -> None:
    """And says what was seen and what to do."""
    found = examine(layer, inputs=inputs, **QUICK)
    assert set(found.findings) == {"dtype"}, story(found)
    assert "x.astype(np.float32)" in story(found)
    narrow = examine(layer, inputs=[each.astype(np.float32) for each in inputs], **QUICK)
    assert not narrow.wrong, story(narrow)


@pytest.mark.parametrize("given", ["float32", "float64"])
def test_a_mistake_of_a_layer_that_computes_in_float32_is_found(given: str) -> None:
    """By the derivatives."""
    found = examine(Dense(given, 1.01), inputs=(X, W), **QUICK)
    assert {"finite differences", "dtype"} <= set(found.findings)


def test_drawn_examples_are_looked_at_as_well() -> None:
    """An example of them."""
    drawn = arrays(np.float64, (3, 4), elements=st.floats(0.5, 1.5))
    found = examine(LAYERS["rounds dy"][0], inputs=(drawn,), **QUICK)
    assert set(found.findings) == {"dtype"}, story(found)


STEADY = {
    "a step": (lambda x: (np.sign(x), x), lambda dy, x: 0 * dy * x),
    "numbers without roundings": (lambda x: (2 * x, None), lambda dy, _: 2 * dy),
}


@pytest.mark.parametrize("layer", STEADY.values(), ids=STEADY)
def test_a_layer_that_hardly_depends_on_its_digits_is_not_taken_for_a_narrow_one(layer: Any) -> None:
    """Nor one whose example has few digits."""
    found = examine(layer, inputs=(np.arange(1.0, 7.0),), **QUICK)
    assert "dtype" not in found.findings
    assert not examine(layer, inputs=(X,), **QUICK).findings.keys() & {"dtype"}


def steps(x: Array) -> tuple[Array, Array]:
    """Rounds to a grid of its own, wider than that of float32: few numbers lie near an edge."""
    return np.round(x * 2**12) / 2**12, x


def test_a_layer_with_steps_is_not_taken_to_compute_in_float32() -> None:
    """What float32 rounds away hardly moves its y, and neither does what is larger."""
    x = np.random.default_rng(3).standard_normal((40, 40))
    found = examine((steps, lambda dy, x: np.zeros_like(x) * dy), inputs=(x,), laws=["dtype"], **QUICK)
    assert not found.wrong, story(found)


class Signs:
    """sign(x) w: y does not hang on the digits of x, and w has few."""

    def __init__(self) -> None:
        self.w = np.array([0.5, 2.0, 1.0, 0.25])

    def forward(self, x: Array) -> Array:
        """Steps of x."""
        self.x = x
        return np.asarray(np.sign(x) * self.w)

    def backward(self, dy: Array) -> Array:
        """Nothing flows back through the steps."""
        self.dw = np.sum(dy * np.sign(self.x), 0)
        return np.zeros_like(dy)


def test_a_layer_with_steps_of_x_whose_parameters_have_few_digits_is_not_taken_to_compute_in_float32() -> None:
    """Its y moves with the parameters, and these lose nothing in float32."""
    found = examine(Signs(), inputs=X, laws=["dtype"], **QUICK)
    assert not found.wrong, story(found)


def _whole(x: Array, weight: Array, bias: Array | None = None, stride: int = 1) -> tuple[Array, Any]:
    """A convolution, and what a backward in float32 needs."""
    y, saved = conv_forward(x, weight, bias, stride=stride)
    return y, (saved, conv_forward(x.astype(np.float32), weight.astype(np.float32), bias, stride=stride)[1])


def _rounded(x: Array, weight: Array, bias: Array | None = None, stride: int = 1) -> tuple[Array, Any]:
    """The same with y of arguments that were rounded, and summed in their own format."""
    narrow = x.astype(np.float32).astype(x.dtype)
    y, (saved, in_float32) = _whole(narrow, weight, bias, stride)
    return y, (saved, in_float32)


def _weight_in_float32(dy: Array, both: Any) -> Any:
    """One gradient alone goes through float32, and is given in the format of the others."""
    dx, _, dbias = conv_backward(dy, both[0])
    return dx, conv_backward(dy.astype(np.float32), both[1])[1].astype(dy.dtype), dbias


def _leaking(dy: Array, both: Any) -> tuple[Array, ...]:
    """That one comes in float32."""
    dx, dweight, dbias = _weight_in_float32(dy, both)
    return dx, dweight.astype(np.float32), dbias


CONVOLUTIONS = {
    "a gradient": (_whole, _weight_in_float32, "it computes in float32"),
    "an argument": (_rounded, lambda dy, both: conv_backward(dy, both[0]), "it computes in float32"),
    "what comes": (_whole, _leaking, "dweight came as float32"),
}


@pytest.mark.long
@pytest.mark.parametrize(("forward", "backward", "said"), CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_of_a_family_a_layer_that_computes_in_float32_is_said_to_in_its_headline(
    forward: Any, backward: Any, said: str
) -> None:
    """And where the law dtype says what it saw."""
    found = examine((forward, backward), "conv2d", supports={"dtype": "float64"}, budget="1ms")
    assert found.findings["dtype"].verdict.seen == said
    assert f": {said} (" in story(found).splitlines()[0]


@pytest.mark.long
def test_a_gradient_that_is_wrong_in_other_ways_is_not_said_to_be_of_float32() -> None:
    """Doubled it is no rounding, whatever format its numbers fit into."""

    def doubled(dy: Array, both: Any) -> tuple[Array, ...]:
        dx, dweight, dbias = _weight_in_float32(dy, both)
        return dx, np.where(np.abs(dweight) > 2.0**30, 2 * dweight, dweight), dbias

    told = story(examine((_whole, doubled), "conv2d", supports={"dtype": "float64"}, budget="1ms"))
    assert "dtype" in told.splitlines()[0]
    assert "computes in" not in told


def test_a_layer_that_gives_no_numbers_is_not_said_to_compute_in_float32() -> None:
    """NaN is the same for all arguments, whatever they are rounded to."""
    found = examine((lambda x: (x * np.nan, None), lambda dy, _: dy * np.nan), inputs=(np.ones(3) / 3,), budget="1ms")
    assert found.wrong
    assert "dtype" not in found.findings
    assert {case.dtype for case in found.judged} == {"float64"}


def test_one_number_that_a_narrower_format_does_not_hold_shows_nothing() -> None:
    """A ReLU gives 0 for it in any format."""
    layer = (lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x > 0))
    found = examine(layer, inputs=(np.array([[1.0, -1e-200], [3.0, 4.0]]),), budget="1ms")
    assert not found.wrong, story(found)


def rounded(x: Array) -> Array:
    """By way of float32."""
    return np.asarray(x.astype(np.float32).astype(x.dtype))


INSIDE: dict[str, tuple[Any, str]] = {
    "x": (lambda x, w: np.tanh(rounded(x)) @ w, "it rounds x to float32 inside"),
    "w": (lambda x, w: np.tanh(x) @ rounded(w), "it rounds w to float32 inside"),
    "what comes of x": (lambda x, w: rounded(np.tanh(x)) @ w, "it rounds what it makes of x to float32 inside"),
}


@pytest.mark.parametrize("place", INSIDE)
def test_what_is_rounded_inside_is_named(place: str) -> None:
    """One argument, or an intermediate of it; all else is of float64."""
    forward, told = INSIDE[place]

    def backward(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        x, w = saved
        return (dy @ w.T) * (1 - np.tanh(x) ** 2), np.tanh(x).T @ dy

    found = examine((lambda x, w: (forward(x, w), (x, w)), backward), inputs=(X, W), laws=["dtype"], **QUICK)
    assert told in found.findings["dtype"].verdict.why


@pytest.mark.parametrize(
    "layer",
    [
        (lambda x: (x + 2.0**30, None), lambda dy, _: dy),
        (lambda x: (np.log(1 + np.exp(x - 18)), x), lambda dy, x: dy / (1 + np.exp(18 - x))),
        (lambda x: ((x + 2.0**30) - 2.0**30, None), lambda dy, _: dy),
    ],
    ids=["beside a large one", "where nearly all cancels", "taken from a large one"],
)
def test_what_is_lost_beside_larger_numbers_is_not_rounded_to_float32(layer: Any) -> None:
    """The same numbers in extended precision lose less."""
    found = examine(layer, inputs=(X,), laws=["dtype"], **QUICK)
    assert not found.wrong, story(found)


ROUNDED_BACK: dict[str, Any] = {
    "and takes float64 alone": lambda x, w: torch.tanh(x).float().double() @ w,
    "and takes float32": lambda x, w: (x @ w).float().to(x.dtype),
}


SAID_OF_THEM = {"and takes float64 alone": "it computes dx in float32", "and takes float32": "it computes in float32"}


@pytest.mark.parametrize("layer", ROUNDED_BACK)
def test_what_is_rounded_on_the_way_back_is_named(layer: str) -> None:
    """By PyTorch itself where a forward goes through float32, which no extended precision shows of its y."""
    x, w = (torch.tensor(value) for value in (X, W))
    found = examine(ROUNDED_BACK[layer], inputs=(x, w), laws=["dtype"], **QUICK)
    assert found.findings["dtype"].verdict.seen == SAID_OF_THEM[layer]
    assert "dy" in found.findings["dtype"].verdict.why


def _dw_of_many_rows(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """The gradients of x @ w, dw of more than 8 rows by way of float32."""
    x, w = saved
    return dy @ w.T, (rounded(x).T @ rounded(dy)).astype(np.float32).astype(dy.dtype) if len(x) > 8 else x.T @ dy


def _product(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
    """And what its backward needs."""
    return x @ w, (x, w)


MANY = np.random.default_rng(0).normal(size=(12, 3))


def test_one_gradient_that_is_computed_in_float32_is_named_on_rows_that_show_it() -> None:
    """All laws are asked in the examples' own format: the others are right there; and the script prints it twice."""
    found = examine((_product, _dw_of_many_rows), inputs=(MANY, W[:3]), **QUICK)
    dtype = found.findings["dtype"]
    assert {each.verdict.of for each in found.findings.values()} == {"dw"}, story(found)
    assert {case.dtype for case in found.judged} == {"float64"}
    assert len(dtype.shrunk.inputs["x"]) > 8
    assert dtype.verdict.seen == "it computes dw in float32"
    assert "repr(dw), repr(dw2)" in dtype.script


def test_one_gradient_in_its_own_format_is_not_said_to_be_of_float32() -> None:
    """The same product, whatever its rows."""
    found = examine((_product, lambda dy, saved: (dy @ saved[1].T, saved[0].T @ dy)), inputs=(MANY, W[:3]), **QUICK)
    assert not found.wrong, story(found)
