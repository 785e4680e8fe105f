"""What an axis of length 1 hides shows where it is longer; what is there to be stretched stays, and a note says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.families.elsewhere import OTHER_LENGTHS
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}
STEPS = RNG.normal(size=(4, 1, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=2)


def dense(x: Array, w: Array, b: Array) -> tuple[Array, tuple[Array, Array]]:
    """The same for each sample and step."""
    return x @ w + b, (x, w)


def dense_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Summed over samples and steps."""
    x, w = saved
    axes = tuple(range(dy.ndim - 1))
    return dy @ w.T, np.tensordot(x, dy, (axes, axes)), dy.sum(axes)


def dense_back_of_one_step(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """The same, but the bias knows of the first step alone."""
    dx, dw, _ = dense_back(dy, saved)
    return dx, dw, dy.sum(0)[0] if dy.ndim == 3 else dy.sum(0)


def kept_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """For a bias that is a row of its own."""
    dx, dw, db = dense_back(dy, saved)
    return dx, dw, db[None]


def cell(x: Array, h: Array, c: Array, w: Array, b: Array) -> tuple[Array, tuple[Array, ...]]:
    """A step with two states of each sample, and a bias that is one row."""
    a = np.tanh(x @ w + h + b)
    return c * a, (x, w, c, a)


def cell_back(dy: Array, saved: tuple[Array, ...]) -> tuple[Array, ...]:
    """Of samples that are as many as x has."""
    x, w, c, a = saved
    da = dy * c * (1 - a * a)
    return da @ w.T, da, dy * a, x.T @ da, da.sum(0, keepdims=True)


def squared(p: Array, t: Array) -> tuple[Array, Array]:
    """The mean of squares."""
    return np.mean((p - t) ** 2), p - t


def squared_back(dy: Array, off: Array) -> tuple[Array, Array]:
    """The mean is over all numbers."""
    return 2 * dy * off / off.size, -2 * dy * off / off.size


def squared_back_of_rows(dy: Array, off: Array) -> tuple[Array, Array]:
    """The mean is over rows."""
    return 2 * dy * off / len(off), -2 * dy * off / len(off)


def scaled(x: Array, gamma: Array) -> tuple[Array, tuple[Array, Array]]:
    """Each channel times a number that is stretched."""
    return np.tanh(x) * gamma, (np.tanh(x), gamma)


def scaled_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Summed over what was stretched."""
    t, gamma = saved
    axes = tuple(axis for axis, length in enumerate(gamma.shape) if length == 1)
    return dy * gamma * (1 - t * t), (dy * t).sum(axes, keepdims=True)


def first_column(x: Array) -> tuple[Array, Array]:
    """Of a single column, as a vector."""
    return np.tanh(x.ravel()), x


def first_column_back(dy: Array, x: Array) -> Array:
    """As a column again."""
    return np.asarray(dy * (1 - np.tanh(x.ravel()) ** 2))[:, None]


class Scale:
    """A number for each column, which the object keeps."""

    def __init__(self) -> None:
        self.gamma: Array = np.array([1.5])
        self.dgamma: Array = np.zeros(1)

    def forward(self, x: Array) -> Array:
        """Each column times its number."""
        self.x = x
        return np.asarray(x * self.gamma)

    def backward(self, dy: Array) -> Array:
        """Leaves the parameter's gradient beside it."""
        self.dgamma = (dy * self.x).sum(tuple(range(dy.ndim - 1)))
        return np.asarray(dy * self.gamma)


COLUMN = RNG.normal(size=(4, 1)), RNG.normal(size=(4, 1))
WRONG: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "one step": ((dense, dense_back_of_one_step), STEPS),
    "mean over rows": ((squared, squared_back_of_rows), COLUMN),
}
RIGHT: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "one step": ((dense, dense_back), STEPS),
    "one sample, and a bias that is one row": (
        (dense, kept_back),
        (RNG.normal(size=(1, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=(1, 2))),
    ),
    "states of one sample": (
        (cell, cell_back),
        tuple(RNG.normal(size=size) for size in [(1, 3), *[(1, 2)] * 2, (3, 2), (1, 2)]),
    ),
    "mean over all": ((squared, squared_back), COLUMN),
    "one number for each channel": (
        (scaled, scaled_back),
        (RNG.normal(size=(2, 3, 4, 1)), RNG.normal(size=(1, 3, 1, 1))),
    ),
    "a column": ((first_column, first_column_back), COLUMN[:1]),
    "a parameter of one number": (Scale, COLUMN[:1]),
    "batch norm": (torch.nn.BatchNorm1d(1).double(), (torch.tensor(COLUMN[0]),)),
    "recurrent cell": (torch.nn.GRUCell(3, 2).double(), (torch.tensor(RNG.normal(size=(1, 3))),)),
    "convolution": (torch.nn.Conv1d(1, 1, 3).double(), (torch.tensor(RNG.normal(size=(1, 1, 7))),)),
    "softmax": (torch.nn.Softmax(1).double(), (torch.tensor(RNG.normal(size=(3, 1))),)),
}


