"""A framework that nobody knows: PyTorch in disguise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from checks import Framework, examine
from checks.selftest.adapters.agreement import assert_agrees


class Tensor:
    """A tensor of this framework holds one of PyTorch's."""

    def __init__(self, held: Any) -> None:
        self.held = held


theirs = Framework(
    tensor=lambda array: Tensor(torch.from_numpy(array).requires_grad_()),
    array=lambda tensor: tensor.held.detach().numpy(),
    gradients=lambda y, tensors, dy: [
        None if found is None else Tensor(found)
        for found in torch.autograd.grad(
            y.held, [each.held for each in tensors], dy.held, retain_graph=True, allow_unused=True
        )
    ],
)


def conv(x: Tensor, weights: Tensor, b: Tensor, stride: int = 1, pad: int = 0) -> Tensor:
    """A convolution in words of its own."""
    return Tensor(torch.nn.functional.conv2d(x.held, weights.held, b.held, stride, pad))


def ignores(x: Tensor, scale: Tensor) -> Tensor:
    """A layer that does not look at its second argument."""
    return Tensor(torch.tanh(x.held))


def test_a_function_of_another_framework_agrees_with_the_reference() -> None:
    """Its keywords are read from its signature."""
    assert assert_agrees(theirs(conv)).limits["square"] == {"stride", "padding"}


def test_its_arguments_have_its_own_names_and_none_is_a_gradient_of_zero() -> None:
    """Without a family, too."""
    rng = np.random.default_rng(0)
    found = examine(theirs(ignores), inputs=(rng.standard_normal(2), rng.standard_normal(3)), budget="1ms")
    assert (found.family.arguments, found.wrong) == (("x", "scale"), False)
    pull = found.subject.pull({"x": np.ones(2), "scale": np.ones(3)}, {}, np.ones(2))
    np.testing.assert_array_equal(pull.gradients["dscale"], np.zeros(3))


def once(y: Tensor, tensors: Sequence[Tensor], dy: Tensor) -> list[Tensor]:
    """Gradients of a graph that is let go of, as PyTorch's own is."""
    return [*map(Tensor, torch.autograd.grad(y.held, [each.held for each in tensors], dy.held))]


def summed(y: Tensor, tensors: Sequence[Tensor], dy: Tensor) -> list[Tensor]:
    """Gradients that are added to those of the backward before."""
    y.held.backward(dy.held, retain_graph=True)
    return [Tensor(each.held.grad) for each in tensors]


@pytest.mark.parametrize("gradients", [once, summed])
def test_a_graph_that_one_backward_uses_up_is_a_hazard(gradients: Any) -> None:
    """Most frameworks' are; the layer is right."""
    layer = Framework(theirs.tensor, theirs.array, gradients)(lambda x, w: Tensor(torch.tanh(x.held @ w.held)))
    rng = np.random.default_rng(0)
    found = examine(layer, inputs=(rng.standard_normal((3, 4)), rng.standard_normal((4, 2))), budget="2s")
    assert not found.wrong
    assert "saved state" in found.hazards
