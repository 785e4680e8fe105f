"""Plain numbers among the examples: those of which the backward gives no gradient are held, and that is said."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import UsageError, examine, story
from checks.adapters.options_drawn import Optioned
from checks.types import Array

RNG = np.random.default_rng(0)
X, G, B = RNG.standard_normal((4, 5)), RNG.standard_normal(5), RNG.standard_normal(5)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def norm(x: Array, g: Array, b: Array, eps: float = 1e-5) -> tuple[Array, Any]:
    """Layer normalisation."""
    slope = 1 / np.sqrt(x.var(1, keepdims=True) + eps)
    normal = (x - x.mean(1, keepdims=True)) * slope
    return normal * g + b, (normal, slope, g)


def by_place(dy: Array, saved: Any) -> tuple[Array, ...]:
    """Right, and nothing for eps."""
    normal, slope, g = saved
    inner = dy * g
    dx = slope * (inner - inner.mean(1, keepdims=True) - normal * (inner * normal).mean(1, keepdims=True))
    return dx, (dy * normal).sum(0), dy.sum(0)


def by_name(dy: Array, saved: Any) -> dict[str, Array]:
    """The same."""
    return dict(zip(("dx", "dg", "db"), by_place(dy, saved), strict=True))


def with_none(dy: Array, saved: Any) -> tuple[Array | None, ...]:
    """The same, and says so."""
    return *by_place(dy, saved), None


class Norm:
    """The same as an object."""

    def forward(self, x: Array, g: Array, b: Array, eps: float) -> Array:
        """Keeps what backward needs."""
        y, self.saved = norm(x, g, b, eps)
        return y

    def backward(self, dy: Array) -> tuple[Array, ...]:
        """Nothing for eps."""
        return by_place(dy, self.saved)


LAYERS = {
    "by place": (norm, by_place),
    "by name": (norm, by_name),
    "with None": (norm, with_none),
    "an object": Norm(),
    "PyTorch": lambda x, g, b, eps: torch.nn.functional.layer_norm(x, (5,), g, b, eps),
}


@pytest.mark.sweep("options without a gradient", 2)
@pytest.mark.parametrize("inputs", [(X, G, B, 1e-3), {"x": X, "g": G, "b": B, "eps": 1e-3}], ids=["place", "name"])
@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_an_option_without_a_gradient_is_held_at_its_value_and_a_note_says_so(layer: Any, inputs: Any) -> None:
    """A right layer is right."""
    found = examine(layer, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert "held at its value, since the backward gives no gradient of it: eps=0.001" in found.notes
    assert "eps" not in found.family.arguments


def test_a_number_that_has_a_gradient_is_examined() -> None:
    """As ever."""
    pair = (lambda x, a: (x * a, (x, a)), lambda dy, s: (dy * s[1], (dy * s[0]).sum()))
    for layer in (pair, lambda x, a: torch.tanh(x) * a):
        found = examine(layer, inputs=(X, 2.5), **QUICK)
        assert not found.wrong, story(found)
        assert found.family.arguments == ("x", "a")
    assert examine((lambda x, a: (x * a, (x, a)), lambda dy, s: (dy * s[1], dy.sum())), inputs=(X, 2.5), **QUICK).wrong


def test_a_backward_that_is_told_its_inputs_again_is_told_the_option() -> None:
    """A whole number, too, which never has a gradient."""
    found = examine((lambda x, n: x**n, lambda dy, x, n: dy * n * x ** (n - 1)), inputs=(X, 3), **QUICK)
    assert not found.wrong, story(found)
    assert "held at its value, since the backward gives no gradient of it: n=3" in found.notes


def test_an_option_stands_beside_a_structure() -> None:
    """Each is taken for itself."""
    pair = (lambda xs, p: (xs[0] * xs[1] * p, (*xs, p)), lambda dy, s: (dy * s[1] * s[2], dy * s[0] * s[2]))
    found = examine(pair, inputs=((X, X + 1), 3.0), **QUICK)
    assert not found.wrong, story(found)
    assert found.family.arguments == ("xs[0]", "xs[1]")


PLACES = np.array([1, 0, 3, 1])


def picked(x: Array, at: Array) -> tuple[Array, Any]:
    """Rows by their places."""
    return x[at], (x.shape, at)


def added(dy: Array, saved: Any) -> tuple[Array, None]:
    """A row that was picked twice gets both."""
    dx = np.zeros(saved[0])
    np.add.at(dx, saved[1], dy)
    return dx, None


def overwritten(dy: Array, saved: Any) -> Array:
    """The last one alone."""
    dx = np.zeros(saved[0])
    dx[saved[1]] = dy
    return dx


class Scaled(torch.nn.Module):
    """Rows of a table, scaled."""

    def __init__(self) -> None:
        super().__init__()
        self.table = torch.nn.Embedding(4, 5, dtype=torch.float64)

    def forward(self, at: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """Looked up and multiplied."""
        found: torch.Tensor = self.table(at) * x
        return found


INTEGERS: dict[str, Any] = {
    "a pair": ((picked, added), (X, PLACES)),
    "PyTorch": (lambda x, at: torch.tanh(x)[at], (X, PLACES)),
    "a module": (Scaled(), (torch.tensor(PLACES), X)),
}


@pytest.mark.parametrize("name", INTEGERS)
def test_an_array_of_integers_is_held_and_a_note_says_so(name: str) -> None:
    """Indices have no gradient."""
    layer, inputs = INTEGERS[name]
    found = examine(layer, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert any(
        re.fullmatch(
            r"held at its value, since the backward gives no gradient of it: at=\S*int64 of shape \(4,\)", note
        )
        for note in found.notes
    )


def test_a_mistake_beside_an_array_of_integers_is_found_and_its_script_holds_the_array() -> None:
    """It runs once the user's module is named."""
    found = examine((picked, overwritten), inputs=(X, PLACES), **QUICK)
    assert found.wrong
    assert "forward(x, at=np.array([1, 0, 3, 1], np.int64))" in story(found)


