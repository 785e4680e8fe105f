"""Gradients of an object's parameters that its backward returns, in whatever they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward

X = np.random.default_rng(0).standard_normal((2, 3))
LAWS = ("adjoint", "linearity")

#: What a backward makes of dx, dW and db.
FORMS: dict[str, Callable[[Array, Array, Array], Any]] = {
    "a list": lambda dx, weight, bias: (dx, [weight, bias]),
    "a tuple, the bias first": lambda dx, weight, bias: (dx, (bias, weight)),
    "a dictionary": lambda dx, weight, bias: (dx, {"W": weight, "b": bias}),
    "a dictionary in a dictionary": lambda dx, weight, bias: {"dx": dx, "grads": {"dW": weight, "db": bias}},
}


class Dense:
    """Gives x W + b; its gradients in a form, that of W times a factor."""

    def __init__(self, form: Callable[[Array, Array, Array], Any], factor: float, columns: int = 4) -> None:
        """Parameters, drawn."""
        rng = np.random.default_rng(1)
        self.W, self.b = rng.standard_normal((3, columns)), rng.standard_normal(columns)
        self.form: Callable[..., Any] = form
        self.factor, self.x = factor, np.zeros(0)

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x @ self.W + self.b)

    def backward(self, dy: Array) -> Any:
        """Gives all gradients."""
        return self.form(dy @ self.W.T, self.factor * (self.x.T @ dy), dy.sum(0))


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_gradients_that_are_returned_inside_something_are_examined(form: Callable[[Array, Array, Array], Any]) -> None:
    """Right ones are right, and one that is twice too large is found."""
    right = examine(Dense(form, 1.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    assert set(right.family.arguments) == {"x", "W", "b"}
    assert not right.family.unexamined
    wrong = examine(Dense(form, 2.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert {found.verdict.of for found in wrong.findings.values()} == {"dW"}, story(wrong)


def test_the_script_takes_them_from_where_they_stand() -> None:
    """It needs NumPy and the layer alone."""
    said = story(examine(Dense(FORMS["a list"], 2.0), inputs=(X,), budget="1ms", laws=LAWS))
    assert 'return {"dx": given[0], "dW": given[1][0], "db": given[1][1]}' in said


class Gated(Dense):
    """x W tanh(V) + b, with V as large as W."""

    def __init__(self, form: Callable[..., Any]) -> None:
        """One more parameter."""
        super().__init__(form, 1.0)
        self.V = np.random.default_rng(2).standard_normal(self.W.shape)

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x @ (self.W * np.tanh(self.V)) + self.b)

    def backward(self, dy: Array) -> Any:
        """Gives all gradients."""
        inner, gate = self.x.T @ dy, np.tanh(self.V)
        return self.form(dy @ (self.W * gate).T, inner * gate, inner * self.W * (1 - gate**2), dy.sum(0))


def test_gradients_that_nobody_can_tell_apart_are_not_examined() -> None:
    """The headline says so; in another order than the parameters', two of one shape could be either's."""
    layer = Gated(lambda dx, weight, gate, bias: (dx, [gate, weight, bias]))
    found = examine(layer, inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: W, b, V" in story(found).splitlines()[0]


ORDERS: dict[str, Callable[[Array, Array, Array], Any]] = {
    "x last": lambda dx, weight, bias: (weight, bias, dx),
    "x between": lambda dx, weight, bias: [bias, dx, weight],
    "x behind a list": lambda dx, weight, bias: ([weight, bias], dx),
}


@pytest.mark.parametrize("form", ORDERS.values(), ids=ORDERS)
def test_an_object_may_return_gradients_in_an_order_that_their_shapes_show(form: Callable[..., Any]) -> None:
    """A note says which; what is wrong is found by its name."""
    right = examine(Dense(form, 1.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    assert not right.family.unexamined
    assert any(note.startswith("the backward gives its gradients in the order") for note in right.notes)
    wrong = examine(Dense(form, 2.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert {found.verdict.of for found in wrong.findings.values()} == {"dW"}, story(wrong)


OPEN: dict[str, Callable[[Array, Array, Array], Any]] = {
    "none of the shape of x": lambda dx, weight, bias: (weight, bias, dx[:, :1]),
    "two of it": lambda dx, weight, _: (weight, dx, dx),
    "one of nothing's shape": lambda dx, weight, bias: (weight[:1], dx, bias),
}


@pytest.mark.parametrize("form", OPEN.values(), ids=OPEN)
def test_an_order_that_shapes_leave_open_is_wrong_by_shape(form: Callable[..., Any]) -> None:
    """The first gradient is that of x then."""
    assert "shape" in examine(Dense(form, 1.0), inputs=(X,), budget="1ms").findings


class Cloudy(Dense):
    """Cannot be copied."""

    def __deepcopy__(self, memo: Any) -> Any:
        """Raises."""
        raise TypeError("cannot copy")


def test_what_an_object_keeps_that_cannot_be_looked_at_is_named() -> None:
    """Its parameters are not examined, and nobody may think so."""
    found = examine(Cloudy(lambda dx, *_: dx, 1.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: W, b" in story(found).splitlines()[0]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("a", "dkern"), ["of what the backward gives a, dkern name no gradient that is known; dx, dw stand under"]),
        (("dx", "dw", "count"), []),
        (("dx", "dw"), []),
    ],
)
def test_keys_of_a_backward_that_name_no_gradient_are_told(names: tuple[str, ...], said: list[str]) -> None:
    """Where one is missed; what else a backward gives is its own affair."""

    def backward(dy: Array, saved: tuple[Array, Array]) -> dict[str, Array]:
        x, w = saved
        return dict(zip(names, (dy @ w.T, x.T @ dy, dy.sum(keepdims=True)), strict=False))

    layer = lambda x, w: (x @ w, (x, w)), backward
    found = examine(layer, inputs={"x": X, "w": np.ones((3, 2))}, budget="1ms", laws=LAWS)
    assert [note[: len(said[0])] for note in found.notes if note.startswith("of what the")] == said
    assert found.wrong == bool(said)
    assert all(f"; {sentence}" in found.findings["runs"].verdict.why for sentence in said)


def test_a_key_that_is_taken_for_another_gradient_is_named_where_one_is_missed() -> None:
    """An error that speaks of ``dbias`` alone names what the layer never said."""

    def backward(dy: Array, saved: Any) -> dict[str, Any]:
        return dict(zip("abc", conv_backward(dy, saved), strict=True))

    found = examine((conv_forward, backward), "conv2d", budget="1ms", laws=["reference"])
    assert "a, c name no gradient that is known, b is taken for dbias; dx, dweight stand" in story(found)


@pytest.mark.parametrize("isolate", [False, True])
def test_an_error_about_a_missing_gradient_names_the_keys_that_came_instead(isolate: bool) -> None:
    """In whatever process the layer is."""
    layer = (lambda x, w: (x * w, (x, w))), lambda dy, saved: {"dx": dy * saved[1], "grd": dy * saved[0]}
    found = examine(layer, inputs=(np.ones(3), np.ones(3)), budget="1ms", laws=["adjoint"], isolate=isolate)
    assert "; of what the backward gives grd names no gradient that is known; dw stands under no name" in story(found)


PREVIOUS = (X, np.ones((3, 2)), np.ones((1, 2)))


def of_previous(a_prev: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """A layer in a course's words."""
    return a_prev @ w + b, (a_prev, w)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda dz, da, dw, db: {"dA": da, "dW": dw, "db": db, "dZ": dz}, id="that of z, too, by name"),
        pytest.param(lambda dz, da, dw, db: {"dZ": dz, "dx": da, "dW": dw, "db": db}, id="that of z first"),
        pytest.param(lambda dz, da, dw, db: (da, dw, db, dz), id="that of z behind them"),
        pytest.param(lambda dz, da, dw, db: (float(dz.sum()), da, dw, db), id="a number before them"),
        pytest.param(lambda _, da, dw, db: (da, dw, db, "ok"), id="a word behind them"),
    ],
)
@pytest.mark.parametrize("factor", [1, 2])
def test_what_a_backward_gives_beside_gradients_is_none_of_them(form: Callable[..., Any], factor: int) -> None:
    """The gradient of what the layer gives is not that of what it takes; and what is wrong is found."""

    def backward(dz: Array, saved: Any) -> Any:
        a_prev, w = saved
        return form(dz, dz @ w.T, factor * (a_prev.T @ dz), dz.sum(axis=0, keepdims=True))

    found = examine((of_previous, backward), inputs=PREVIOUS, budget="1ms", laws=LAWS)
    assert {each.verdict.of for each in found.findings.values()} == ({"dw"} if factor > 1 else set()), story(found)


class InItsOrder(Dense):
    """Of square matrices, whose gradients have names alone to tell them apart."""

    def backward(self, dy: Array) -> Any:
        """As courses return them."""
        dW = self.factor * (self.x.T @ dy)
        db = dy.sum(axis=0)
        dx = dy @ self.W.T
        return dW, db, dx


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_an_object_may_return_gradients_in_an_order_that_their_names_show(factor: float) -> None:
    """Where shapes leave a choice."""
    found = examine(
        InItsOrder(lambda *_: None, factor, 3), inputs=(np.concatenate([X, X[:1] - 1]),), budget="1ms", laws=LAWS
    )
    assert {each.verdict.of for each in found.findings.values()} == ({"dW"} if factor > 1 else set()), story(found)
    assert "the backward gives its gradients in the order W, b, x, as their names or shapes show" in story(found)
