"""A backward that gives dx another shape where kernels are no squares is wrong, however its framework says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array


class Swapped(torch.autograd.Function):
    """Pads rows by the width of the kernel, and columns by its height."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any) -> Any:
        """PyTorch's own."""
        ctx.save_for_backward(x, weight)
        return torch.nn.functional.conv2d(x, weight)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Right for squares; PyTorch turns other gradients down."""
        return _swapped(dy, *ctx.saved_tensors)


def _swapped(dy: Any, x: Any, weight: Any) -> tuple[Any, Any]:
    rows, columns = weight.shape[2:]
    dx = torch.nn.functional.conv2d(dy, weight.flip(2, 3).transpose(0, 1), padding=(columns - 1, rows - 1))
    return dx, torch.nn.functional.conv2d(x.transpose(0, 1), dy.transpose(0, 1)).transpose(0, 1)


def forward(x: Array, weight: Array) -> tuple[Array, Any]:
    """The same on arrays."""
    tensors = torch.tensor(x), torch.tensor(weight)
    return torch.nn.functional.conv2d(*tensors).numpy(), tensors


def backward(dy: Array, saved: Any) -> tuple[Array, Array]:
    """NumPy cannot add up gradients of another shape."""
    dx, dweight = _swapped(torch.tensor(dy), *saved)
    whole = np.zeros(saved[0].shape)
    whole += dx.numpy()
    return whole, dweight.numpy()


@pytest.mark.parametrize("layer", [Swapped, (forward, backward)], ids=["PyTorch says so", "NumPy says so"])
def test_it_is_wrong_on_kernels_that_are_no_squares(layer: Any) -> None:
    """Its forward is right there, and nobody said that kernels are squares."""
    found = examine(layer, like="conv2d", budget="1ms")
    assert found.wrong, story(found)
    assert any(len(set(each.shrunk.shapes["weight"][2:])) > 1 for each in found.findings.values()), story(found)
