"""Layers that call an argument as the harness calls the upstream gradient, or the dictionary of all keywords."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story

X, OTHER = np.array([1.0, 2.0, -3.0]), np.array([2.0, 0.5, 1.0])


def ahead(x: Any, dy: Any) -> Any:
    """A product with a shift along the second axis."""
    return x * dy, (x, dy)


def back(up: Any, saved: Any) -> Any:
    """Right."""
    return {"dx": up * saved[1], "ddy": up * saved[0]}


def twice(up: Any, saved: Any) -> Any:
    """Wrong for dy."""
    return up * saved[1], 2 * up * saved[0]


class Shift(torch.nn.Module):
    """A module with a parameter of that name."""

    def __init__(self) -> None:
        super().__init__()
        self.dy = torch.nn.Parameter(torch.tensor(OTHER))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A product."""
        return x * self.dy


class Kept:
    """An object that keeps an array of that name."""

    def __init__(self) -> None:
        self.dy, self.ddy = OTHER.copy(), np.zeros(3)

    def forward(self, x: Any) -> Any:
        """A product."""
        self.x = x
        return x * self.dy

    def backward(self, up: Any) -> Any:
        """Right."""
        self.ddy = up * self.x
        return up * self.dy


LAYERS: dict[str, tuple[Any, Any]] = {
    "a pair": ((ahead, back), (X, OTHER)),
    "a pair, examples by name": ((ahead, back), {"x": X, "dy": OTHER}),
    "a function of PyTorch's": (lambda x, dy: torch.sin(x) * dy, (torch.tensor(X), torch.tensor(OTHER))),
    "a module": (Shift(), (X,)),
    "an object": (Kept(), (X,)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_an_argument_may_be_called_dy(name: str) -> None:
    """It stands under another name, since dy is the upstream gradient, and a note says so."""
    layer, inputs = LAYERS[name]
    found = examine(layer, inputs=inputs, budget="1ms")
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x", "dy_")
    assert "note: the layer's own dy is called dy_ here, since dy is the upstream gradient" in story(found)


def test_a_wrong_gradient_of_such_an_argument_is_found_and_shown() -> None:
    """The script hands over both, under names of their own."""
    told = story(examine((ahead, twice), inputs=(X, OTHER), budget="1ms"))
    assert "WRONG  ddy_ of unclaimed" in told
    assert "y, saved = forward(x, dy_)" in told
    assert "gradients = backward(dy, saved)" in told


@pytest.mark.parametrize("gives", [["x"], ["x", "dy"]])
def test_what_a_layer_gives_is_said_in_its_own_words(gives: list[str]) -> None:
    """``supports`` names dy as the layer does."""
    found = examine((ahead, back), inputs=(X, OTHER), supports={"gradients": gives}, budget="1ms")
    assert not found.wrong, story(found)
    assert found.unexamined == (() if "dy" in gives else ("ddy",))


def test_an_array_may_be_called_as_a_dictionary_of_keywords() -> None:
    """Where an example is given for it, it is no dictionary."""

    def forward(x: Any, config: Any) -> Any:
        return x * config, (x, config)

    found = examine((forward, lambda up, saved: (up * saved[1], up * saved[0])), inputs=(X, OTHER), budget="1ms")
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x", "config")
