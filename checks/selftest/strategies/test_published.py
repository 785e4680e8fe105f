"""Real layers' settings are met on few channels."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from checks.families import family
from checks.families.geometric import GeometricFamily
from checks.families.unclaimed import Unclaimed
from checks.networks import REAL_LAYERS, RealLayer
from checks.scope.fitting import LONG_WINDOW
from checks.scope.limits import Limits
from checks.scope.published import CHANNELS, DEPTHWISE, FEW, GROUPS, SHORT_WORK, published, shortened, well_known
from checks.scope.wide import wide_cases
from checks.strategies.geometry import Geometry
from checks.strategies.well_known import WIDE

#: The largest kernel that is not costly on few windows.
USUAL = 16

#: Cases of a wide look among which the windows of further networks stand.
EARLY = 400


@pytest.mark.parametrize("layer", REAL_LAYERS, ids=lambda layer: f"{layer.network} {layer.layer}")
def test_every_real_layer_has_a_lean_case_with_its_settings(layer: RealLayer) -> None:
    """Axes as published: size, kernel, stride, padding and dilation; few channels and groups."""
    sheet = family(layer.family)
    assert isinstance(sheet, GeometricFamily)
    geometries = [sheet.geometry(case) for case in published(sheet, 0)]
    whole = sheet.geometry_of(layer.shapes, layer.config)
    met = [found for found in geometries if (found.axes, found.modes) == (whole.axes, whole.modes)]
    assert met
    assert all(found.inputs <= CHANNELS and found.outputs <= CHANNELS for found in met)
    assert any(found.groups == min(whole.groups, DEPTHWISE if whole.inputs == 1 else GROUPS) for found in met)


def test_each_is_met_once_and_formats_alternate() -> None:
    """Networks share settings."""
    cases = list(published(family("conv"), 0))
    assert len({str(case.but(seed=0, dtype="float64")) for case in cases}) == len(cases)
    assert {case.dtype for case in cases} == {"float64", "float32"}


def test_examples_have_no_published_settings() -> None:
    """There is no geometry to read."""
    relu = family("relu").reference
    assert not list(published(Unclaimed(relu, {"x": np.ones((2, 3))}), 0))


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
def test_shortened_layers_keep_the_settings_of_real_ones_on_few_windows(name: str) -> None:
    """Kernel, stride, padding, dilation and modes; a kernel that is costly on any plane is left out."""
    sheet = family(name)
    assert isinstance(sheet, GeometricFamily)

    def settings(found: Geometry) -> object:
        return [replace(axis, size=0) for axis in found.axes], found.modes

    long, short = ([sheet.geometry(case) for case in each(sheet, 0)] for each in (published, shortened))
    left_out = [whole for whole in long if all(settings(found) != settings(whole) for found in short)]
    assert all(max(whole.along("kernel")) > USUAL for whole in left_out)
    assert len(left_out) < len(long) / 10
    assert all(sheet.work(case) <= SHORT_WORK for case in shortened(sheet, 0))
    axes = [axis for found in short for axis in found.axes]
    assert all(axis.output <= FEW or axis.size <= axis.before + axis.stride for axis in axes)
    whole = {axis for found in long for axis in found.axes}
    assert all(axis.size > axis.before or axis in whole for axis in axes)  # else a first tap would see no cell
    assert all(max(found.groups, found.inputs, found.outputs) <= FEW for found in short)


def test_the_wide_look_meets_every_shortened_layer_early() -> None:
    """Long before the layers themselves, which have large planes."""
    conv = family("conv")
    assert set(shortened(conv, 0)) <= set(islice(wide_cases(Limits(conv, {}), 0), 250))


def test_a_long_kernel_of_one_axis_is_not_brought_to_two_early() -> None:
    """A window of 250 cells would become one of 62,500, which takes seconds."""
    conv = family("conv")
    limits = Limits(conv, {"axes": 2})
    assert any(max(case.shapes["weight"][2:]) >= 250 for case in shortened(conv, 0))
    early = map(limits.inside, islice(wide_cases(limits, 0), 250))
    assert all(max(case.shapes["weight"][2:]) < 250 for case in early)


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
def test_a_long_kernel_of_one_axis_stays_long_along_one_alone(name: str, axes: int) -> None:
    """A kernel of 250x250 is nobody's, and who gathers windows has no memory for it; 250x2 is past a byte, too."""
    sheet = family(name)
    assert isinstance(sheet, GeometricFamily)
    limits = Limits(sheet, {"axes": axes})
    whole = [sheet.geometry(case) for case in published(sheet, 0)]
    brought = [sheet.geometry(case) for case in limits.brought(published(sheet, 0))]
    assert len(brought) == len(whole)
    assert [max(found.along("kernel")) for found in brought] == [max(found.along("kernel")) for found in whole]
    assert all(sum(kernel > LONG_WINDOW for kernel in found.along("kernel")) <= 1 for found in brought)


@pytest.mark.parametrize("name", ["conv", "relu"])
def test_a_sweep_of_any_length_begins_at_once(name: str) -> None:
    """A fuzzing run of a million cases a round has to end in time: random cases are made as they are asked for."""
    endless = family(name).sweep(0, 10**12)
    assert list(islice(endless, 5)) == list(islice(family(name).sweep(0, 0), 5))


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
def test_windows_of_further_networks_are_met_early(name: str, axes: int) -> None:
    """Each of their taps sees a cell."""
    sheet = family(name)
    assert isinstance(sheet, GeometricFamily)
    known = [case for case in well_known(sheet, 0) if len(sheet.geometry(case).axes) == axes]
    assert len(known) > 1
    assert all(axis.size > axis.before for case in known for axis in sheet.geometry(case).axes)
    early = islice(wide_cases(Limits(sheet, {"axes": axes}), 0), EARLY)
    assert {case.but(seed=0) for case in early}.issuperset(case.but(seed=0) for case in known)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("kernel", [1, 3])
def test_small_kernels_are_met_with_many_channels(kernel: int, stride: int) -> None:
    """A layer may take another path from 64 of them on."""
    early = islice(wide_cases(Limits(family("conv"), {"axes": 2}), 0), EARLY)
    assert any(
        case.shapes["weight"][1] >= WIDE <= case.shapes["weight"][0]
        and case.shapes["weight"][2:] == (kernel, kernel)
        and case.config["stride"] == stride
        for case in early
    )


@pytest.mark.parametrize(("name", "groups"), [("conv", WIDE), ("max_pool", 1), ("avg_pool", 1)])
def test_depthwise_kernels_and_pools_are_met_with_many_channels(name: str, groups: int) -> None:
    """With dilation, too."""
    early = list(islice(wide_cases(Limits(family(name), {"axes": 2}), 0), EARLY))
    wide = [case for case in early if case.shapes["x"][1] >= WIDE and case.config.get("groups", 1) == groups]
    assert len({str(case.config) for case in wide}) > FEW
    assert name != "conv" or any(case.config["dilation"] == 2 for case in wide)


def test_layers_without_windows_have_none() -> None:
    """A ReLU, or a layer that is given by examples."""
    relu = family("relu")
    assert not list(well_known(relu, 0))
    assert not list(well_known(Unclaimed(relu.reference, {"x": np.ones((2, 3))}), 0))
