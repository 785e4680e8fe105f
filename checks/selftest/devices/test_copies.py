"""A layer that works on copies of its arguments, in another format or elsewhere, may not write to them either."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from checks import examine
from checks.adapters import adapt
from checks.adapters.torch_tensors import Format
from checks.families import family


class _WritesX(torch.autograd.Function):
    """ReLU that clips its x behind autograd's back."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Clip x itself."""
        x.data.clamp_(min=0)
        ctx.save_for_backward(x)
        return x.clone()

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Right for what x has become."""
        return grads[0] * (ctx.saved_tensors[0] > 0)


class _WritesDy(_WritesX):
    """ReLU that masks dy in place."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """As it must be."""
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Right, in the wrong place."""
        return grads[0].data.mul_(ctx.saved_tensors[0] > 0)


@pytest.mark.parametrize(("layer", "written"), [(_WritesX, "x"), (_WritesDy, "dy")])
def test_what_is_written_to_a_copy_is_seen(layer: Any, written: str) -> None:
    """In bfloat16, for which NumPy has no arrays to share."""
    relu = family("relu")
    subject = adapt(layer, relu.arguments, dtype="bfloat16")
    cases = [case for case in relu.sweep(0, 40) if subject.limits["dtype"] == "bfloat16" and case.dtype == "float32"]
    found = examine(subject, "relu", cases=[case.but(dtype="bfloat16") for case in cases[:3]])
    assert found.findings["arguments unchanged"].verdict.of == written


class _HandsOutABuffer(_WritesDy):
    """ReLU that keeps one buffer for each shape of dx, and gives it away: a CUDA graph's static output is such."""

    buffers: ClassVar[dict[Any, torch.Tensor]] = {}

    @classmethod
    def backward(cls, ctx: Any, *grads: Any) -> Any:
        """Right until the next call."""
        (y,) = ctx.saved_tensors
        own = cls.buffers.setdefault(y.shape, torch.empty(y.shape, dtype=y.dtype))
        return torch.mul(grads[0], y > 0, out=own)


class _DrawsOnTheCpu(torch.autograd.Function):
    """Dropout whose mask is drawn on the CPU, wherever x is."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Half of x, doubled."""
        kept = (torch.rand(x.shape) > 0.5).to(x.device)
        ctx.save_for_backward(kept)
        return x * kept * 2

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """By the same mask."""
        return grads[0] * ctx.saved_tensors[0] * 2


class _TrustsStrides(_WritesDy):
    """ReLU that reads dy as if each entry had a place of its own."""

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """Half of what comes for whatever is spread out."""
        (dy,) = grads
        return dy * (ctx.saved_tensors[0] > 0) / (2 if dy.numel() > 1 and 0 in dy.stride() else 1)


@pytest.mark.long
@pytest.mark.parametrize("device", ["cpu", "cpu:0"])
def test_strides_of_zero_are_met_wherever_a_layer_computes(device: str) -> None:
    """What a sum hands back holds one number for many entries; the second is a device as any other to PyTorch."""
    found = examine(_TrustsStrides, "relu", supports={"device": device}, budget="1ms")
    assert "layout" in found.findings
    assert set(found.findings) == {"layout"}


@pytest.mark.long
def test_a_buffer_that_is_given_away_on_a_device_is_seen() -> None:
    """Its array lies elsewhere, and is to show what the next call has done to it."""
    found = examine(_HandsOutABuffer, "relu", supports={"device": "cpu:0"}, budget="1ms")
    assert "results kept" in found.findings


def test_a_mask_that_is_drawn_on_the_cpu_is_the_same_at_each_call() -> None:
    """Both generators begin at the seed, that of the device and the CPU's."""
    found = examine(_DrawsOnTheCpu, inputs=(torch.ones(3, 4),), supports={"device": "cpu:0"}, budget="1ms")
    assert not found.wrong


@pytest.mark.parametrize(
    "lay",
    [
        np.asfortranarray,
        lambda x: np.broadcast_to(x[:1], x.shape),
        lambda x: x[::-1, ::2],
        lambda x: x[:, ::2],
        lambda x: np.moveaxis(x, 0, 1),
        lambda x: x[:0],
        lambda x: x.sum(),
    ],
)
@pytest.mark.parametrize("fmt", [Format(), Format(device="cpu:0"), Format("bfloat16")])
def test_a_tensor_lies_as_its_array_does(lay: Any, fmt: Format) -> None:
    """Where PyTorch has such strides, none of which goes backwards."""
    value = np.asarray(lay(np.arange(24.0, dtype=np.float32).reshape(4, 6)))
    value.flags.writeable = False
    tensor = fmt.tensor(value)
    assert tensor.double().tolist() == value.tolist()
    if min(value.strides, default=0) >= 0:
        assert [step * value.itemsize for step in tensor.stride()] == list(value.strides)
    assert not np.may_share_memory(value, tensor.float().numpy())
