"""A pair the wrong way round is misuse, before any work; what only looks a little like one is examined."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters.numpy_pair import numpy_pair
from checks.errors import UsageError
from checks.refusals import is_accident
from checks.types import Array
from reference_impl import conv_backward, conv_forward

X = np.random.default_rng(0).standard_normal((4, 3))

SWAPPED: dict[str, tuple[Any, Any]] = {
    "by their names": (conv_backward, conv_forward),
    "by their parameters": (lambda dout, cache: dout * cache, lambda inputs: (inputs.clip(0), inputs > 0)),
    "what was saved first": (lambda cache, dy: dy * cache, lambda x: (x.clip(0), x > 0)),
}

#: Right pairs, each near to a wrong one.
IN_ORDER: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "an argument called as an upstream gradient": (lambda g: (g * g, g), lambda dy, g: 2 * dy * g),
    "a backward that names nothing": (lambda error: (error * error, error), lambda d, saved: 2 * d * saved),
    "a backward that takes x first": (lambda x: (x * x, x), lambda x, dy: 2 * dy * x),
    "a backward of dy alone": (lambda x: (2 * x, None), lambda dy, _: 2 * dy),
}


@pytest.mark.parametrize("asked", [{"like": "conv2d"}, {"inputs": (X,)}], ids=["like", "inputs"])
@pytest.mark.parametrize("layer", SWAPPED.values(), ids=SWAPPED)
def test_a_pair_the_wrong_way_round_is_misuse_that_says_what_to_write(layer: Any, asked: dict[str, Any]) -> None:
    """It ended in no comparison, or in wrong numbers by chance."""
    with pytest.raises(UsageError, match=r"the first looks like the backward.*the other way round"):
        examine(layer, **asked)


def test_a_pair_whose_forward_is_called_a_backward_can_be_said_to_be_one() -> None:
    """Whoever means it says so, as the message tells: of a layer that goes forward as another goes back, say."""

    def backward(x: Array) -> tuple[Array, Array]:
        return x * x, x

    def forward(dy: Array, x: Array) -> Array:
        return np.asarray(2 * dy * x)

    with pytest.raises(UsageError, match=re.escape("say so: examine(numpy_pair('layer', backward, forward, ('x',)), ")):
        examine((backward, forward), inputs=(X,))
    found = examine(numpy_pair("layer", backward, forward, ("x",)), inputs=(X,), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert found.compared


@pytest.mark.parametrize("layer", IN_ORDER.values(), ids=IN_ORDER)
def test_a_pair_in_order_is_examined_whatever_its_parameters_are_called(layer: Any) -> None:
    """Names alone are no proof where the other half has none of its own."""
    found = examine(layer, inputs=(X,), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)


def test_values_that_do_not_fit_their_names_are_no_refusal_in_a_module_with_pytorch() -> None:
    """It is Python that says so, and none of PyTorch's checks."""
    with pytest.raises(ValueError, match="not enough values to unpack") as raised:
        _planes(np.ones((2, 3)))
    assert torch.__name__ in globals()
    assert is_accident(raised.value)


def _planes(x: Array) -> int:
    _, _, height, width = x.shape
    return int(height * width)
