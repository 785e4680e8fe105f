"""PyTorch's functions and operators, and what people write: a backward by hand, an operator, compiled code."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import pytest
import torch

from checks import verify

functional, mine = torch.nn.functional, cast("Any", getattr(torch.nn, "grad"))  # noqa: B009 - untyped there

RIGHT = [
    pytest.param(functional.conv1d, "conv1d", id="functional.conv1d"),
    pytest.param(partial(torch.conv2d, stride=2), "conv2d", id="conv2d with a stride settled"),
    pytest.param(torch.ops.aten.conv3d, "conv3d", id="aten.conv3d"),
    pytest.param(functional.max_pool2d, "max_pool2d", id="functional.max_pool2d"),
    pytest.param(torch.ops.aten.max_pool2d_with_indices, "max_pool2d", id="aten.max_pool2d_with_indices"),
    pytest.param(functional.avg_pool2d, "avg_pool2d", id="functional.avg_pool2d"),
    pytest.param(torch.relu, "relu", id="relu"),
    pytest.param(torch.relu_, "relu", id="relu_"),
]


@pytest.mark.parametrize(("function", "like"), RIGHT)
def test_a_function_of_pytorch_is_right(function: Any, like: str) -> None:
    """Built in or not, its signature is read."""
    verify(function, like, budget="1s")


class Conv(torch.autograd.Function):
    """A convolution with its backward written by hand, as in PyTorch's tutorials."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, stride: int = 1, padding: int = 0) -> Any:
        """Save what backward needs."""
        ctx.save_for_backward(x, weight)
        ctx.settings = stride, padding
        return functional.conv2d(x, weight, None, stride, padding)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """One gradient for each argument of forward."""
        x, weight = ctx.saved_tensors
        dx = mine.conv2d_input(x.shape, weight, dy, *ctx.settings)
        return dx, mine.conv2d_weight(x, weight.shape, dy, *ctx.settings), None, None


class Clamp(torch.autograd.Function):
    """ReLU, as in PyTorch's tutorials."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Save what backward needs."""
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """At 0 it is 1: a valid subgradient, and not PyTorch's own."""
        (x,) = ctx.saved_tensors
        dx = dy.clone()
        dx[x < 0] = 0
        return dx


def test_backwards_written_by_hand_are_right() -> None:
    """The tutorial's ReLU has another value at 0, which at_zero says."""
    verify(Conv, "conv2d", budget="1s")
    assert "convention" in verify(Clamp, "relu", budget="1s").hazards
    assert "convention" not in verify(Clamp, "relu", supports={"at_zero": 1.0}, budget="1s").hazards


@torch.library.custom_op("wild::halves", mutates_args=())
def halves(x: torch.Tensor, kernel_size: int) -> torch.Tensor:
    """Average pooling as an operator of one's own."""
    return functional.avg_pool2d(x, kernel_size)


def _keep(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.kernel_size = inputs[1]
    ctx.shape = inputs[0].shape


def _spread(ctx: Any, dy: Any) -> Any:
    k = ctx.kernel_size
    dx = dy.new_zeros(ctx.shape)
    whole = functional.interpolate(dy, scale_factor=k) / (k * k)
    dx[..., : whole.shape[-2], : whole.shape[-1]] = whole
    return dx, None


halves.register_autograd(_spread, setup_context=_keep)


def test_an_operator_of_ones_own_is_right() -> None:
    """Its schema says that one number stands for both axes."""
    verify(halves, "avg_pool2d", budget="1s")


def test_compiled_layers_are_right() -> None:
    """Compiled anew for each shape and format; this backend needs no C++ compiler."""
    verify(torch.compile(functional.max_pool2d, backend="aot_eager"), "max_pool2d", budget="1s")
    verify(torch.compile(torch.nn.Conv2d(2, 3, 3), backend="aot_eager"), "conv2d", budget="1s")
