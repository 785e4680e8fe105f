"""What a layer holds where nobody asks for its gradient is named: in a closure, or in an object that is called."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any

import jax
import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters.by_examples import with_framework
from checks.adapters.callables import importable
from checks.adapters.held_leaves import SAID, held_leaves

X = np.random.default_rng(0).standard_normal((4, 3))
W = torch.ones((3, 2), dtype=torch.float64, requires_grad=True)


class Product(torch.autograd.Function):
    """Its weight's gradient is seven times too large."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        """Keeps both."""
        ctx.save_for_backward(x, w)
        return x @ w

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Of each."""
        x, w = ctx.saved_tensors
        return dy @ w.T, 7 * x.T @ dy


class Called:
    """Is called, and keeps its weight in a part of it."""

    def __init__(self, weight: Any) -> None:
        self.parts = [SimpleNamespace(w=weight)]

    def __call__(self, x: Any) -> Any:
        """By PyTorch."""
        return torch.tanh(x) @ self.parts[0].w

    def other(self, x: Any) -> Any:
        """The same."""
        return self(x)


class InJax(Called):
    """By JAX."""

    def __call__(self, x: Any) -> Any:
        """The same product."""
        return jax.numpy.tanh(x) @ self.parts[0].w


def _over(weight: torch.Tensor) -> Any:
    return lambda x: Product.apply(x, weight)  # type: ignore[no-untyped-call] # PyTorch's


MODULE, IN_JAX = torch.nn.Linear(3, 2), jax.numpy.ones((3, 2))
HOLDING: dict[str, tuple[Any, tuple[str, ...]]] = {
    "a closure": (_over(W), ("weight",)),
    "a name of its module": (lambda x: x @ W, ("W",)),
    "a module": (lambda x: 2 * MODULE(x), ("MODULE.weight", "MODULE.bias")),
    "an object": (Called(W), ("parts[0].w",)),
    "a method": (Called(W).other, ("parts[0].w",)),
    "an array of JAX's": (InJax(IN_JAX), ("parts[0].w",)),
    "an array of JAX's in its module": (lambda x: jax.numpy.tanh(x) @ IN_JAX, ("IN_JAX",)),
    "none that requires a gradient": (_over(W.detach()), ()),
    "what was held on purpose": (partial(torch.nn.functional.linear, weight=W.T), ()),
    "parameters of the module itself": (MODULE, ()),
    "a pair": ((lambda x: (x @ W, None), lambda dy, _: dy @ W.T), ()),
    "whole numbers": (InJax(jax.numpy.arange(6).reshape(3, 2)), ()),
}


@pytest.mark.parametrize(("layer", "names"), HOLDING.values(), ids=HOLDING)
def test_what_is_held_is_named_by_the_way_to_it(layer: Any, names: tuple[str, ...]) -> None:
    """Nothing else is: a constant is none, and a module says itself what its parameters are."""
    assert held_leaves(layer) == names


def test_a_wrong_gradient_of_what_is_held_passes_by_no_silence() -> None:
    """The headline names it, and a note tells how it is examined; so it is wrong."""
    inputs: dict[str, Any] = {"budget": "1ms", "laws": ["adjoint"]}
    found = examine(_over(W), inputs=(torch.tensor(X),), **inputs)
    assert "NOT EXAMINED: weight" in story(found).splitlines()[0]
    assert SAID.format("weight") in found.notes
    other = examine(Product, inputs=(torch.tensor(X), W), **inputs)
    assert other.wrong
    assert "NOT EXAMINED" not in story(other)


def test_an_object_that_is_called_has_the_name_of_its_class() -> None:
    """No module holds it under that name: its script says so."""
    found = examine(Called(W), inputs=(torch.tensor(X),), budget="1ms", laws=["adjoint"])
    assert story(found).startswith("Called as unclaimed: ")
    assert importable(with_framework(Called(W), (torch.tensor(X),))) == ""
