"""A layer that works on copies of its arguments, in another format or elsewhere, may not write to them either."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from checks import examine
from checks.adapters import adapt
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
