"""A list of examples is none: each of its entries is one, and the layer is not to blame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import UsageError, examine, story
from checks.types import Array

RNG = np.random.default_rng(0)
X, A, X2, A2 = (RNG.standard_normal(shape) for shape in ((2, 3), (3,), (4, 3), (3,)))


def slope(x: Array, a: Array | float = 0.25) -> tuple[Array, Any]:
    """PReLU with a slope for each column; it raises TypeError for a tuple."""
    return np.where(x > 0, x, a * x), (x, a)


def slope_backward(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Right."""
    x, a = saved
    return np.where(x > 0, dy, a * dy), np.sum(np.where(x > 0, 0, x * dy), 0)


class Slope:
    """The same as an object."""

    def forward(self, x: Array, a: Array) -> Array:
        """Keep what was saved."""
        y, self.saved = slope(x, a)
        return y

    def backward(self, dy: Array) -> tuple[Array, Array]:
        """Right."""
        return slope_backward(dy, self.saved)


def of_tensors(x: Any, a: Any) -> Any:
    """The same as a function of PyTorch."""
    return torch.where(x > 0, x, a * x)


PAIR = (slope, slope_backward)

#: What people write, with the number of examples in it.
LISTS: dict[str, tuple[Any, str]] = {
    "one tuple": ([(X, A)], "1 example"),
    "two tuples": ([(X, A), (X2, A2)], "2 examples"),
    "three tuples": ([(X, A), (X2, A2), (X, A2)], "3 examples"),
    "tuples without what has a default": ([(X,), (X2,)], "2 examples"),
    "dictionaries": ([{"x": X, "a": A}, {"a": A2, "x": X2}], "2 examples"),
    "a tuple of strategies": ([(st.just(X), st.just(A))], "1 example"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_examples_is_turned_down_before_the_layer_is_called(name: str) -> None:
    """It says how one is given, and several."""
    inputs, many = LISTS[name]
    with pytest.raises(UsageError, match=f"inputs is a list of {many}, since each entry holds all that slope takes, x"):
        examine(PAIR, inputs=inputs, budget="1ms")


@pytest.mark.parametrize("layer", [Slope, Slope(), of_tensors], ids=["class", "object", "function"])
def test_a_list_of_examples_is_turned_down_for_whatever_kind_of_layer(layer: Any) -> None:
    """With what it takes."""
    inputs = [(torch.tensor(X), torch.tensor(A))] if layer is of_tensors else [(X, A)]
    with pytest.raises(UsageError, match=r"inputs is a list of 1 example, .* takes, x, a; expected one example"):
        examine(layer, inputs=inputs, budget="1ms")


def test_a_list_of_examples_is_turned_down_in_a_process_of_its_own() -> None:
    """In the same words."""
    with pytest.raises(UsageError, match=re.escape("inputs=st.sampled_from([(x, w), (x2, w2)])")):
        examine(PAIR, inputs=[(X, A)], budget="1ms", isolate=True)


def test_several_examples_are_examined_as_the_message_says() -> None:
    """As a strategy; one of them as a tuple, or as a list of arrays."""
    for inputs in (st.sampled_from([(X, A), (X2, A2)]), (X, A), [X, A], [X.tolist(), A.tolist()]):
        found = examine(PAIR, inputs=inputs, budget="1ms")
        assert not found.wrong, story(found)


def joined(xs: Sequence[Array]) -> tuple[Array, Any]:
    """All columns side by side, of a list or a tuple."""
    return np.concatenate(xs, 1), xs


def joined_backward(dy: Array, xs: Sequence[Array]) -> Any:
    """One gradient for each."""
    return [np.split(dy, np.cumsum([x.shape[1] for x in xs])[:-1], axis=1)]


def cell(state: tuple[Array, Array], x: Array) -> tuple[Array, Any]:
    """What takes two states in a tuple beside x."""
    h, c = state
    return h * c + x, (h, c)


def cell_backward(dy: Array, saved: tuple[Array, Array]) -> Any:
    """In the structure of the arguments."""
    h, c = saved
    return (dy * c, dy * h), dy


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        ((joined, joined_backward), ([X, X],)),
        ((joined, joined_backward), ((X, X),)),
        ((joined, joined_backward), [[X, X]]),
        ((joined, joined_backward), [(X, X)]),
        ((cell, cell_backward), ((X, X), X)),
        ((cell, cell_backward), [(X, X), X]),
    ],
    ids=["a list", "a tuple", "a list in a list", "a tuple in a list", "a tuple beside x", "the same in a list"],
)
def test_a_layer_that_takes_lists_or_tuples_is_given_them(layer: Any, inputs: Any) -> None:
    """Where they are no examples themselves."""
    found = examine(layer, inputs=inputs, budget="1ms")
    assert not found.wrong, story(found)
