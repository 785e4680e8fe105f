"""ReLU, max pooling and convolution on a GPU, by hand with Triton or PyTorch; some with a mistake of kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import triton
import triton.language as tl
from torch.autograd import Function
from torch.nn.grad import conv2d_input, conv2d_weight

#: Numbers that one program of a kernel works on.
BLOCK = 64


@triton.jit  # type: ignore[untyped-decorator] # it has no types
def _mask_kernel(x: Any, dy: Any, dx: Any, count: Any, block: tl.constexpr) -> None:
    at = tl.program_id(0) * block + tl.arange(0, block)
    upstream = tl.load(dy + at, mask=at < count)
    positive = tl.load(x + at, mask=at < count) > 0
    tl.store(dx + at, tl.where(positive, upstream, tl.zeros_like(upstream)), mask=at < count)


@triton.jit  # type: ignore[untyped-decorator] # it has no types
def _far_kernel(x: Any, dy: Any, dx: Any, count: Any, block: tl.constexpr) -> None:
    at = tl.program_id(0) * block + tl.arange(0, block)
    tl.store(dx + at * 100000000, tl.load(x + at * 100000000))


@triton.jit  # type: ignore[untyped-decorator] # it has no types
def _scatter_kernel(dy: Any, places: Any, dx: Any, length: Any, windows: Any, count: Any, block: tl.constexpr) -> None:
    at = tl.program_id(0) * block + tl.arange(0, block)
    upstream = tl.load(dy + at, mask=at < count)
    place = (at // windows) * length + tl.load(places + at, mask=at < count, other=0)
    tl.atomic_add(dx + place, upstream, mask=at < count)


@triton.jit  # type: ignore[untyped-decorator] # it has no types
def _racing_kernel(dy: Any, places: Any, dx: Any, length: Any, windows: Any, count: Any, block: tl.constexpr) -> None:
    at = tl.program_id(0) * block + tl.arange(0, block)
    upstream = tl.load(dy + at, mask=at < count)
    place = (at // windows) * length + tl.load(places + at, mask=at < count, other=0)
    tl.store(dx + place, tl.load(dx + place, mask=at < count) + upstream, mask=at < count)


def _up(number: int) -> int:
    return -(-number // BLOCK)


def relu(kernel: Any, blocks: Callable[[int], int] = _up, dense: Callable[[Any], Any] = torch.Tensor.contiguous) -> Any:
    """ReLU whose backward runs ``kernel`` in so many ``blocks`` on what ``dense`` makes of dy."""

    class Relu(Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(x.contiguous())
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            (x,), dy = ctx.saved_tensors, dense(grads[0])
            dx = torch.zeros_like(x)
            if programs := blocks(x.numel()):
                kernel[(programs,)](x, dy, dx, x.numel(), block=BLOCK)
            return dx

    return Relu


def max_pool(kernel: Any) -> Any:
    """Max pooling along one axis, whose backward scatters dy by ``kernel``."""

    class MaxPool(Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor, kernel_size: int, stride: int, padding: int) -> torch.Tensor:
            y, places = torch.nn.functional.max_pool1d(x, kernel_size, stride, padding, return_indices=True)
            ctx.save_for_backward(places)
            ctx.shape = x.shape
            return y

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            (places,), dy = ctx.saved_tensors, grads[0].contiguous()
            dx = dy.new_zeros(ctx.shape)
            if dy.numel():
                sizes = ctx.shape[-1], dy.shape[-1], dy.numel()
                kernel[(_up(dy.numel()),)](dy, places, dx, *sizes, block=BLOCK)
            return dx, None, None, None

    return MaxPool


class Conv(Function):
    """Convolution whose backward asks PyTorch for each gradient, as a port does."""

    last_tap = 1.0

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, stride: int = 1, padding: int = 0, groups: int = 1) -> Any:
        """PyTorch's own."""
        ctx.save_for_backward(x, weight)
        ctx.settings = stride, padding, 1, groups
        return torch.nn.functional.conv2d(x, weight, bias, *ctx.settings)

    @classmethod
    def backward(cls, ctx: Any, *grads: Any) -> Any:
        """By ``torch.nn.grad``; the last tap of dweight times ``last_tap``."""
        (x, weight), (dy,) = ctx.saved_tensors, grads
        dx = conv2d_input(x.shape, weight, dy, *ctx.settings)  # type: ignore[no-untyped-call] # it has no types
        dweight = conv2d_weight(x, weight.shape, dy, *ctx.settings)  # type: ignore[no-untyped-call] # the same
        dweight[..., -1, -1] *= cls.last_tap
        return dx, dweight, dy.sum((0, 2, 3)), None, None, None


class ScaledTap(Conv):
    """The same with a mistake that no tolerance of single precision would show."""

    last_tap = 1 + 2.0**-8


RELU = relu(_mask_kernel)
NO_TAIL = relu(_mask_kernel, blocks=lambda count: count // BLOCK)
ANY_STRIDES = relu(_mask_kernel, dense=lambda dy: dy)
FAR = relu(_far_kernel)
MAX_POOL = max_pool(_scatter_kernel)
RACE = max_pool(_racing_kernel)
