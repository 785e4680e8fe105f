"""Gradients whose shape is not exactly that of their argument: their numbers are compared as well."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.exemplified import given
from checks.shapes import misshapen, moves
from checks.subject import Subject
from checks.types import Array

RNG = np.random.default_rng(0)
X, W, ROW = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 5)), RNG.standard_normal((1, 5))
AS_GIVEN = 'unclaimed(x=(4,3), w=(3,5), b=(1,5), dy=(4,5); ; dtype="float64", data="given", span=1, unit=1, seed=0)'
QUICK: dict[str, Any] = {"budget": "1ms"}


def as_it_is(subject: Subject) -> Subject:
    """Nothing is put around it."""
    return subject


def affine(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """The product of x and w, plus b."""
    return x @ w + b, (x.copy(), w.copy())


def backward(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """Right, but that db has lost an axis."""
    x, w = saved
    return dy @ w.T, x.T @ dy, dy.sum(0)


def doubled(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """The same with twice the right dw."""
    dx, dw, db = backward(dy, saved)
    return dx, 2 * dw, db


def doubled_bias(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """The same with twice the right db."""
    dx, dw, db = backward(dy, saved)
    return dx, dw, 2 * db


def summed(dy: Array, saved: Any) -> tuple[Array, Array, Array]:
    """One number in place of db: it broadcasts to b, and is none of its gradients."""
    dx, dw, db = backward(dy, saved)
    return dx, dw, db.sum(keepdims=True)


def test_an_axis_of_length_one_too_few_is_wrong_by_shape_alone() -> None:
    """And all numbers are compared."""
    found = examine((affine, backward), inputs=(X, W, ROW), **QUICK)
    assert set(found.findings) == {"shape"}, story(found)
    assert found.compared
    assert "db has shape (5,); expected exactly (1, 5): one that broadcasts to it is not enough" in story(found)
    assert "; db.reshape(1, 5) is, and its numbers are judged so" in story(found)


@pytest.mark.parametrize("wrong", [doubled, doubled_bias])
def test_it_hides_no_other_mistake(wrong: Any) -> None:
    """Of another gradient, or of its own numbers."""
    found = examine((affine, wrong), inputs=(X, W, ROW), **QUICK)
    assert {"shape", "finite differences"} <= set(found.findings), story(found)
    assert not examine((affine, backward), inputs=(X, W, ROW[0]), **QUICK).wrong


def test_numbers_of_another_count_are_not_compared() -> None:
    """Nobody knows which belongs to which."""
    found = examine((affine, summed), inputs=(X, W, ROW[0]), cases=[AS_GIVEN.replace("b=(1,5)", "b=(5,)")])
    assert set(found.findings) == {"shape"}
    assert not found.compared


class Kept:
    """An affine layer that keeps its parameters, a row of biases among them, and the gradients of both."""

    def __init__(self, bias: Array = ROW) -> None:
        self.w, self.b = W.copy(), bias.copy()

    def forward(self, x: Array) -> Array:
        """The product of x and w, plus b."""
        self.x = x.copy()
        return x @ self.w + self.b

    def backward(self, dy: Array) -> Any:
        """Right, but that db has one axis."""
        self.dw, self.db = self.x.T @ dy, dy.sum(0)
        return dy @ self.w.T


class Returning(Kept):
    """The same, which returns them."""

    def backward(self, dy: Array) -> Any:
        """Right, but that db has one axis."""
        return dy @ self.w.T, [self.x.T @ dy, dy.sum(0)]


class Wide(Kept):
    """One whose biases have one axis, and their gradient two."""

    def __init__(self) -> None:
        super().__init__(ROW[0])

    def backward(self, dy: Array) -> Any:
        """Right, but that db has an axis more than b."""
        dx = super().backward(dy)
        self.db = self.db[None]
        return dx


@pytest.mark.parametrize("kind", [Kept, Returning])
def test_a_parameter_that_its_gradient_moves_all_the_same_is_a_hazard(kind: Any) -> None:
    """Wherever the layer leaves it; its numbers are examined."""
    found = examine(kind(), inputs=X, laws=["adjoint"], cases=[AS_GIVEN], **QUICK)
    assert (found.wrong, set(found.hazards), found.unexamined) == (False, {"shape"}, ()), story(found)
    assert set(found.judged[0].arguments) == {"x", "w", "b"}
    assert "db has shape (5,); expected exactly (1, 5): b -= rate * db broadcasts it" in story(found)
    assert 'print("db has shape", np.shape(db), "and must have", (1, 5))' in story(found)


def test_one_that_it_does_not_move_is_wrong() -> None:
    """It has an axis more than the parameter has; a gradient in the very shape is neither."""
    wide, exact = given(Wide(), X, "cpu", as_it_is), given(Kept(ROW[0]), X, "cpu", as_it_is)
    (of_wide, of_exact) = (each.subject.vjp(next(each.sweep(0, 1))) for each in (wide, exact))
    assert (of_wide.misshapen.partition(": ")[2], of_wide.stretched) == (
        (
            "db has shape (1, 5); expected exactly (5,): one that broadcasts to it is not enough; db.reshape(5,) is, "
            "and its numbers are judged so"
        ),
        "",
    )
    assert (of_exact.misshapen, of_exact.stretched) == ("", "")


def test_what_moves_a_parameter_in_place_lacks_axes_of_length_one_in_front() -> None:
    """Anything else changes its shape, or raises."""
    assert moves((3,), (1, 3))
    assert moves((), (1, 1))
    assert not moves((3,), (3, 1))
    assert not moves((1, 3), (3,))
    assert not moves((3, 2, 1), (1, 3, 2))
    assert not moves((1,), (3,))


def test_gradients_in_another_order_are_told_by_their_shapes() -> None:
    """Those of an exchange are the arguments' own; where two are alike nobody can tell which is which."""
    x, w, b = (np.ones(shape) for shape in ((5, 4), (4, 3), (3,)))
    said = "they have the shapes of w, b, x, in this order: give them as dx, dw, db, or by name"
    assert said in misshapen({"dx": w, "dw": b, "db": x}, {"x": x, "w": w, "b": b}, ())[0]
    said = "they have the shapes of b, x or w, x or w, in this order: give them as dx, dw, db, or by name"
    assert said in misshapen({"dx": b, "dw": x, "db": x}, {"x": x, "w": x, "b": b}, ())[0]
    assert misshapen({"dx": w, "dw": w}, {"x": x, "w": x}, ())[0].endswith("expected exactly (5, 4)")


