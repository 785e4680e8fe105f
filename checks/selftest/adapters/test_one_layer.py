"""What is handed over as a layer is one: several are misuse, which says what to write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine
from checks.errors import UsageError
from checks.selftest.adapters.objects_with_parameters import Dense
from checks.types import Array

X = np.random.default_rng(0).standard_normal((4, 3))


def forward(x: Array) -> tuple[Array, Array]:
    """ReLU."""
    return x.clip(0), x


def backward(dy: Array, x: Array) -> Array:
    """Right."""
    return np.asarray(dy * (x > 0))


@pytest.mark.parametrize("asked", [{"like": "relu"}, {"inputs": (X,)}], ids=["like", "inputs"])
@pytest.mark.parametrize("names", [("forward", "backward"), ("fwd", "bwd")])
def test_a_dictionary_of_a_forward_and_a_backward_is_a_pair(names: tuple[str, str], asked: dict[str, Any]) -> None:
    """Whatever it calls them, as far as methods are called so."""
    layer = dict(zip(names, (forward, backward), strict=True))
    assert not examine(layer, budget="1ms", laws=["finite differences"], **asked).wrong


@pytest.mark.parametrize("asked", [{"like": "relu"}, {"inputs": (X,)}], ids=["like", "inputs"])
@pytest.mark.parametrize(
    "layers",
    [
        [Dense, Dense],
        (Dense(), Dense()),
        [torch.nn.ReLU(), torch.nn.ReLU()],
        [(forward, backward), (forward, backward)],
        {"one": Dense, "two": Dense},
    ],
    ids=["classes", "objects", "modules", "pairs", "by name"],
)
def test_several_layers_are_misuse(layers: Any, asked: dict[str, Any]) -> None:
    """Two classes are no forward and backward."""
    first = "layers['one']" if isinstance(layers, dict) else "layers[0]"
    with pytest.raises(UsageError, match="2 layers where one is asked for") as raised:
        examine(layers, **asked)
    assert f"expected one: examine({first}, ...), and the others in their turn" in str(raised.value)


LAYERLESS: tuple[Any, ...] = (None, "conv", [], [1, 2], (forward,), {"forward": forward})


@pytest.mark.parametrize(
    "thing", LAYERLESS, ids=["None", "a text", "none of them", "numbers", "a forward alone", "a forward by name"]
)
def test_what_is_no_layer_is_misuse(thing: Any) -> None:
    """The message says what a layer is."""
    with pytest.raises(UsageError, match=r"expected \(forward, backward\)"):
        examine(thing, inputs=(X,))