def test_an_array_of_integers_that_has_a_gradient_is_misuse() -> None:
    """It was meant to be one of real numbers."""
    pair = (lambda x, w: (x @ w, (x, w)), lambda dy, s: (dy @ s[1].T, s[0].T @ dy))
    with pytest.raises(UsageError, match="w is of int64; expected floating point"):
        examine(pair, inputs=(X, np.ones((5, 2), int)), **QUICK)


def _batch_norm(x: Array, gamma: Array, beta: Array, bn_param: dict[str, Any]) -> tuple[Array, Any]:
    """As cs231n has it: it writes to its dictionary."""
    assert bn_param["mode"] == "train"
    assert "running_mean" not in bn_param
    bn_param["running_mean"] = x.mean(0)
    slope = 1 / np.sqrt(x.var(0) + bn_param["eps"])
    normal = (x - x.mean(0)) * slope
    return gamma * normal + beta, (normal, gamma, slope)


def _batch_norm_backward(dy: Array, saved: Any) -> tuple[Array, ...]:
    normal, gamma, slope = saved
    inner = dy * gamma
    dx = slope * (inner - inner.mean(0) - normal * (inner * normal).mean(0))
    return dx, (dy * normal).sum(0), dy.sum(0)


@pytest.mark.long
def test_options_inside_a_dictionary_are_held_at_their_places() -> None:
    """A word, and a number of which there is no gradient; the layer gets them each time as they were given."""
    inputs = (X, G, B, {"mode": "train", "eps": 1e-3, "sizes": (2, 2), "seed": None})
    for backward in (_batch_norm_backward, lambda dy, saved: (*_batch_norm_backward(dy, saved), None)):
        found = examine((_batch_norm, backward), inputs=inputs, **QUICK)
        assert not found.wrong, story(found)
        assert found.family.arguments == ("x", "gamma", "beta")
    said = "held at its value, since the backward gives no gradient of it: bn_param["
    assert f"{said}'mode']='train', bn_param['sizes']=(2, 2), bn_param['seed']=None" in found.notes
    assert f"{said}'eps']=0.001" in found.notes
    assert inputs[3].keys() == {"mode", "eps", "sizes", "seed"}
    wrong = (_batch_norm, lambda dy, s: (dy * s[1] * s[2], *_batch_norm_backward(dy, s)[1:]))
    assert examine(wrong, inputs=inputs, **QUICK).wrong