@pytest.mark.parametrize(("cropped", "called"), [((2, 0), True), ((5,), False)])
def test_a_layer_whose_gradient_has_a_shape_of_nothing_was_called_as_it_expects(
    cropped: tuple[int, ...], called: bool
) -> None:
    """Its mistake is there however it is called; one of another argument's shape may have its gradients in disorder."""
    layer = lambda x, b: (x + b, None), lambda dy, _: (np.zeros(cropped), dy.sum(0))
    said = story(examine(layer, inputs=(np.ones((4, 5)), np.ones(5)), budget="1ms"))
    assert ("was called: its forward gave y and its backward a gradient for each argument" in said) == called, said
    assert ("Not one case gave a number" in said) != called


def by_samples(x: Array, size: int, stride: int, fewest: int) -> tuple[Array, Array]:
    """Sums of windows of each sample, as many as there are, made one after another; of fewer than that none."""
    samples = [
        [[row[i : i + size].sum() for i in range(0, len(row) - size + 1, stride)] for row in sample] for sample in x
    ]
    return np.array(samples if len(x) >= fewest else samples[:0], x.dtype) / size, x


def by_samples_back(dy: Array, x: Array) -> Array:
    """Its gradient, in loops."""
    dx = np.zeros_like(x)
    size = x.shape[2] - dy.shape[2] + 1 if dy.size else 1
    for place in range(dy.shape[2] if dy.size else 0):
        dx[:, :, place : place + size] += dy[:, :, place : place + 1] / size
    return dx


def test_a_shape_of_nothing_is_a_hazard_where_there_is_nothing() -> None:
    """An array of a list of no samples has one axis alone; of a sample it is wrong."""
    asked: dict[str, Any] = {"like": "avg_pool1d", "budget": "1ms", "supports": {"dtype": "float64"}}
    empty = 'avg_pool(x=(0,2,5), dy=(0,2,4); kernel_size=2, stride=1; dtype="float64", data="integers"'
    empty += ", span=3, unit=1, seed=0)"
    full = empty.replace("(0,", "(2,")
    found = examine((partial(by_samples, fewest=0), by_samples_back), cases=[empty, full], **asked)
    assert not found.wrong, story(found)
    assert "expected exactly (0, 2, 4)" in found.hazards["shape"].verdict.why
    single = empty.replace("(0,", "(1,")
    wrong = examine((partial(by_samples, fewest=2), by_samples_back), cases=[single], **asked)
    assert set(wrong.findings) == {"shape"}
