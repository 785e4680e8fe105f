"""What is handed over as a layer is one: several are misuse, which says what to write."""

from __future__ import annotations

import sys
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


def test_a_module_is_misuse_which_names_the_pair_in_it() -> None:
    """On the command line, too, a module is no layer."""
    here = sys.modules[__name__]
    with pytest.raises(UsageError, match=r"the module .* where a layer is asked for") as raised:
        examine(here, "relu")
    assert str(raised.value).endswith(f"expected a layer in it, such as ({__name__}.forward, {__name__}.backward)")


def test_a_forward_without_its_backward_is_misuse() -> None:
    """Its arrays are no tensors, but PyTorch would differentiate what it does with them."""
    with pytest.raises(
        UsageError, match=r"it looks like the forward of a pair.*expected \(forward_of_pair, backward\)"
    ):
        examine(forward_of_pair, "relu")


def test_a_function_that_is_taken_for_pytorchs_by_its_module_is_told_so() -> None:
    """One that names PyTorch, or is given its tensors, is PyTorch's anyway."""
    told = "is one function, in a module that imports PyTorch: its gradients are PyTorch's own, and no backward was"
    quick: dict[str, Any] = {"budget": "1ms", "laws": ["adjoint"]}
    guessed = examine(y_alone, "relu", **quick)
    assert [note for note in guessed.notes if told in note]
    for found in (examine(torch.relu, "relu", **quick), examine(y_alone, inputs=torch.ones(3).double(), **quick)):
        assert not [note for note in found.notes if told in note]


def forward_of_pair(x: Any) -> Any:
    """ReLU, as a pair begins."""
    return x.clip(0), x


def y_alone(x: Any) -> Any:
    """ReLU, which PyTorch can differentiate."""
    return x.clip(0)
