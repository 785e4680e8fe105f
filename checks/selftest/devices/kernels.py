"""ReLU, max pooling and convolution on a GPU, by hand with Triton or PyTorch; some with a mistake of kernels."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch.autograd import Function
from torch.nn.grad import conv2d_input, conv2d_weight

#: Numbers that one program of a kernel works on.
BLOCK = 64


@triton.jit  # type: ignore[untyped-decorator] # it has no types
def _mask_kernel(x, dy, dx, count, block: tl.constexpr):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - Triton reads annotations
    at = tl.program_id(0) * block + tl.arange(0, block)
    upstream = tl.load(dy + at, mask=at < count)
    positive = tl.load(x + at, mask=at < count) > 0
    tl.store(dx + at, tl.where(positive, upstream, tl.zeros_like(upstream)), mask=at < count)


@triton.jit  # type: ignore[untyped-decorator] # it has no types
def _far_kernel(x, dy, dx, count, block: tl.constexpr):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - Triton reads annotations
    at = tl.program_id(0) * block + tl.arange(0, block)
    tl.store(dx + at * 100000000, tl.load(x + at * 100000000))


@triton.jit  # type: ignore[untyped-decorator] # it has no types
def _scatter_kernel(dy, places, dx, length, windows, count, block: tl.constexpr):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - Triton reads annotations
    at = tl.program_id(0) * block + tl.arange(0, block)
    upstream = tl.load(dy + at, mask=at < count)
    place = (at // windows) * length + tl.load(places + at, mask=at < count, other=0)
    tl.atomic_add(dx + place, upstream, mask=at < count)


@triton.jit  # type: ignore[untyped-decorator] # it has no types
def _racing_kernel(dy, places, dx, length, windows, count, block: tl.constexpr):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - Triton reads annotations
    at = tl.program_id(0) * block + tl.arange(0, block)
    upstream = tl.load(dy + at, mask=at < count)
    place = (at // windows) * length + tl.load(places + at, mask=at < count, other=0)
    tl.store(dx + place, tl.load(dx + place, mask=at < count) + upstream, mask=at < count)


def _up(number: int) -> int:
    return -(-number // BLOCK)


class Relu(Function):
    """ReLU whose backward runs a kernel in blocks."""

    kernel = _mask_kernel

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """PyTorch's own."""
        ctx.save_for_backward(x.contiguous())
        return x.clamp(min=0)

    @classmethod
    def backward(cls, ctx: Any, *grads: Any) -> Any:
        """By ``kernel``, on what ``dense`` makes of dy, in as many programs as ``blocks`` says."""
        (x,), dy = ctx.saved_tensors, cls.dense(grads[0])
        dx = torch.zeros_like(x)
        if programs := cls.blocks(x.numel()):
            cls.kernel[(programs,)](x, dy, dx, x.numel(), block=BLOCK)
        return dx

    @staticmethod
    def dense(dy: torch.Tensor) -> torch.Tensor:
        """What lies in memory without gaps."""
        return dy.contiguous()

    @staticmethod
    def blocks(count: int) -> int:
        """All of them."""
        return _up(count)


class NoTail(Relu):
    """The same without the last block, unless it is full."""

    @staticmethod
    def blocks(count: int) -> int:
        """The full ones."""
        return count // BLOCK


class AnyStrides(Relu):
    """The same on dy as it lies in memory."""

    @staticmethod
    def dense(dy: torch.Tensor) -> torch.Tensor:
        """Whatever came."""
        return dy


class Far(Relu):
    """The same with a kernel that reads where it may not."""

    kernel = _far_kernel


class MaxPool(Function):
    """Max pooling along one axis, whose backward scatters dy by a kernel."""

    kernel = _scatter_kernel

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, kernel_size: int, stride: int, padding: int) -> torch.Tensor:
        """PyTorch's own, on strides as it makes them itself: of float64 in others 2.11 breaks the device."""
        plain = torch.empty(x.shape, dtype=x.dtype, device=x.device).copy_(x)
        found = torch.nn.functional.max_pool1d(plain, kernel_size, stride, padding, return_indices=True)
        ctx.save_for_backward(found[1])
        ctx.shape = x.shape
        return found[0]

    @classmethod
    def backward(cls, ctx: Any, *grads: Any) -> Any:
        """Add each entry of dy to the place that it came from."""
        (places,), dy = ctx.saved_tensors, grads[0].contiguous()
        dx = dy.new_zeros(ctx.shape)
        if dy.numel():
            sizes = ctx.shape[-1], dy.shape[-1], dy.numel()
            cls.kernel[(_up(dy.numel()),)](dy, places, dx, *sizes, block=BLOCK)
        return dx, None, None, None


class Race(MaxPool):
    """The same without atomic additions."""

    kernel = _racing_kernel


class Conv(Function):
    """Convolution whose backward asks PyTorch for each gradient, as a port does."""

    last_tap = 1.0

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, stride: int = 1, padding: int = 0, dilation: int = 1) -> Any:
        """PyTorch's own."""
        ctx.save_for_backward(x, weight)
        ctx.settings = stride, padding, dilation
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