def test_a_number_inside_a_dictionary_that_has_a_gradient_is_examined() -> None:
    """Beside a word that has none."""
    pair = (
        lambda x, p: (x * p["a"] if p["how"] == "times" else x, (x, p)),
        lambda dy, s: (dy * s[1]["a"], {"a": (dy * s[0]).sum()}),
    )
    found = examine(pair, inputs=(X, {"a": 2.5, "how": "times"}), **QUICK)
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x", "p['a']")


def test_an_option_beside_a_strategy_is_held_or_drawn_too() -> None:
    """Indices here."""
    drawn = arrays(np.float64, (3, 4), elements=st.floats(-2, 2, width=16))
    places = np.array([1, 0, 3])

    def backward(dy: Array, saved: Any) -> Array:
        dx = np.zeros((3, 4))
        dx[np.arange(3), saved] = dy
        return dx

    pair = (lambda x, at: (x[np.arange(3), at], at), backward)
    found = examine(pair, inputs=(drawn, places), **QUICK)
    assert not found.wrong, story(found)
    found = examine(pair, inputs=(drawn, arrays(np.int64, 3, elements=st.integers(0, 3))), **QUICK)
    assert not found.wrong, story(found)


def test_an_option_that_was_the_same_in_many_examples_is_to_stay_the_same() -> None:
    """It is held then: a layer is not made anew for one in a thousand."""
    optioned = Optioned.of((lambda x, at: (x * at, at), lambda dy, at: dy * at), [(X, 1), (X, 1)], [], "cpu")
    with pytest.raises(UsageError, match=r"inputs drew at=2 after many with 1, .*expected the same in all examples"):
        optioned.apart((X, 2))


def test_words_and_none_are_held() -> None:
    """As numbers without a gradient are."""

    def layer(x: Array, how: str, rest: Any) -> tuple[Array, Array]:
        assert (how, rest) == ("square", None)
        return x * x, x

    found = examine((layer, lambda dy, x: 2 * x * dy), inputs=(X, "square", None), **QUICK)
    assert not found.wrong, story(found)
    assert "held at its value, since the backward gives no gradient of it: how='square', rest=None" in found.notes


def test_numbers_that_no_example_names_are_told() -> None:
    """Whole ones stay at their defaults; flags and a small number below a root are nobody's variation."""

    def leaky(x: Array, times: int = 2, eps: float = 0.0, fast: bool = True) -> tuple[Array, Array]:
        return np.where(x > 0, x, times * x) + eps * fast, np.where(x > 0, 1, times)

    layer = leaky, lambda dy, slope: dy * slope
    told = "inputs= leaves times=2 at the default: what is wrong at other values is not seen"
    assert told in examine(layer, inputs=(X,), budget="1ms").notes
    assert told not in examine(layer, inputs=(X, 3), budget="1ms").notes


def test_a_function_among_the_examples_is_held() -> None:
    """Under its name: a convolution may be told which activation follows."""

    def forward(x: Array, activation: Any) -> Array:
        return np.asarray(activation(x))

    def backward(dy: Array, x: Array, activation: Any) -> Array:
        return dy * np.cos(x)

    found = examine((forward, backward), inputs={"x": np.arange(4.0), "activation": np.sin}, budget="1ms")
    assert not found.wrong
    assert any(note.endswith(": activation=sin") for note in found.notes)
