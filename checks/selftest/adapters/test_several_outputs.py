"""Objects that give more than y."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.adapters.test_numpy import Rectifier
from checks.selftest.adapters.test_state import X
from checks.types import Array


class Recurrent:
    """tanh(x W + h) and half of it, whose backward is told of both, one by one."""

    def __init__(self) -> None:
        self.W = np.random.default_rng(1).standard_normal((3, 2))

    def forward(self, x: Array, h: Array) -> tuple[Array, Array]:
        """Keep everything."""
        self.x, self.y = x, np.tanh(x @ self.W + h)
        return self.y, self.y / 2

    def backward(self, dh: Array, dc: Array) -> tuple[Array, Array]:
        """Both count."""
        inner = (dh + dc / 2) * (1 - self.y * self.y)
        self.dW = self.x.T @ inner
        return inner @ self.W.T, inner


class AtOnce(Recurrent):
    """The same with both in one tuple."""

    def backward(self, both: Any) -> tuple[Array, Array]:  # type: ignore[override]
        """One after the other."""
        return super().backward(*both)


class Forgets(Recurrent):
    """The second one is forgotten."""

    def backward(self, dh: Array, dc: Array) -> tuple[Array, Array]:
        """It comes to nothing."""
        return super().backward(dh, 0 * dc)


@pytest.mark.parametrize("kind", [Recurrent, AtOnce])
def test_an_object_may_have_several_outputs(kind: Any) -> None:
    """Its backward says how it is told of them; its parameters are found."""
    inputs = X, np.random.default_rng(2).standard_normal((5, 2))
    found = examine(kind(), inputs=inputs, budget="1ms", laws=["adjoint", "repeatable"])
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x", "h", "W")
    assert "note: y is 2 outputs raveled into one" in story(found)
    assert examine(Forgets(), inputs=inputs, budget="1ms", laws=["adjoint"]).wrong


def test_what_an_object_gives_beside_y_is_handed_to_its_backward_again() -> None:
    """A cache is no output; where the backward asks for none, what has no gradient is left out."""

    class Caching:
        def forward(self, x: Array) -> tuple[Array, Array]:
            return np.asarray(x.clip(0)), x

        def backward(self, dout: Array, cache: Array) -> Array:
            return np.asarray(dout * (cache > 0))

    class Telling(Rectifier):
        def forward(self, x: Array) -> Any:
            return super().forward(x), self.positive

    for layer in (Caching, Telling()):
        assert not examine(layer, "relu", budget="1ms", laws=["reference"]).wrong


def _products(dsum: Array, dproduct: Array, xs: list[Array]) -> list[Array]:
    return [dsum + dproduct * xs[1], dsum + dproduct * xs[0]]


@pytest.mark.long
@pytest.mark.parametrize(
    "backward",
    [
        lambda dys, xs: [_products(dys[0], dys[1], xs)],
        lambda dsum, dproduct, xs: [_products(dsum, dproduct, xs)],
        lambda xs, dy: [_products(dy[0], dy[1], xs)],
    ],
    ids=["all at once", "one by one", "what was saved first"],
)
def test_what_was_saved_may_have_the_name_of_a_list_that_was_given(backward: Any) -> None:
    """The forward saves its list, and the backward calls it so too."""

    def forward(xs: list[Array]) -> tuple[list[Array], list[Array]]:
        return [xs[0] + xs[1], xs[0] * xs[1]], xs

    def wrong(*given: Any) -> list[Any]:
        return [2 * each for each in backward(*given)[0]]

    wrong.__signature__ = signature(backward)  # type: ignore[attr-defined]
    asked: dict[str, Any] = {"inputs": ([X, X + 1],), "budget": "1ms", "laws": ["finite differences"]}
    assert not examine((forward, backward), **asked).wrong
    assert "finite differences" in examine((forward, wrong), **asked).findings
