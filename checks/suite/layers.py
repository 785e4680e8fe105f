"""Layers of every family from one geometry, and the variants of a family."""

from __future__ import annotations

import pytest

from checks.case import Case
from checks.families import families
from checks.families.geometric import GeometricFamily
from checks.strategies.geometry import Axis, Geometry
from checks.types import Config, Shapes

_SHEETS = {name: sheet for name, sheet in families().items() if isinstance(sheet, GeometricFamily)}

#: Every family that is made from a geometry.
SHEETS = pytest.mark.parametrize("sheet", [pytest.param(sheet, id=name) for name, sheet in _SHEETS.items()])


def layer(
    sheet: GeometricFamily, axes: tuple[Axis, ...], *, batch: int = 2, dtype: str = "float64", seed: int = 0
) -> Case:
    """A layer with three channels, two outputs a group, every mode at its plainest, a bias where there can be one."""
    modes = {mode: True if mode == "bias" else plain for mode, plain in sheet.plain_modes.items()}
    return sheet.case(Geometry(batch, 1, 3, 2, axes, modes), dtype, sheet.kinds[0], seed)


def variants(name: str) -> list[str]:
    """A family, and every family that is a variant of it."""
    return [name, *(each for each, sheet in _SHEETS.items() if name in sheet.lineage[1:])]


def variant(name: str, of: str, shapes: Shapes, config: Config) -> tuple[str, Shapes, Config]:
    """A layer in a variant of its family, or the nearest that the variant has; in the family itself as it is."""
    if name == of:
        return name, shapes, config
    geometry = _SHEETS[name].nearest(_SHEETS[of].geometry_of(shapes, config))
    return name, _SHEETS[name].shapes(geometry), _SHEETS[name].config(geometry)
