"""A backward that writes its gradients to arrays that it is handed is refused, with the adapter to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.errors import UsageError
from checks.types import Array

X, W = np.random.default_rng(0).normal(size=(4, 5)), np.random.default_rng(1).normal(size=(5, 3))


def product(x: Array, w: Array, *, scale: float = 1.0) -> Any:
    """A layer with a keyword."""
    return x @ w * scale, (x, w, scale)


def written(dout: Array, cache: Any, dw: Array, dx: Array) -> None:
    """In an order of its own."""
    x, w, scale = cache
    dx[...], dw[...] = dout @ w.T * scale, x.T @ dout * scale


def sine(x: Array) -> Any:
    """A layer of one array."""
    return np.sin(x), x


def written_alone(dy: Array, x: Array, dx: Array) -> None:
    """The one gradient."""
    dx[...] = dy * np.cos(x)


@pytest.mark.parametrize(
    ("pair", "inputs", "told"),
    [
        ((product, written), (X, W), "written(dout, cache, dw, dx) writes its gradients to dw, dx"),
        ((sine, written_alone), X, "written_alone(dy, x, dx) writes its gradients to dx"),
    ],
)
def test_the_adapter_that_is_told_is_right_as_it_stands(pair: Any, inputs: Any, told: str) -> None:
    """Its lines are run."""
    with pytest.raises(UsageError, match="expected a backward that gives them; write the adapter") as raised:
        examine(pair, inputs=inputs)
    said, forward, backward, last = str(raised.value).splitlines()
    assert said.startswith(told)
    assert last.strip() == "examine((forward, backward), ...)"
    space: dict[str, Any] = {"np": np, **globals()}
    exec(f"{forward.strip()}\n{backward.strip()}", space)  # noqa: S102 - what a reader would paste
    assert not examine((space["forward"], space["backward"]), inputs=inputs, budget="1ms").wrong


@pytest.mark.parametrize(
    "backward",
    [
        lambda dy, cache: (dy, cache),
        lambda dy, cache, dw: (dy, cache, dw),
        lambda dy, cache, dx, rate: (dy, cache, dx, rate),
        lambda dy, cache, dx=None, dw=None: (dy, cache, dx, dw),
    ],
)
def test_one_that_asks_for_anything_else_is_called_as_it_is(backward: Callable[..., Any]) -> None:
    """What it takes then is for others to find out."""
    assert examine((product, backward), inputs=(X, W), budget="1ms").wrong
