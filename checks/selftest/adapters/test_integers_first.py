"""Integers as the first or the only input, as of embeddings, and what a dictionary keeps of an earlier forward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import UsageError, examine, story
from checks.types import Array

W = np.random.default_rng(0).standard_normal((5, 3))
PLACES = np.array([[0, 2, 1], [2, 2, 4]])
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def looked_up(x: Array, w: Array) -> tuple[Array, Any]:
    """Rows of w, as cs231n has it."""
    return w[x], (x, w.shape)


def added(dy: Array, saved: Any) -> Array:
    """The gradient of w alone."""
    dw = np.zeros(saved[1])
    np.add.at(dw, saved[0], dy)
    return dw


def overwritten(dy: Array, saved: Any) -> Array:
    """A row that stands there twice gets its last gradient."""
    dw = np.zeros(saved[1])
    dw[saved[0]] = dy
    return dw


class Embedding:
    """The same as an object that keeps its table and the gradient of it."""

    back = staticmethod(added)

    def __init__(self) -> None:
        self.W, self.dW = W.copy(), np.zeros_like(W)

    def forward(self, idx: Array) -> Array:
        """Rows of the table."""
        y, self.saved = looked_up(idx, self.W)
        return y

    def backward(self, dy: Array) -> None:
        """Keeps dW."""
        self.dW = self.back(dy, self.saved)


class WrongEmbedding(Embedding):
    """The same with the mistake."""

    back = staticmethod(overwritten)


@pytest.mark.parametrize(
    ("right", "wrong", "inputs"),
    [
        ((looked_up, added), (looked_up, overwritten), (PLACES, W)),
        (Embedding(), WrongEmbedding(), (PLACES,)),
        (torch.nn.Embedding(5, 3), None, (torch.tensor(PLACES),)),
    ],
    ids=["a pair", "an object", "a module"],
)
def test_integers_are_held_wherever_they_stand(right: Any, wrong: Any, inputs: Any) -> None:
    """And the table is examined."""
    found = examine(right, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert found.compared
    assert any(note.startswith("held at its value") for note in found.notes)
    assert wrong is None or examine(wrong, inputs=inputs, **QUICK).wrong


def test_a_layer_of_integers_alone_that_keeps_nothing_is_misuse() -> None:
    """There is nothing to derive by."""
    with pytest.raises(UsageError, match="expected floating point, since gradients are what is examined"):
        examine((lambda x: (x * 2.0, None), lambda dy, _: 2 * dy), inputs=(PLACES,), **QUICK)


def cell(x: Array, h: Array, c: Array) -> tuple[Array, Array, Any]:
    """Two outputs, and then what is saved, as cs231n's LSTM step."""
    inner = np.tanh(x + h)
    return inner * c, c + inner, (inner, c)


def cell_backward(dnext_h: Array, dnext_c: Array, cache: Any) -> tuple[Array, Array, Array]:
    """Right."""
    inner, c = cache
    dx = (dnext_h * c + dnext_c) * (1 - inner**2)
    return dx, dx, dnext_h * inner + dnext_c


def forgets_c(dnext_h: Array, dnext_c: Array, cache: Any) -> tuple[Array, Array, Array]:
    """What comes by the second output is left out of dc."""
    dx, dh, _ = cell_backward(dnext_h, dnext_c, cache)
    return dx, dh, dnext_h * cache[0]


class Cell:
    """The same as an object."""

    back = staticmethod(cell_backward)

    def forward(self, x: Array, h: Array, c: Array) -> tuple[Array, Array, Any]:
        """As above."""
        return cell(x, h, c)

    def backward(self, dnext_h: Array, dnext_c: Array, cache: Any) -> tuple[Array, Array, Array]:
        """As above."""
        return self.back(dnext_h, dnext_c, cache)


class WrongCell(Cell):
    """The same with the mistake."""

    back = staticmethod(forgets_c)


@pytest.mark.parametrize(
    ("right", "wrong"), [((cell, cell_backward), (cell, forgets_c)), (Cell(), WrongCell())], ids=["a pair", "an object"]
)
def test_the_last_of_several_outputs_is_what_was_saved_where_the_backward_takes_it(right: Any, wrong: Any) -> None:
    """The others are y."""
    inputs = (W, W + 1, W - 1)
    found = examine(right, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert "y is 2 outputs raveled into one" in found.notes
    assert set(examine(wrong, inputs=inputs, **QUICK).findings) == {"finite differences"}


def scaled(x: Array, G: int, param: dict[str, Any]) -> tuple[Array, Any]:
    """G times x; the dictionary holds a mean of earlier calls, and would be trained if it held a scale."""
    scale = param.get("scale", 1.0)
    return G * scale * x, (G, scale)


def scaled_backward(dy: Array, saved: Any) -> tuple[Array]:
    """Of x alone."""
    return (saved[0] * saved[1] * dy,)


@pytest.mark.parametrize("param", [{}, {"eps": 1e-5}, {"mode": "train", "running_mean": W[0], "running_var": W[1]}])
def test_a_number_beside_a_dictionary_and_its_running_means_are_held(param: dict[str, Any]) -> None:
    """As they were given."""
    found = examine((scaled, scaled_backward), inputs=(W, 2, param), **QUICK)
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x",)
    wrong = (scaled, lambda dy, _: (dy,))
    assert examine(wrong, inputs=(W, 2, param), **QUICK).wrong


def test_an_array_of_a_dictionary_that_may_be_trained_is_not_held_unasked() -> None:
    """A gradient that is missing is a mistake."""
    assert examine((scaled, scaled_backward), inputs=(W, 2, {"scale": W[0]}), **QUICK).wrong
