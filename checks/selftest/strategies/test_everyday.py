"""Settings that axes share: several unusual ones at once are met, the commonest first."""

from __future__ import annotations

from collections.abc import Container
from itertools import islice

import numpy as np
import pytest

from checks.families import families, family
from checks.families.geometric import GeometricFamily
from checks.strategies.everyday import everyday
from checks.strategies.geometry import Axis, Geometry

WINDOWED = [
    pytest.param(sheet, id=name)
    for name, sheet in families().items()
    if isinstance(sheet, GeometricFamily) and "kernel" in sheet.space
]

#: Kernel, stride, padding and dilation that both axes share.
DILATED, DOWN, FAR = (3, 2, 1, 2), (3, 2, 1, 1), (3, 2, 0, 4)


def _layers() -> list[Geometry]:
    conv = family("conv")
    assert isinstance(conv, GeometricFamily)
    return list(everyday(2, conv.space, np.random.default_rng(0)))


def _settings(axis: Axis) -> tuple[int, ...]:
    return axis.kernel, axis.stride, axis.before, axis.dilation


def _first(layers: list[Geometry], settings: tuple[int, ...], groups: Container[int] = (1,)) -> int:
    """The place of the first layer with these along both axes, in such a count of groups."""
    alike = (
        place
        for place, layer in enumerate(layers)
        if layer.groups in groups and all(_settings(axis) == settings for axis in layer.axes)
    )
    return next(alike)


def test_a_layer_is_met_the_earlier_the_fewer_of_its_settings_are_unusual() -> None:
    """Halving, in groups, with a kernel whose taps lie apart, and with those far apart."""
    layers = _layers()
    plain, grouped, dilated, far = (
        _first(layers, DOWN),
        _first(layers, DOWN, groups=range(2, 6)),
        _first(layers, DILATED),
        _first(layers, FAR),
    )
    assert plain < min(dilated, far) < max(dilated, far) < len(layers) / 4
    assert grouped < len(layers) / 4


def test_a_kernel_of_one_row_moves_along_that_row_alone() -> None:
    """As (1, 3) with padding (0, 1) and stride (1, 2)."""
    along = [tuple(map(_settings, layer.axes)) for layer in _layers()]
    assert along.index(((1, 1, 0, 1), (3, 2, 1, 1))) < len(along) / 10


@pytest.mark.parametrize("sheet", WINDOWED)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_each_is_a_layer_of_its_family(sheet: GeometricFamily, axes: int) -> None:
    """Hardly any comes twice, and the reference takes those that were tried."""
    layers = list(everyday(axes, sheet.space, np.random.default_rng(0)))
    assert len({str(layer) for layer in layers}) > 0.9 * len(layers)
    for layer in islice(layers, 0, None, max(len(layers) // 8, 1)):
        case = sheet.case(Geometry(*_numbers(layer), modes=sheet.usual_modes), "float64", sheet.kinds[0], 0)
        assert sheet.reference.vjp(case).y.shape == case.shapes["dy"]
        assert all(axis.size > axis.before and axis.output > 1 for axis in layer.axes)


def _numbers(layer: Geometry) -> tuple[int, int, int, int, tuple[Axis, ...]]:
    return layer.batch, layer.groups, layer.inputs, layer.outputs, layer.axes
