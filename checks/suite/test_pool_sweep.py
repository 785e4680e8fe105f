"""Max and average pooling over grids of their settings, in one, two and three axes."""

from __future__ import annotations

from typing import Any

import pytest

from checks.suite.layers import variant, variants
from checks.suite.verdicts import examine_layer
from checks.types import Config, Shape, Shapes

pytestmark = pytest.mark.sweep("settings of pooling", 6)

AXES = pytest.mark.parametrize("axes", [1, 2, 3])
POOL = pytest.mark.parametrize("pool", [*variants("max_pool"), *variants("avg_pool")])
CEIL = pytest.mark.parametrize("ceil_mode", [False, True])
#: Padding goes up to half the kernel, as in PyTorch.
KERNEL_AND_PADDING = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0), (4, 1), (4, 2)]


def _examine(pool: str, shapes: Shapes, config: Config) -> None:
    """A pooling layer, or the nearest that a variant of it has."""
    of = next(name for name in ("max_pool", "avg_pool") if pool in variants(name))
    examine_layer(*variant(pool, of, shapes, config))


def _input(axes: int, kernel: int, stride: int, dilation: int = 1) -> dict[str, Shape]:
    """A different size along each axis, so that windows fit and some leave rows over."""
    first = dilation * (kernel - 1) + 1 + stride
    return {"x": (2, 3, *(first + axis for axis in range(axes)))}


@POOL
@AXES
@CEIL
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize(("kernel", "padding"), KERNEL_AND_PADDING)
def test_every_stride_padding_and_kernel_size(
    pool: str, axes: int, ceil_mode: bool, stride: int, kernel: int, padding: int
) -> None:
    """Windows that overlap, touch, or leave rows out; a last partial window or none."""
    config = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    _examine(pool, _input(axes, kernel, stride), config)


@AXES
@CEIL
@pytest.mark.parametrize("count_include_pad", [True, False])
@pytest.mark.parametrize("divisor", [None, 1, 2, 7, -3])
@pytest.mark.parametrize("stride", [1, 2, 5])
def test_every_divisor_of_average_pooling(
    axes: int, ceil_mode: bool, count_include_pad: bool, divisor: int | None, stride: int
) -> None:
    """The divisor counts padding, or does not, or is given; partial windows have one of their own."""
    modes: dict[str, Any] = {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
    config = {"kernel_size": 3, "stride": stride, "padding": 1, "divisor_override": divisor, **modes}
    examine_layer("avg_pool", _input(axes, 3, stride), config)


@AXES
@CEIL
@pytest.mark.parametrize("dilation", [2, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("kernel", "padding"), [(2, 0), (2, 1), (3, 1)])
def test_every_dilation_of_max_pooling(
    axes: int, ceil_mode: bool, dilation: int, stride: int, kernel: int, padding: int
) -> None:
    """Windows with gaps."""
    config = {"kernel_size": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    examine_layer("max_pool", _input(axes, kernel, stride, dilation), {**config, "ceil_mode": ceil_mode})


@POOL
@CEIL
@pytest.mark.parametrize("kernel", [(3, 2), (2, 4), (1, 5)], ids=str)
@pytest.mark.parametrize("stride", [None, (1, 3), (2, 1), (4, 2)], ids=str)
def test_every_axis_with_settings_of_its_own(pool: str, ceil_mode: bool, kernel: Shape, stride: Shape | None) -> None:
    """H != W and no setting shared; a stride that is left out is the kernel."""
    padding = tuple(size // 2 for size in kernel)
    config = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode}
    _examine(pool, {"x": (2, 3, 11, 8)}, config)


@POOL
@AXES
@pytest.mark.parametrize("size", [1, 2, 5])
def test_global_pooling_to_one_cell(pool: str, axes: int, size: int) -> None:
    """One window that holds the whole input."""
    _examine(pool, {"x": (2, 3, *(size,) * axes)}, {"kernel_size": size})
