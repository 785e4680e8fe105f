"""Plain numbers among the examples: those of which the backward gives no gradient are held, and that is said."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.errors import UsageError
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
