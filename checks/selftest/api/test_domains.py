"""Layers that take their example and little else: what they raise beside it ends a line, and is no mistake."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

VALUES, PLACES = np.random.default_rng(0).normal(size=8), np.array([0.1, 0.33, 0.5, 0.9])


def looked_up(values: Array, places: Array) -> tuple[Array, Any]:
    """Linear interpolation between values at equal distances, at places from 0 to 1; an index error elsewhere."""
    low = np.floor(places * 7).astype(int)
    share = places * 7 - low
    return values[low] * (1 - share) + values[low + 1] * share, (values.copy(), low, share)


def refusing(values: Array, places: Array) -> tuple[Array, Any]:
    """The same with an error of its own."""
    if np.any(places < 0) or np.any(places >= 1):
        raise ValueError("places must lie in [0, 1)")
    return looked_up(values, places)


def spread(dy: Array, saved: Any, factor: float = 7.0) -> tuple[Array, Array]:
    """Its gradients."""
    values, low, share = saved
    found = np.zeros_like(values)
    np.add.at(found, low, dy * (1 - share))
    np.add.at(found, low + 1, dy * share)
    return found, factor * dy * (values[low + 1] - values[low])


def surprise(p: Array) -> tuple[Array, Array]:
    """-log p, of probabilities alone."""
    assert np.all((p > 0) & (p < 1)), "probabilities expected"
    return -np.log(p), p.copy()


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        pytest.param((looked_up, spread), (VALUES, PLACES), id="stumbles outside"),
        pytest.param((refusing, spread), (VALUES, PLACES), id="refuses outside"),
        pytest.param((surprise, lambda dy, p: -dy / p), (np.array([0.1, 0.4, 0.8]),), id="asserts"),
    ],
)
def test_a_layer_with_a_domain_is_examined_inside(layer: Any, inputs: Any) -> None:
    """And a note says what it raised beside the example."""
    found = examine(layer, inputs=inputs, budget="1ms")
    assert not found.wrong, story(found)
    assert found.tallies["finite differences"].right
    assert "beside the example, so derivatives are taken from points that lie nearer" in story(found)


@pytest.mark.long
def test_a_mistake_inside_the_domain_is_seen() -> None:
    """A gradient of the place without its factor."""
    found = examine((looked_up, lambda dy, saved: spread(dy, saved, 1.0)), inputs=(VALUES, PLACES), budget="1ms")
    assert {finding.verdict.of for finding in found.findings.values()} == {"dplaces"}


@pytest.mark.parametrize("backward", [lambda dy, x: dy / (2 * np.sqrt(x)), lambda dy, x: dy / np.sqrt(4 * x)])
def test_an_example_that_leaves_the_domain_is_no_mistake_of_the_layer(backward: Any) -> None:
    """A note says where y is no number; a gradient that is none where y is a number is wrong."""
    x = np.array([0.3, -0.2, 1.5, 2.0])
    with np.errstate(invalid="ignore"):
        found = examine((lambda x: (np.sqrt(x), x), backward), inputs=(x,), budget="1ms")
        wrong = examine((lambda x: (x**2, x), lambda dy, x: 2 * dy * np.sqrt(x) ** 2), inputs=(x,), budget="1ms")
    assert not found.wrong, story(found)
    assert any("y of the example is not finite in 1 of 4 numbers" in note for note in found.notes)
    assert {"finite differences", "linearity"} <= wrong.findings.keys()
