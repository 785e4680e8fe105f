"""PyTorch's convolutions of three axes are called without oneDNN, which writes past its memory there."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.nn.grad import conv2d_input, conv2d_weight

from checks import examine, story
from checks.adapters import adapt
from checks.adapters.torch_planes import SAID, SAID_OF_BFLOAT16
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


def widened(x: Any, weight: Any, stride: int = 1) -> tuple[Any, tuple[Any, Any, int]]:
    """A convolution that computes in float32 and rounds once, by hand on tensors."""
    y = torch.conv2d(x.float(), weight.float(), None, stride)
    return y.to(x.dtype), (x.clone(), weight.clone(), stride)


def back(dy: Any, saved: tuple[Any, Any, int]) -> tuple[Any, Any]:
    """Its backward."""
    x, weight, stride = saved
    dx = conv2d_input(x.shape, weight.float(), dy.float(), stride)  # type: ignore[no-untyped-call]
    dweight = conv2d_weight(x.float(), weight.shape, dy.float(), stride)  # type: ignore[no-untyped-call]
    return dx.to(x.dtype), dweight.to(x.dtype)


#: A convolution of 16 samples, which PyTorch hands to NNPACK where oneDNN is off.
OF_SIXTEEN = (
    'conv(x=(17,4,5,5), weight=(8,4,4,4), dy=(17,8,2,2); stride=1, padding=0, dilation=1, groups=1; dtype="bfloat16", '
    'data="sparse", span=2, unit=1, seed=1)'
)


def test_a_pair_that_widens_bfloat16_is_exact_on_integers_and_a_note_says_how_it_is_called() -> None:
    """Not by NNPACK, whose sums of whole numbers are not whole."""
    found = examine((widened, back), like="conv2d", supports={"dtype": ["bfloat16"]}, cases=[OF_SIXTEEN])
    assert not found.wrong, story(found)
    assert SAID_OF_BFLOAT16 in found.notes


def test_one_that_also_drops_a_row_is_wrong_there() -> None:
    """Of what it sums in float32, too."""

    def without_last_row(dy: Any, saved: tuple[Any, Any, int]) -> tuple[Any, Any]:
        dx, dweight = back(dy, saved)
        dx[..., -1, :] = 0
        return dx, dweight

    found = examine((widened, without_last_row), like="conv2d", supports={"dtype": ["bfloat16"]}, cases=[OF_SIXTEEN])
    assert "WRONG  dx of conv" in story(found)
    assert "WRONG  y of conv" not in story(found)
