"""PyTorch's convolutions of three axes are called without oneDNN, which writes past its memory there."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from checks.adapters import adapt
from checks.adapters.torch_planes import SAID
from checks.families import family
from checks.subject import Subject
from checks.types import Shapes

#: Whether PyTorch may make use of oneDNN, as the calls of a layer found it.
Seen = list[bool]


def looking(seen: Seen) -> Subject:
    """A convolution that looks in its forward and in its backward."""

    class Looking(torch.autograd.Function):
        @staticmethod
        def forward(_: Any, y: Any) -> Any:
            seen.append(torch._C._get_mkldnn_enabled())
            return y.clone()

        @staticmethod
        def backward(_: Any, dy: Any) -> Any:
            seen.append(torch._C._get_mkldnn_enabled())
            return dy

    def layer(x: Any, weight: Any, stride: int = 1) -> Any:
        convolve = (torch.conv1d, torch.conv2d, torch.conv3d)[x.ndim - 3]
        return Looking.apply(convolve(x, weight, None, stride))  # type: ignore[no-untyped-call]

    return adapt(layer, family("conv").arguments)


@pytest.mark.parametrize(
    ("axes", "dtype", "enabled"),
    [(3, "float32", False), (3, "float16", False), (3, "float64", True), (2, "float32", True)],
)
def test_only_those_of_three_axes_and_few_digits_are_called_so(axes: int, dtype: str, enabled: bool) -> None:
    """Forward and backward; afterwards PyTorch is as it was, and a remark says what was done."""
    seen, before = Seen(), torch._C._get_mkldnn_enabled()
    shapes: Shapes = {"x": (2, 2, *(3,) * axes), "weight": (2, 2, *(2,) * axes)}
    subject = looking(seen)
    subject.vjp(family("conv").case_of(shapes, {"stride": 1}, dtype, "integers", 0))
    assert seen == [before and enabled] * 2
    assert torch._C._get_mkldnn_enabled() == before
    assert (SAID in subject.remarks) is not enabled


def test_a_layer_that_raises_leaves_pytorch_as_it_was() -> None:
    """Whatever it raises."""
    before = torch._C._get_mkldnn_enabled()

    def layer(x: Any, weight: Any) -> Any:
        raise ValueError(f"{x.shape} and {weight.shape}")

    shapes: Shapes = {"x": (2, 2, 3, 3, 3), "weight": (2, 2, 2, 2, 2)}
    with pytest.raises(Exception, match="refuses"):
        adapt(layer, family("conv").arguments).vjp(family("conv").case_of(shapes, {}, "float32", "integers", 0))
    assert torch._C._get_mkldnn_enabled() == before
