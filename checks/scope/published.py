"""The settings of real layers, which fast paths are written for, on few channels: each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from checks.case import Case
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.networks import REAL_LAYERS, RealLayer
from checks.strategies.geometry import Axis, Geometry
from checks.strategies.well_known import well_known_convolutions, well_known_poolings

#: Channels of a group, and groups of one channel and of several, that are left of a real layer.
CHANNELS, DEPTHWISE, GROUPS = 16, 32, 4

#: The same of a short one, and windows along each axis.
FEW = 3

#: What a short one may take, as families count work: one kernel of 250x250 would take as long as all the others.
SHORT_WORK = 1_000_000

DTYPES = ("float32", "float64")


def published(family: Family, seed: int) -> Iterator[Case]:
    """Cases with the kernel, stride, padding, dilation and kind of groups of each real layer of this family."""
    yield from _cases(family, seed, _lean)


def shortened(family: Family, seed: int) -> Iterator[Case]:
    """The same on planes of few windows, but for kernels that are large even then: a layer meets them early."""
    cases = _cases(family, seed, lambda sheet, layer: _short(_lean(sheet, layer)))
    return (case for case in cases if family.work(case) <= SHORT_WORK)


def well_known(family: Family, seed: int) -> Iterator[Case]:
    """Cases with the windows of further networks, from small to large; none of a family without windows."""
    if not isinstance(family, GeometricFamily) or "kernel" not in family.space:
        return
    geometries = well_known_convolutions() if "groups" in family.space else well_known_poolings()
    whole = (replace(geometry, modes=family.usual_modes) for geometry in geometries)
    cases = (
        family.case(geometry, DTYPES[place % 2], family.kinds[0], place)
        for place, geometry in enumerate(whole, seed % 2**32)
    )
    yield from sorted(cases, key=family.work)


def _cases(family: Family, seed: int, geometry_of: Callable[[GeometricFamily, RealLayer], Geometry]) -> Iterator[Case]:
    """A case for each geometry that real layers of this family have."""
    if not isinstance(family, GeometricFamily):
        return
    layers = (layer for layer in REAL_LAYERS if layer.family in family.lineage)
    geometries = {str(geometry): geometry for geometry in (geometry_of(family, layer) for layer in layers)}
    for place, geometry in enumerate(geometries.values(), seed % 2**32):
        yield family.case(geometry, DTYPES[place % 2], family.kinds[0], place)


def _short(whole: Geometry) -> Geometry:
    """As many windows along each axis, channels and groups as ``FEW`` at the most; what no window reaches is kept.

    Each axis stays longer than its padding: else a first tap would never see a cell.
    """
    axes = (replace(axis, size=axis.size - axis.stride * _spare(axis)) for axis in whole.axes)
    groups, inputs, outputs = (min(number, FEW) for number in (whole.groups, whole.inputs, whole.outputs))
    return replace(whole, groups=groups, inputs=inputs, outputs=outputs, axes=tuple(axes))


def _spare(axis: Axis) -> int:
    """Windows that an axis can do without."""
    return max(0, min(axis.output - FEW, (axis.size - axis.before - 1) // axis.stride))


def _lean(family: GeometricFamily, layer: RealLayer) -> Geometry:
    whole = family.geometry_of(layer.shapes, layer.config)
    groups = min(whole.groups, DEPTHWISE if whole.inputs == 1 else GROUPS)
    return replace(whole, groups=groups, inputs=min(whole.inputs, CHANNELS), outputs=min(whole.outputs, CHANNELS))
