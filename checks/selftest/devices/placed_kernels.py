"""ReLU by a kernel, as a pair of functions, on streams, and on memory that is not its own; some are wrong."""

from __future__ import annotations

from typing import Any, ClassVar

import torch

from checks.selftest.devices.kernels import BLOCK, Relu


def pair_forward(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """ReLU with what its backward needs, as one writes it before there is a class."""
    return x.clamp(min=0), x.contiguous()


def pair_backward(dy: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """By the kernel."""
    dx = torch.empty_like(x)
    if programs := Relu.blocks(x.numel()):
        Relu.kernel[(programs,)](x, dy.contiguous(), dx, x.numel(), block=BLOCK)
    return dx


def pair_backward_without_tail(dy: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The same without the last block."""
    dx = torch.zeros_like(x)
    if programs := x.numel() // BLOCK:
        Relu.kernel[(programs,)](x, dy.contiguous(), dx, x.numel(), block=BLOCK)
    return dx


class TrustsExpanded(Relu):
    """The same on dy as it lies where it holds one number for all entries."""

    @staticmethod
    def dense(dy: torch.Tensor) -> torch.Tensor:
        """What has strides of 0 is taken for dense."""
        return dy if 0 in dy.stride() else dy.contiguous()


class OnAStream(Relu):
    """The same on a stream of its own, which waits for nobody."""

    @classmethod
    def backward(cls, ctx: Any, *grads: Any) -> Any:
        """The one who called waits, before dx is read."""
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call] # it has no types
        with torch.cuda.stream(stream):
            dx = Relu.backward(ctx, *grads)
        torch.cuda.current_stream().wait_stream(stream)
        return dx


class OnAWaitingStream(OnAStream):
    """The same as it must be."""

    @classmethod
    def backward(cls, ctx: Any, *grads: Any) -> Any:
        """Both wait."""
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call] # it has no types
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            dx = Relu.backward(ctx, *grads)
        torch.cuda.current_stream().wait_stream(stream)
        return dx


class OneBuffer(Relu):
    """The same with one dx for each shape, as a captured graph has it."""

    buffers: ClassVar[dict[Any, torch.Tensor]] = {}

    @classmethod
    def backward(cls, ctx: Any, *grads: Any) -> Any:
        """Right until the next call."""
        dx = super().backward(ctx, *grads)
        return cls.buffers.setdefault((dx.shape, dx.dtype), torch.empty_like(dx)).copy_(dx)


class Unwritten(Relu):
    """The same added up in memory that nobody has set to zero."""

    @classmethod
    def backward(cls, ctx: Any, *grads: Any) -> Any:
        """By ``out``, which may hold anything."""
        dx = super().backward(ctx, *grads)
        return torch.empty_like(dx).mul_(0).add_(dx)
