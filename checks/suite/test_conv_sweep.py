"""Convolution over grids of its settings, in one, two and three axes."""

from __future__ import annotations

from typing import Any

import pytest

from checks.suite.layers import variant, variants
from checks.suite.verdicts import examine_layer
from checks.types import Config, Shape, Shapes

pytestmark = pytest.mark.sweep("settings of convolution", 4)

AXES = pytest.mark.parametrize("axes", [1, 2, 3])
#: Convolution and its variants, where there are any.
NAMES = pytest.mark.parametrize("name", variants("conv"))


def _examine(name: str, shapes: Shapes, config: Config) -> None:
    """A convolution, or the nearest that a variant of it has."""
    examine_layer(*variant(name, "conv", shapes, config))


def _sizes(axes: int, kernel: int, stride: int, dilation: int = 1) -> Shape:
    """A different size along each axis, so that windows fit and some leave rows over."""
    return tuple(dilation * (kernel - 1) + stride + 1 + axis for axis in range(axes))


def _layer(axes: int, kernel: int, stride: int, dilation: int = 1, groups: int = 1) -> dict[str, Shape]:
    """Shapes with N, C and O all different."""
    x = (2, 3 * groups, *_sizes(axes, kernel, stride, dilation))
    return {"x": x, "weight": (4 * groups, 3, *(kernel,) * axes), "bias": (4 * groups,)}


@NAMES
@AXES
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("padding", [0, 1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_every_stride_padding_and_kernel_size(name: str, axes: int, stride: int, padding: int, kernel: int) -> None:
    """From stride inside the window to beyond it, from no padding to more than the kernel."""
    _examine(name, _layer(axes, kernel, stride), {"stride": stride, "padding": padding})


@NAMES
@AXES
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [2, 3])
@pytest.mark.parametrize("kernel", [2, 3])
def test_every_dilation_with_every_stride(name: str, axes: int, stride: int, dilation: int, kernel: int) -> None:
    """Taps apart, with padding that reaches between them."""
    config = {"stride": stride, "dilation": dilation, "padding": 1}
    _examine(name, _layer(axes, kernel, stride, dilation), config)


@NAMES
@AXES
@pytest.mark.parametrize("groups", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2])
def test_every_number_of_groups(name: str, axes: int, groups: int, stride: int) -> None:
    """Channels that do not see each other."""
    config = {"groups": groups, "stride": stride, "padding": 1}
    _examine(name, _layer(axes, 3, stride, groups=groups), config)


@NAMES
@AXES
@pytest.mark.parametrize("multiplier", [1, 2])
def test_depthwise_convolution_with_one_channel_a_group(name: str, axes: int, multiplier: int) -> None:
    """One kernel, or two, for each channel: C/groups = 1."""
    weight = (5 * multiplier, 1, *(3,) * axes)
    config = {"groups": 5, "padding": 1, "stride": 2}
    _examine(name, {"x": (2, 5, *_sizes(axes, 3, 2)), "weight": weight}, config)


@NAMES
@pytest.mark.parametrize(
    "padding",
    [0, 2, (1, 0, 2), ((0, 1), (2, 0), (1, 3)), ((3, 0), (0, 0), (0, 4)), "same", "valid"],
    ids=str,
)
@pytest.mark.parametrize("kernel", [(3, 2, 1), (2, 2, 3), (1, 4, 2)], ids=str)
def test_every_form_of_padding(name: str, padding: Any, kernel: Shape) -> None:
    """One number, one for each axis, pairs (before, after), and the two words; even kernels make 'same' lopsided."""
    shapes = {"x": (2, 3, 4, 5, 6), "weight": (4, 3, *kernel), "bias": (4,)}
    _examine(name, shapes, {"padding": padding})


@NAMES
@pytest.mark.parametrize("kernel", [(3, 2), (1, 4), (5, 3)], ids=str)
@pytest.mark.parametrize("stride", [(1, 3), (2, 1), (4, 2)], ids=str)
@pytest.mark.parametrize("padding", [(0, 2), (3, 1)], ids=str)
@pytest.mark.parametrize("dilation", [(1, 2), (3, 1)], ids=str)
def test_every_axis_with_settings_of_its_own(
    name: str, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> None:
    """H != W and no setting shared: an axis that is taken for the other shows."""
    config = {"stride": stride, "padding": padding, "dilation": dilation}
    _examine(name, {"x": (2, 3, 13, 9), "weight": (4, 3, *kernel), "bias": (4,)}, config)


@NAMES
@AXES
@pytest.mark.parametrize("size", [1, 3])
def test_a_kernel_as_large_as_the_input(name: str, axes: int, size: int) -> None:
    """One output cell: a linear layer in disguise."""
    shapes = {"x": (3, 2, *(size,) * axes), "weight": (4, 2, *(size,) * axes), "bias": (4,)}
    _examine(name, shapes, {})


@NAMES
@AXES
def test_a_stride_that_leaves_all_but_one_window(name: str, axes: int) -> None:
    """Most of the input is seen by no window and gets no gradient."""
    shapes = {"x": (2, 3, *(7,) * axes), "weight": (4, 3, *(2,) * axes)}
    _examine(name, shapes, {"stride": 9})
