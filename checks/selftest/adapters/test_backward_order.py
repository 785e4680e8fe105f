"""Backwards of objects that are told more than dy, in an order of their own, by names that say what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters.backward_order import order
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


class Layer:
    """Tanh, which keeps y; ``factor`` is 1 where it is right."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor

    def forward(self, x: Array) -> Array:
        """Keeps y."""
        self.y = np.tanh(x)
        return self.y

    def right(self, dy: Array, y: Array) -> Array:
        """The derivative."""
        return np.asarray(dy * (1 - y * y) * self.factor)


def by(backward: Callable[..., Array]) -> type[Layer]:
    """The same with this backward."""
    return type("Tanh", (Layer,), {"backward": backward})


ORDERS = {
    "y": lambda self, d, y: self.right(d, y),
    "y first": lambda self, y, error: self.right(error, y),
    "a step first, then x": lambda self, lr, activation_prev, delta: self.right(delta, np.tanh(activation_prev) + lr),
    "what is not used": lambda self, dy, _: self.right(dy, self.y),
    "an optimizer": lambda self, dy, optimizer: self.right(dy, self.y + 0 * (optimizer is not None)),
}


@pytest.mark.parametrize("backward", ORDERS.values(), ids=ORDERS)
def test_what_a_backward_is_told_again_is_known_by_its_name(backward: Callable[..., Array]) -> None:
    """A right one is right, a wrong one wrong."""
    found = examine(by(backward)(), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert found.compared
    assert set(examine(by(backward)(1.5), inputs=(X,), **QUICK).findings) == {"finite differences"}


def test_a_name_that_says_nothing_is_a_clear_error() -> None:
    """With the lines to write."""
    told = story(examine(by(lambda self, dy, labels: self.right(dy, labels))(), inputs=(X,), **QUICK))
    assert "could not be called: backward raised TypeError" in told.splitlines()[0]
    assert "'labels'" in told.splitlines()[0]
    assert "def backward(dy, saved): ...; return dx" in told


@pytest.mark.parametrize(
    ("names", "saved", "found"),
    [
        (("dy",), 0, ()),
        (("d", "cache"), 1, ()),
        (("x",), 0, ()),
        (("dout", "x"), 1, ()),
        (("cache", "dout"), 1, ("saved", "dy")),
        (("dout", "y", "cache"), 1, ("dy", "y", "saved")),
        (("dh", "dc"), 0, ()),
        (("dy", "labels"), 0, ()),
    ],
)
def test_an_order_is_read_from_the_names(names: tuple[str, ...], saved: int, found: tuple[str, ...]) -> None:
    """Empty where it is the usual one, or nobody can tell."""
    assert order(names, saved) == found
