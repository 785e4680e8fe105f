"""What only degenerate examples show: rows alike, rows of zeros, an argument of zeros, one sign, numbers near 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.families import degenerate as varied
from checks.families.degenerate import degenerate
from checks.families.variations import DEGENERATE
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
X, H, W, U = (RNG.normal(size=shape) for shape in ((4, 6), (4, 5), (6, 5), (5, 5)))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "linearity"]}

#: Changes the gradients of a right layer, from them and its arguments.
Mistake = Callable[..., tuple[Array, ...]]


def cell(x: Array, h: Array, w: Array, u: Array) -> tuple[Array, Any]:
    """A step of a recurrent network."""
    y = np.tanh(x @ w + h @ u)
    return y, (x, h, w, u, y)


def cell_backward(dy: Array, saved: Any) -> tuple[Array, ...]:
    """Right."""
    x, h, w, u, y = saved
    d = dy * (1 - y * y)
    return d @ w.T, d @ u.T, x.T @ d, h.T @ d


def cube(x: Array) -> tuple[Array, Any]:
    """Cube each entry."""
    return x**3, (x,)


def cube_backward(dy: Array, saved: Any) -> tuple[Array, ...]:
    """Right."""
    return (3 * dy * saved[0] ** 2,)


def tanh(x: Array) -> tuple[Array, Any]:
    """Smooth everywhere, and steepest at 0."""
    return np.tanh(x), (x,)


def tanh_backward(dy: Array, saved: Any) -> tuple[Array, ...]:
    """Right."""
    return (dy / np.cosh(saved[0]) ** 2,)


def in_a_first_step(gradients: tuple[Array, ...], x: Array, h: Array, *_: Array) -> tuple[Array, ...]:
    """Where h is 0 its weight gets a little."""
    return gradients if h.any() else (*gradients[:3], gradients[3] + 1e-3 * gradients[1].sum())


def of_equal_rows(gradients: tuple[Array, ...], x: Array, *_: Array) -> tuple[Array, ...]:
    """The first of equal rows alone gets a gradient."""
    new = np.array([not place or not np.array_equal(row, x[place - 1]) for place, row in enumerate(x)])
    return gradients[0] * new[:, None], *gradients[1:]


def of_a_column_without_spread(gradients: tuple[Array, ...], x: Array, *_: Array) -> tuple[Array, ...]:
    """Nothing comes of it."""
    return gradients[0] * (np.ptp(x, 0) > 0), *gradients[1:]


def of_a_row_of_zeros(gradients: tuple[Array, ...], x: Array, *_: Array) -> tuple[Array, ...]:
    """It gets nothing."""
    return gradients[0] * x.any(1, keepdims=True), *gradients[1:]


def without_a_number_above_0(gradients: tuple[Array, ...], x: Array, *_: Array) -> tuple[Array, ...]:
    """All of it is wrong."""
    return gradients if np.any(x > 0) else (2 * gradients[0], *gradients[1:])


def between_its_numbers_and_0(gradients: tuple[Array, ...], x: Array, *_: Array) -> tuple[Array, ...]:
    """Where x is below 0, and nearer to it than any number of the example."""
    return np.where((x < 0) & (x > -0.0625), gradients[0] * 1.5, gradients[0]), *gradients[1:]


MISTAKES: dict[Mistake, tuple[Any, Any, tuple[Array, ...]]] = {
    in_a_first_step: (cell, cell_backward, (X, H, W, U)),
    of_equal_rows: (cell, cell_backward, (X, H, W, U)),
    of_a_column_without_spread: (cell, cell_backward, (X, H, W, U)),
    without_a_number_above_0: (cube, cube_backward, (X,)),
    between_its_numbers_and_0: (cube, cube_backward, (np.sign(X) * (np.abs(X) + 0.0625),)),
}


@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_is_wrong_on_a_degenerate_example_alone_is_found(mistake: Mistake) -> None:
    """The case replays from its text, and the right layer is right."""
    forward, backward, inputs = MISTAKES[mistake]
    wrong = (forward, lambda dy, saved: mistake(backward(dy, saved), *saved))
    found = examine(wrong, inputs=inputs, **QUICK)
    assert set(found.findings) == {"finite differences"}, story(found)
    case = found.findings["finite differences"].case
    assert case.span in DEGENERATE
    assert examine(wrong, inputs=inputs, cases=[str(case)], **QUICK).wrong
    right = examine((forward, backward), inputs=inputs, **QUICK)
    assert not right.wrong, story(right)
    assert not right.hazards, story(right)


def test_what_is_wrong_where_a_row_is_0_alone_is_a_hazard() -> None:
    """That says so: what is right beside it may cancel there, as relu(x) - relu(-x) for PyTorch."""
    wrong = (tanh, lambda dy, saved: of_a_row_of_zeros(tanh_backward(dy, saved), saved[0]))
    found = examine(wrong, inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert "made 0" in found.hazards["finite differences"].verdict.why


def test_no_number_where_a_row_is_0_is_a_hazard() -> None:
    """The length of a row has no derivative there, and 0 / 0 is passed on to all that comes before it."""

    def length(x: Array) -> tuple[Array, Any]:
        y = np.sqrt((x**2).sum(1))
        return y, (x, y)

    def divided(dy: Array, saved: Any) -> Array:
        x, y = saved
        with np.errstate(invalid="ignore"):
            return np.asarray(dy[:, None] * x / y[:, None])

    def divided_where_it_can_be(dy: Array, saved: Any) -> Array:
        x, y = saved
        return np.asarray(dy[:, None] * x / np.where(y == 0, 1, y)[:, None])

    found = examine((length, divided), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert "or one of zeros" in found.hazards["linearity"].verdict.why
    found = examine((length, divided_where_it_can_be), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)


@pytest.mark.parametrize("value", [np.sort(X[0]), np.sort(X)[:, ::-1], U @ U.T], ids=["up", "down", "symmetric"])
def test_numbers_that_keep_a_rule_stay_as_they_are(value: Array) -> None:
    """What an owner leaves out because x is sorted, or a matrix symmetric, is left out rightly."""
    assert all(degenerate({"x": value}, span)["x"] is value for span in DEGENERATE[:6])


def test_rows_that_share_their_sum_or_their_length_stay_as_they_are() -> None:
    """Probabilities, and directions."""
    sizes = np.abs(X)
    for rows in (sizes / sizes.sum(1, keepdims=True), X / np.linalg.norm(X, axis=1, keepdims=True)):
        assert all(degenerate({"x": rows}, span)["x"] is rows for span in DEGENERATE[:6])


@pytest.mark.parametrize("shape", [(), (1,), (2,), (7,), (1, 4), (4, 1), (3, 5), (2, 3, 3), (0, 3), (3, 0)])
@pytest.mark.parametrize("span", DEGENERATE)
def test_degenerate_numbers_stay_within_what_was_given(span: int, shape: tuple[int, ...]) -> None:
    """Of any shape; and what has no number above 0 has one below it."""
    x = np.random.default_rng(3).normal(size=shape)
    found = degenerate({"x": x}, span)["x"]
    assert found.shape == shape
    assert np.all(np.isfinite(found))
    assert np.min(found, initial=0) >= np.min(x, initial=0) * (1 + 1e-15)
    assert np.max(found, initial=0) <= np.max(x, initial=0) * (1 + 1e-15)


def test_what_lies_on_one_side_of_0_becomes_no_zero() -> None:
    """Probabilities and variances of 0 may be meant for none."""
    x = np.abs(X) + 0.125
    for span in DEGENERATE:
        assert np.all(degenerate({"x": x}, span)["x"] > 0)


def test_a_square_matrix_is_not_made_singular() -> None:
    """It may be there to be inverted; what is rows of anything else is repeated."""
    assert degenerate({"x": U}, varied.REPEATED)["x"] is U
    rows = degenerate({"x": X}, varied.REPEATED)["x"]
    assert np.array_equal(rows[0], rows[1])
    assert np.array_equal(rows[0], rows[-1])
    assert not np.array_equal(rows[0], rows[2])
    assert not np.array_equal(rows[0], degenerate({"x": X[:3]}, varied.REPEATED)["x"][-1])
    assert np.ptp(rows[:, 0]) == 0
    assert np.mean(rows[:, 0]) == rows[0, 0]


def test_two_rows_of_a_tall_matrix_are_alike_and_its_columns_stay_independent() -> None:
    """Three would leave a matrix of four rows and three columns without a decomposition into Q and R."""
    rows = degenerate({"x": np.random.default_rng(0).normal(size=(4, 3))}, varied.REPEATED)["x"]
    assert np.array_equal(rows[0], rows[1])
    assert np.linalg.matrix_rank(rows) == rows.shape[1]
    found = examine(torch.linalg.qr, inputs=(torch.from_numpy(np.random.default_rng(0).normal(size=(4, 3))),), **QUICK)
    assert not found.wrong, story(found)


def summed_over_alike_rows(dy: Array, saved: Any) -> tuple[Array, ...]:
    """Takes all rows for alike where the first and the last one are."""
    x, w = saved
    alike = np.array_equal(x[0], x[-1])
    return dy @ w.T, x[:1].T @ dy.sum(0, keepdims=True) if alike else x.T @ dy


def test_ends_that_are_alike_around_others_show_what_takes_them_for_the_whole() -> None:
    """And a right layer is right there."""
    product = (lambda x, w: (x @ w, (x, w))), (lambda dy, saved: (dy @ saved[1].T, saved[0].T @ dy))
    found = examine((product[0], summed_over_alike_rows), inputs=(X, W), **QUICK)
    assert set(found.findings) == {"finite differences"}, story(found)
    assert not examine(product, inputs=(X, W), **QUICK).wrong


def test_each_argument_is_0_by_turns() -> None:
    """The others are as they were, and so is one that is alone: what rounds it would not be seen."""
    assert degenerate({"x": X}, varied.ABSENT[0])["x"] is X
    arrays = {"x": X, "size": np.abs(H), "w": W}
    first, second, *rest = (degenerate(arrays, span) for span in varied.ABSENT)
    assert not first["x"].any()
    assert first["w"] is W
    assert not second["w"].any()
    assert all(each == arrays for each in rest)


@pytest.mark.parametrize("zero", [0.0, np.float64(0.0), np.array(0.0)], ids=repr)
def test_an_argument_without_axes_may_be_zero(zero: Any) -> None:
    """It has no row in which another number could be 0."""

    def scaled(x: Array, by: Array) -> tuple[Array, Any]:
        return x * by, (x, by)

    def back(dy: Array, saved: Any) -> tuple[Array, Any]:
        return dy * saved[1], np.sum(dy * saved[0])

    found = examine((scaled, back), inputs=(X, zero), **QUICK)
    assert not found.wrong, story(found)


def into_the_ball(x: Array) -> tuple[Array, Any]:
    """Each row on the unit ball, or as it is where it lies within."""
    size = np.maximum(np.sqrt((x * x).sum(axis=-1, keepdims=True)), 1.0)
    return x / size, (x, size)


def from_the_ball(dy: Array, saved: Any) -> Array:
    """Right."""
    x, size = saved
    y = x / size
    return np.asarray((dy - (size > 1) * y * (dy * y).sum(axis=-1, keepdims=True)) / size)


def as_if_outside(dy: Array, saved: Any) -> Array:
    """The rows that lie within are forgotten."""
    x, size = saved
    y = x / size
    return np.asarray((dy - y * (dy * y).sum(axis=-1, keepdims=True)) / size)


@pytest.mark.parametrize(("backward", "wrong"), [(from_the_ball, False), (as_if_outside, True)])
def test_an_example_comes_far_nearer_to_0(backward: Callable[..., Array], wrong: bool) -> None:
    """Of rows that are all longer than 1 some are shorter then."""
    far = X * (4 / np.sqrt((X * X).sum(axis=-1, keepdims=True))) * np.array([[1.0], [1.5], [2.0], [1.25]])
    found = examine((into_the_ball, backward), inputs=(far,), **QUICK)
    assert found.wrong == wrong, story(found)


def scaled_down(w: Array) -> tuple[Array, tuple[Array, Array]]:
    """By a length that may be 0, plus a little."""
    length = np.sqrt((w * w).sum(-1, keepdims=True))
    return w / (length + 1e-3), (w, length)


def scaled_down_back(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Its derivative, NaN where the length is 0."""
    w, length = saved
    with np.errstate(invalid="ignore"):
        return np.asarray(dy / (length + 1e-3) - w * (dy * w).sum(-1, keepdims=True) / length / (length + 1e-3) ** 2)


def test_nan_where_an_argument_was_made_all_zeros_is_a_hazard() -> None:
    """The derivative of a length is none there."""
    x, w = RNG.normal(size=(2, 3)), RNG.normal(size=(4, 3))

    def forward(x: Array, w: Array) -> tuple[Array, tuple[Any, ...]]:
        unit, saved = scaled_down(w)
        return x @ unit.T, (x, unit, saved)

    def backward(dy: Array, saved: tuple[Any, ...]) -> tuple[Array, Array]:
        x, unit, behind = saved
        return dy @ unit, scaled_down_back(dy.T @ x, behind)

    found = examine((forward, backward), inputs=(x, w), budget="1ms", laws=["finite differences", "linearity"])
    assert {case.span for case in found.judged} >= {varied.ABSENT[1]}
    assert not found.wrong, story(found)
