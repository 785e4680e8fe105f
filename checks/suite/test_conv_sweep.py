"""Convolution over grids of its settings, in one, two and three axes."""

from __future__ import annotations

from typing import Any

import pytest

from checks.suite.verdicts import examine_layer
from checks.types import Shape

AXES = pytest.mark.parametrize("axes", [1, 2, 3])


def _sizes(axes: int, kernel: int, stride: int, dilation: int = 1) -> Shape:
    """A different size along each axis, so that windows fit and some leave rows over."""
    return tuple(dilation * (kernel - 1) + stride + 1 + axis for axis in range(axes))


def _layer(axes: int, kernel: int, stride: int, dilation: int = 1, groups: int = 1) -> dict[str, Shape]:
    """Shapes with N, C and O all different."""
    x = (2, 3 * groups, *_sizes(axes, kernel, stride, dilation))
    return {"x": x, "weight": (4 * groups, 3, *(kernel,) * axes), "bias": (4 * groups,)}


@AXES
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("padding", [0, 1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_every_stride_padding_and_kernel_size(axes: int, stride: int, padding: int, kernel: int) -> None:
    """From stride inside the window to beyond it, from no padding to more than the kernel."""
    examine_layer("conv", _layer(axes, kernel, stride), {"stride": stride, "padding": padding})


@AXES
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [2, 3])
@pytest.mark.parametrize("kernel", [2, 3])
def test_every_dilation_with_every_stride(axes: int, stride: int, dilation: int, kernel: int) -> None:
    """Taps apart, with padding that reaches between them."""
    config = {"stride": stride, "dilation": dilation, "padding": 1}
    examine_layer("conv", _layer(axes, kernel, stride, dilation), config)


@AXES
@pytest.mark.parametrize("groups", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2])
def test_every_number_of_groups(axes: int, groups: int, stride: int) -> None:
    """Channels that do not see each other."""
    config = {"groups": groups, "stride": stride, "padding": 1}
    examine_layer("conv", _layer(axes, 3, stride, groups=groups), config)


@AXES
@pytest.mark.parametrize("multiplier", [1, 2])
def test_depthwise_convolution_with_one_channel_a_group(axes: int, multiplier: int) -> None:
    """One kernel, or two, for each channel: C/groups = 1."""
    weight = (5 * multiplier, 1, *(3,) * axes)
    config = {"groups": 5, "padding": 1, "stride": 2}
    examine_layer("conv", {"x": (2, 5, *_sizes(axes, 3, 2)), "weight": weight}, config)


@pytest.mark.parametrize(
    "padding",
    [0, 2, (1, 0, 2), ((0, 1), (2, 0), (1, 3)), ((3, 0), (0, 0), (0, 4)), "same", "valid"],
    ids=str,
)
@pytest.mark.parametrize("kernel", [(3, 2, 1), (2, 2, 3), (1, 4, 2)], ids=str)
def test_every_form_of_padding(padding: Any, kernel: Shape) -> None:
    """One number, one for each axis, pairs (before, after), and the two words; even kernels make 'same' lopsided."""
    shapes = {"x": (2, 3, 4, 5, 6), "weight": (4, 3, *kernel), "bias": (4,)}
    examine_layer("conv", shapes, {"padding": padding})


@pytest.mark.parametrize("kernel", [(3, 2), (1, 4), (5, 3)], ids=str)
@pytest.mark.parametrize("stride", [(1, 3), (2, 1), (4, 2)], ids=str)
@pytest.mark.parametrize("padding", [(0, 2), (3, 1)], ids=str)
@pytest.mark.parametrize("dilation", [(1, 2), (3, 1)], ids=str)
def test_every_axis_with_settings_of_its_own(kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> None:
    """H != W and no setting shared: an axis that is taken for the other shows."""
    config = {"stride": stride, "padding": padding, "dilation": dilation}
    examine_layer("conv", {"x": (2, 3, 13, 9), "weight": (4, 3, *kernel), "bias": (4,)}, config)


@AXES
@pytest.mark.parametrize("size", [1, 3])
def test_a_kernel_as_large_as_the_input(axes: int, size: int) -> None:
    """One output cell: a linear layer in disguise."""
    shapes = {"x": (3, 2, *(size,) * axes), "weight": (4, 2, *(size,) * axes), "bias": (4,)}
    examine_layer("conv", shapes, {})


@AXES
def test_a_stride_that_leaves_all_but_one_window(axes: int) -> None:
    """Most of the input is seen by no window and gets no gradient."""
    shapes = {"x": (2, 3, *(7,) * axes), "weight": (4, 3, *(2,) * axes)}
    examine_layer("conv", shapes, {"stride": 9})
