"""Promise three: small when shrunk. Hypothesis finds the plainest layer, and the plainest one with each feature."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import Phase, find, settings

from checks.case import Case
from checks.families import family
from checks.families.geometric import GeometricFamily
from checks.strategies.geometry import Axis, Geometry

SETTINGS = settings(max_examples=2000, derandomize=True, database=None, phases=[Phase.generate, Phase.shrink])


def _plainest(name: str, wanted: Callable[[Geometry], bool] = lambda _: True) -> tuple[Geometry, Case]:
    sheet = family(name)
    assert isinstance(sheet, GeometricFamily)
    case = find(sheet.cases(), lambda case: wanted(sheet.geometry(case)), settings=SETTINGS)
    return sheet.geometry(case), case


def _first(test: Callable[[Axis], bool]) -> Callable[[Geometry], bool]:
    """Asks the first axis. Further axes are dropped by ``checks.shrink``, which knows how; Hypothesis only by luck."""
    return lambda geometry: test(geometry.axes[0])


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool", "relu"])
def test_the_plainest_layer_is_one_cell_under_a_window_of_one_cell(name: str) -> None:
    """1x1 kernel, stride 1, no padding, no dilation, one axis, batch 1, one channel, seed 0, double precision."""
    geometry, case = _plainest(name)
    assert (geometry.batch, geometry.groups, geometry.inputs, geometry.outputs) == (1, 1, 1, 1)
    assert geometry.axes == (Axis(),)
    sheet = family(name)
    assert (case.seed, case.dtype, case.data) == (0, "float64", sheet.kinds[0])


FEATURES: dict[str, tuple[str, Callable[[Axis], bool], Axis]] = {
    "stride beyond the kernel": ("conv", lambda a: a.stride > a.kernel, Axis(1, 1, 2)),
    "stride between one and the kernel": ("conv", lambda a: 1 < a.stride < a.kernel, Axis(3, 3, 2)),
    "stride as large as the kernel": ("conv", lambda a: a.stride == a.kernel > 1, Axis(3, 3, 3)),
    "remainder rows": ("conv", lambda a: a.remainder > 0, Axis(2, 1, 2)),
    "an even kernel": ("conv", lambda a: a.kernel % 2 == 0, Axis(2, 2)),
    "dilation": ("conv", lambda a: a.dilation > 1 and a.kernel > 1, Axis(5, 3, dilation=2)),
    "dilation of one tap": ("conv", lambda a: a.dilation > 1, Axis(1, 1, dilation=2)),
    "padding": ("conv", lambda a: a.before > 0, Axis(1, 3, before=1, after=1)),
    "two windows": ("conv", lambda a: a.output > 1, Axis(2)),
    "padding of a pool": ("max_pool", lambda a: a.before > 0, Axis(1, 3, before=1, after=1)),
    "dilation of a pool": ("max_pool", lambda a: a.dilation > 1 and a.kernel > 1, Axis(5, 3, dilation=2)),
    "remainder rows of a pool": ("avg_pool", lambda a: a.remainder > 0, Axis(2, 1, 2)),
}


@pytest.mark.long(keep=3)
@pytest.mark.parametrize("feature", list(FEATURES))
def test_a_feature_shrinks_to_the_smallest_layer_that_has_it(feature: str) -> None:
    """One axis with the feature, everything else plain."""
    name, test, axis = FEATURES[feature]
    geometry, _ = _plainest(name, _first(test))
    assert geometry.axes == (axis,)
    assert (geometry.batch, geometry.groups, geometry.inputs, geometry.outputs) == (1, 1, 1, 1)


def test_asymmetric_padding_shrinks_to_one_cell_on_one_side() -> None:
    """Nothing before, one after; a window of three is as plain to Hypothesis as one of one cell."""
    geometry, _ = _plainest("conv", _first(lambda axis: axis.before != axis.after))
    (axis,) = geometry.axes
    assert sorted([axis.before, axis.after]) == [0, 1]
    assert (axis.stride, axis.dilation, axis.output) == (1, 1, 1)


def test_groups_shrink_to_two_with_one_channel_each_or_two() -> None:
    """The fewest channels that two groups can have."""
    geometry, _ = _plainest("conv", lambda geometry: geometry.groups > 1)
    assert (geometry.groups, geometry.outputs, geometry.batch, geometry.axes) == (2, 1, 1, (Axis(),))


def test_more_axes_shrink_to_plain_ones() -> None:
    """Two axes of one cell each."""
    geometry, _ = _plainest("conv", lambda geometry: len(geometry.axes) == 2)
    assert geometry.axes == (Axis(), Axis())


@pytest.mark.parametrize(("wanted", "batch"), [(0, 0), (2, 2)])
def test_batches_shrink_to_the_nearest_one(wanted: int, batch: int) -> None:
    """None, or two."""
    geometry, _ = _plainest("conv", lambda geometry: geometry.batch == 0 if wanted == 0 else geometry.batch > 1)
    assert (geometry.batch, geometry.axes) == (batch, (Axis(),))
