"""Batches as people have them, further axes of one argument alone, and a NaN that is lost, show on examples, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families.held import Held
from checks.families.resized import MANY, MANY_ROWS, MANY_TOO, STACKED, most, resized
from checks.selftest.api.test_options_drawn import added, rows
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
X, W, B = RNG.normal(size=(5, 3)), RNG.normal(size=(3, 4)), RNG.normal(size=4)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def dense(x: Array, w: Array, b: Array) -> tuple[Array, tuple[Array, Array]]:
    """A layer of any number of axes of x."""
    return x @ w + b, (x, w)


def back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Its gradients."""
    x, w = saved
    flat = dy.reshape(-1, dy.shape[-1])
    return dy @ w.T, x.reshape(-1, x.shape[-1]).T @ flat, flat.sum(0)


def of_blocks(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Half of dw where the rows are whole blocks of eight."""
    dx, dw, db = back(dy, saved)
    return dx, dw / (2 if len(dy) % 8 == 0 else 1), db


def of_many(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Rows behind the first 32 are left out of db."""
    dx, dw, _ = back(dy, saved)
    return dx, dw, dy[:32].reshape(-1, dy.shape[-1]).sum(0)


def of_few_columns(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Columns behind the first twelve are left out of db."""
    dx, dw, db = back(dy, saved)
    return dx, dw, np.where(np.arange(len(db)) < 12, db, 0)


def of_one_axis(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """The mean over a further axis in place of the sum."""
    dx, dw, db = back(dy, saved)
    return dx, dw, db if dy.ndim == 2 else db / len(dy)


@pytest.mark.parametrize(
    ("backward", "span"), [(back, None), (of_blocks, MANY), (of_many, MANY), (of_few_columns, MANY_TOO)]
)
def test_what_is_wrong_for_other_batches_is_found_there(backward: Callable[..., Any], span: int | None) -> None:
    """Five rows were given, of three: so is what is wrong for 48, or for 16."""
    found = examine((dense, backward), inputs=(X, W, B), **QUICK)
    assert [each.case.span for each in found.findings.values()] == ([] if span is None else [span]), story(found)


def test_what_is_wrong_with_an_axis_in_front_is_a_hazard() -> None:
    """Nobody said that it is to be right there."""
    found = examine((dense, of_one_axis), inputs=(X, W, B), **QUICK)
    assert not found.wrong, story(found)
    assert [hazard.case.span for hazard in found.hazards.values()] == [STACKED]


@pytest.mark.parametrize(("columns", "rows"), [(3, 48), (40, 16), (100, 8)])
def test_as_many_rows_are_tried_as_an_example_may_hold(columns: int, rows: int) -> None:
    """The most of them first."""
    example = {"x": RNG.normal(size=(5, columns))}
    first = next(resized(example, MANY, Held(), ()))
    assert first["x"].shape == (rows, columns)
    assert rows * columns <= most(example)
    assert list(MANY_ROWS) == sorted(MANY_ROWS, reverse=True)


@pytest.mark.parametrize("lost", [False, True])
def test_a_nan_of_dy_that_comes_out_finite_is_a_hazard(lost: bool) -> None:
    """Zeros of a mask are no such number, wherever nothing of an ordinary dy arrives."""

    def forward(x: Array) -> tuple[Array, Array]:
        return x.clip(0), x > 0

    def backward(dy: Array, mask: Array) -> Array:
        dx = np.where(mask, dy, 0.0)
        return np.nan_to_num(dx) if lost else dx

    found = examine((forward, backward), inputs=(X,), budget="1ms", laws=["special values"])
    assert not found.wrong, story(found)
    assert any("dy is NaN everywhere" in each.verdict.why for each in found.hazards.values()) is lost


class Descent:
    """A step along a gradient, of which it keeps the average."""

    def __init__(self) -> None:
        self.learning_rate, self.average = 0.01, np.zeros(())

    def update(self, w: Array, gradient: Array) -> Array:
        """A momentum of 0, which keeps the shape of what came before."""
        self.average = 0 * self.average + gradient
        return w - self.learning_rate * self.average


class Normalized:
    """Batch normalization that moves its own parameters, and takes what has a further axis without a word."""

    def __init__(self, columns: int) -> None:
        self.gamma, self.step = np.ones(columns), Descent()

    def forward(self, x: Array) -> Array:
        """Of each column."""
        self.scale = 1 / np.sqrt(x.var(0) + 0.01)
        self.around = (x - x.mean(0)) * self.scale
        return np.asarray(self.gamma * self.around)

    def backward(self, dy: Array) -> Array:
        """The gradient of x, before the step."""
        gamma, self.gamma = self.gamma, self.step.update(self.gamma, np.sum(dy * self.around, 0))
        mean = np.mean(dy * self.around, 0)
        return np.asarray(gamma * self.scale * (dy - dy.mean(0) - self.around * mean))


def test_what_unasked_variations_leave_in_a_layer_does_not_count_against_its_example() -> None:
    """A buffer that has one axis more for good, or holds NaN."""
    found = examine(Normalized(4), inputs=(RNG.normal(size=(5, 4)),), budget="1ms")
    assert not found.wrong, story(found)


def test_no_table_is_made_shorter_than_its_places_reach() -> None:
    """A layer in C would read past its end; others raise there."""
    lengths = set[int]()

    def looked_up(table: Array, places: Array) -> tuple[Array, Any]:
        lengths.add(table.shape[-2])
        return rows(table, places)

    found = examine((looked_up, added), inputs=(X, np.array([0, 3, 1])), budget="1ms")
    assert not found.wrong, story(found)
    assert min(lengths) == 4
    assert max(lengths) > 5


def softmax(z: Array) -> tuple[Array, Array]:
    """Each row shares its sum, so that y of a long one is small."""
    raised = np.exp(z - z.max(-1, keepdims=True))
    p = np.asarray(raised / raised.sum(-1, keepdims=True))
    return p, p


def softmax_back(dy: Array, p: Array) -> Array:
    """Its gradient."""
    return np.asarray(p * (dy - (dy * p).sum(-1, keepdims=True)))


def softmax_of_a_block(dy: Array, p: Array) -> Array:
    """The sum of the first 32 columns, as of a kernel with one block of them."""
    return np.asarray(p * (dy - (dy * p)[:, :32].sum(-1, keepdims=True)))


@pytest.mark.parametrize(("backward", "spans"), [(softmax_back, set()), (softmax_of_a_block, {MANY_TOO})])
def test_columns_over_which_y_is_shared_out_become_many_too(
    backward: Callable[[Array, Array], Array], spans: set[int]
) -> None:
    """Of 48 columns y is an eighth of what it is of six."""
    found = examine((softmax, backward), inputs=(RNG.normal(size=(4, 6)),), **QUICK)
    assert {each.case.span for each in found.findings.values()} == spans, story(found)


@pytest.mark.parametrize("vanishes", [False, True])
def test_many_columns_of_which_nothing_is_left_are_told(vanishes: bool) -> None:
    """Of a product of 48 numbers below 1; a shorter length that is taken in its place does not hide it."""
    scale = 0.5 ** np.arange(48) if vanishes else np.ones(48)

    def forward(x: Array) -> tuple[Array, Array]:
        return x * scale[x.shape[-1] - 1], scale[x.shape[-1] - 1]

    found = examine((forward, lambda dy, by: dy * by), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    told = [each for each in found.notes if "hardly anything is left of y" in each]
    assert any("with another length of many" in each for each in told) is vanishes