@pytest.mark.parametrize("layer", WRONG)
def test_what_one_entry_along_an_axis_hides_is_found_where_there_are_more(layer: str) -> None:
    """It is right on the example."""
    subject, inputs = WRONG[layer]
    found = examine(subject, inputs=inputs, **QUICK)
    assert found.only_elsewhere == [OTHER_LENGTHS], story(found)


@pytest.mark.long
@pytest.mark.parametrize("layer", RIGHT)
def test_what_is_right_for_longer_axes_or_stretches_them_is_no_hazard(layer: str) -> None:
    """An argument whose gradient has one entry for all is there to be stretched."""
    subject, inputs = RIGHT[layer]
    found = examine(subject, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)


@pytest.mark.long
def test_axes_that_stay_of_one_entry_are_named() -> None:
    """What is wrong where they are longer is not seen."""
    subject, inputs = RIGHT["one sample, and a bias that is one row"]
    assert (
        "of length 1 in every variation of the example: axis 0 of b" in examine(subject, inputs=inputs, **QUICK).notes
    )
    subject, inputs = RIGHT["one step"]
    assert not any("length 1" in note for note in examine(subject, inputs=inputs, **QUICK).notes)


#: A right layer of numbers below 0.
BELOW = (lambda x: (np.sqrt(-x), x), lambda dy, x: -dy / (2 * np.sqrt(-x)))


def lp_back_without_sign(dy: Array, saved: tuple[Array, Array]) -> Array:
    """The sign of x is lost, which shows where x is negative."""
    x, y = saved
    return np.asarray(dy * x * np.abs(x) / y**2)


def test_arguments_on_one_side_of_zero_are_named() -> None:
    """What is wrong on the other side was not looked at; where numbers stand on both sides there is nothing to name."""

    def lp(x: Array) -> tuple[Array, tuple[Array, Array]]:
        y = np.cbrt((np.abs(x) ** 3).sum(-1, keepdims=True))
        return y, (np.abs(x), y)

    x, told = np.abs(RNG.normal(size=(3, 4))) + 0.1, "0 in any variation of the example, which is not: x;"
    one_sided = examine((lp, lp_back_without_sign), inputs=(x,), **QUICK)
    assert not one_sided.wrong
    assert any(note.startswith(f"never below {told}") for note in one_sided.notes)
    assert any(f"never above {told}" in note for note in examine(BELOW, inputs=(-x,), **QUICK).notes)
    both = examine((lp, lp_back_without_sign), inputs=(RNG.normal(size=(3, 4)),), **QUICK)
    assert both.wrong
    assert not any(note.startswith("never") for note in both.notes)


class Row:
    """It keeps its bias as a row, of which it reads the numbers."""

    def __init__(self) -> None:
        self.b = np.array([[0.25, 0.5]])

    def forward(self, x: Array) -> Array:
        """One row for all samples."""
        return np.asarray(x + self.b[0])

    def backward(self, dy: Array, learning_rate: float) -> Array:
        """It moves its bias itself."""
        self.b -= learning_rate * dy.sum(0, keepdims=True)
        return dy.copy()


def test_an_axis_of_length_1_of_what_an_object_keeps_stays() -> None:
    """It is there by the layer's own choice: rows that nobody reads have no gradient."""
    found = examine(Row(), inputs=(RNG.normal(size=(4, 2)),), budget="1ms")
    assert {case.shapes["b"][0] for case in found.judged} == {1}
    assert not found.wrong
    assert not {"finite differences", "adjoint"} & found.hazards.keys()
    assert not any("axis 0 of b" in said for said in found.notes)
