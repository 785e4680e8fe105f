"""The settings of real layers, which fast paths are written for, on few channels: each once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.case import Case
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.networks import REAL_LAYERS, RealLayer
from checks.strategies.geometry import Geometry

#: Channels of a group, and groups of one channel and of several, that are left of a real layer.
CHANNELS, DEPTHWISE, GROUPS = 16, 32, 4

DTYPES = ("float32", "float64")


def published(family: Family, seed: int) -> Iterator[Case]:
    """Cases with the kernel, stride, padding, dilation and kind of groups of each real layer of this family."""
    if not isinstance(family, GeometricFamily):
        return
    layers = (layer for layer in REAL_LAYERS if layer.family in family.lineage)
    geometries = {str(geometry): geometry for geometry in (_lean(family, layer) for layer in layers)}
    for place, geometry in enumerate(geometries.values(), seed % 2**32):
        yield family.case(geometry, DTYPES[place % 2], family.kinds[0], place)


def _lean(family: GeometricFamily, layer: RealLayer) -> Geometry:
    whole = family.geometry_of(layer.shapes, layer.config)
    groups = min(whole.groups, DEPTHWISE if whole.inputs == 1 else GROUPS)
    return replace(whole, groups=groups, inputs=min(whole.inputs, CHANNELS), outputs=min(whole.outputs, CHANNELS))
