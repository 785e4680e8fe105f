"""The layers of real networks, in single precision."""

from __future__ import annotations

from math import prod

import pytest

from checks.families import family
from checks.networks import REAL_LAYERS, RealLayer
from checks.suite.verdicts import demand, examine

#: Products in a forward; the few layers with more are left to the main job, which runs them all.
MOST_PRODUCTS = 5_000_000


def _products(layer: RealLayer) -> int:
    out = family(layer.family).output_shape(layer.shapes, layer.config)
    return prod(out) * prod(layer.shapes.get("weight", (1, 1))[1:])


CHEAP = [layer for layer in REAL_LAYERS if _products(layer) <= MOST_PRODUCTS]


@pytest.mark.long(keep=17)
@pytest.mark.parametrize("layer", [pytest.param(row, id=f"{row.network} {row.layer}") for row in CHEAP])
def test_every_witness_agrees_on_real_layers(layer: RealLayer) -> None:
    """Geometry and channels as published, numbers on which single precision is exact as far as sums allow."""
    sheet = family(layer.family)
    case = sheet.case_of(layer.shapes, layer.config, "float32", sheet.kinds[0], 0)
    demand(examine(case, sheet), layer.layer)


def test_every_network_and_most_layers_are_cheap_enough() -> None:
    """What is left out is a small part, and no network is left out."""
    assert {layer.network for layer in CHEAP} == {layer.network for layer in REAL_LAYERS}
    assert 3 * len(CHEAP) >= 2 * len(REAL_LAYERS)
