"""Which parameter of a layer took which argument is told where it turned everything down, or raised."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from checks import examine, story
from checks.errors import ZeroComparisonsError
from reference_impl import conv_backward, conv_forward


def odd(b: Any, x: Any, W: Any, s: int = 1) -> Any:
    """A layer that means x by b."""
    return conv_forward(b, x, W, stride=s)


class Odd:
    """One that means bias by kernel, and built in words of its own."""

    def __init__(self, W: Any, b: Any, step: int = 1) -> None:
        self.weight, self.bias, self.step = b, W, step

    def forward(self, inp: Any) -> Any:
        """Raises."""
        y, self.saved = conv_forward(inp, self.weight, self.bias)
        return y

    def backward(self, dy: Any) -> Any:
        """Of nothing."""
        return conv_backward(dy, self.saved)


def torch_odd(inp: torch.Tensor, b: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """The same in PyTorch."""
    return torch.nn.functional.conv2d(inp, b, w)


@pytest.mark.parametrize(
    ("layer", "called"),
    [
        ((odd, conv_backward), "odd(b=bias, x=x, W=weight, s=stride)"),
        (Odd, "Odd(W=weight, b=bias, step=its default).forward(inp=x)"),
        (torch_odd, "torch_odd(inp=x, b=bias, w=weight)"),
    ],
)
def test_a_layer_that_turns_everything_down_is_told_which_parameter_took_what(layer: Any, called: str) -> None:
    """With the adapter to write."""
    with pytest.raises(ZeroComparisonsError) as raised:
        examine(layer, like="conv2d", budget="1ms")
    assert f"it was called as {called}; where that is not meant, write\n    def " in str(raised.value)


def test_a_layer_that_raises_in_each_case_is_told_which_parameter_took_what() -> None:
    """Where our words are its own there is nothing to be told."""

    def theirs(inp: Any, kern: Any, off: Any = None) -> Any:
        return inp.convolved(kern), off

    def ours(x: Any, weight: Any, bias: Any = None) -> Any:
        return x.convolved(weight), bias

    told, silent = (story(examine((each, conv_backward), like="conv2d", budget="1ms")) for each in (theirs, ours))
    assert "as far as its signature takes them: theirs(inp=x, kern=weight, off=its default). If so, write" in told
    assert "\ncalled as theirs(inp=x, kern=weight, off=its default)\n" in told
    assert "\ncalled as" not in silent


def strided(x: Any, weight: Any, bias: Any = None, steps: int = 1, eps: float = 1e-9, lr: float = 0.1) -> Any:
    """A stride by a name of its own, and numbers that no gradient follows."""
    assert eps < lr
    return conv_forward(x, weight, bias, stride=steps)


class Strided:
    """The same as a class, built with it."""

    def __init__(self, weight: Any, bias: Any, steps: int = 1) -> None:
        self.weight, self.bias, self.steps = weight, bias, steps

    def forward(self, x: Any) -> Any:
        """Of this stride."""
        y, self.saved = conv_forward(x, self.weight, self.bias, stride=self.steps)
        return y

    def backward(self, dy: Any) -> Any:
        """The reference's."""
        return conv_backward(dy, self.saved)


@pytest.mark.parametrize("layer", [(strided, conv_backward), Strided])
def test_a_number_of_which_nothing_is_known_is_named_where_it_stays_at_its_default(layer: Any) -> None:
    """A mistake at other values would pass."""
    told = story(examine(layer, like="conv2d", budget="1ms"))
    assert "\nnote: nothing is known of steps=1, left at the default: what is wrong at other values is not seen" in told
    assert "nothing is known of" not in story(examine((conv_forward, conv_backward), like="conv2d", budget="1ms"))
