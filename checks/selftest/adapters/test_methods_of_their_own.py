"""Methods that a layer has, and calls, for itself: they are neither taken for others nor hidden from it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


class Halved(torch.autograd.Function):
    """x**2; its backward forgets the factor 2."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Saves x."""
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Half of it."""
        return dy * ctx.saved_tensors[0]


class Square(torch.nn.Module):
    """A module with a method backward that nobody calls."""

    def forward(self, x: Any) -> Any:
        """By methods that tensors alone have."""
        return x.view(x.size(0), -1) ** 2

    def backward(self, dy: Any) -> Any:
        """No gradient of it."""
        return 7 * dy


class WrongSquare(Square):
    """The same with a mistake that autograd runs."""

    def forward(self, x: Any) -> Any:
        """By the function above."""
        return Halved.apply(x)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("example", [X, torch.tensor(X)], ids=["an array", "a tensor"])
def test_a_module_is_examined_by_autograd_whatever_methods_it_has(example: Any) -> None:
    """A right one is right, a mistake is found."""
    found = examine(Square(), inputs=(example,), **QUICK)
    assert not found.wrong, story(found)
    assert found.compared
    assert examine(WrongSquare(), inputs=(example,), **QUICK).wrong


class Elu:
    """exp(x) - 1 below 0, whose backward calls its own forward by other arguments."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor, self.saved = factor, X

    def forward(self, x: Array, save: bool = False, alpha: float = 1.0) -> Array:
        """Saves x where it is told to."""
        if save:
            self.saved = x
        return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))

    def backward(self, dy: Array) -> Array:
        """By y, which it computes again."""
        slope = np.where(self.saved > 0, 1.0, self.forward(self.saved, False, 1.0) + 1.0)
        return np.asarray(dy * slope * self.factor)


@pytest.mark.parametrize("layer", [Elu, lambda factor: partial(Elu(factor).forward, save=True)], ids=["given", "held"])
def test_a_layer_that_calls_its_own_forward_meets_it_as_it_wrote_it(layer: Any) -> None:
    """Whatever is held for our calls."""
    inputs = {"x": X} if layer is not Elu else {"x": X, "save": True}
    found = examine(layer(1.0), inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert examine(layer(1.5), inputs=inputs, **QUICK).wrong


class Pieces:
    """The product of two arrays of one tuple, and a number; its backward calls its own forward."""

    def forward(self, pair: tuple[Array, Array], scale: float) -> Array:
        """Keeps the tuple."""
        self.pair, self.scale = pair, scale
        return pair[0] * pair[1] * scale

    def backward(self, dy: Array) -> tuple[Any, None]:
        """Of the tuple."""
        first, second = self.pair
        return (self.forward((dy, second), self.scale), self.forward((first, dy), self.scale)), None


def test_structures_and_options_are_handed_to_one_object() -> None:
    """Not to a copy of which another goes back."""
    found = examine(Pieces(), inputs=((X, X + 1), 2.0), **QUICK)
    assert "held at its value, since the backward gives no gradient of it: scale=2.0" in found.notes
