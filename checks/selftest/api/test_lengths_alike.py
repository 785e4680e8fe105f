"""Lengths that differ in an example are made alike: there, one axis is taken for another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.families.elsewhere import OTHER_LENGTHS
from checks.report.story import story
from checks.types import Array

QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}
RNG = np.random.default_rng(0)

X, SLOPE = RNG.normal(size=(2, 4, 7)), RNG.normal(size=4)


def leaky(x: Array, slope: Array) -> tuple[Array, tuple[Array, Array]]:
    """A slope for each channel of what is below 0."""
    return np.where(x > 0, x, x * slope[None, :, None]), (x, slope)


def leaky_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Sums over samples and places."""
    x, slope = saved
    return np.where(x > 0, dy, dy * slope[None, :, None]), np.where(x > 0, 0, x * dy).sum((0, 2))


def leaky_back_by_length(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """The same over the axes that are not as long as there are slopes, as far as that tells them apart."""
    x, slope = saved
    axes = [axis for axis, length in enumerate(x.shape) if length != len(slope)]
    inner = np.where(x > 0, 0, x * dy)
    return leaky_back(dy, saved)[0], inner.sum(tuple(axes)) if len(axes) == 2 else inner.sum((0, 1))


def softmax(x: Array) -> tuple[Array, Array]:
    """Along rows."""
    powers = np.exp(x - x.max(-1, keepdims=True))
    y = powers / powers.sum(-1, keepdims=True)
    return y, y


def softmax_back(dy: Array, y: Array) -> Array:
    """The mean of dy goes out of each row."""
    return np.asarray(y * (dy - (dy * y).sum(-1, keepdims=True)))


def softmax_back_of_columns(dy: Array, y: Array) -> Array:
    """The same, but a square is summed without ``keepdims``."""
    total = (dy * y).sum(-1)
    return np.asarray(y * (dy - (total if len(y) == y.shape[-1] else total[:, None])))


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize(
    ("layer", "inputs"),
    [((leaky, leaky_back_by_length), (X, SLOPE)), ((softmax, softmax_back_of_columns), (RNG.normal(size=(3, 6)),))],
    ids=["slopes", "softmax"],
)
def test_an_axis_that_is_taken_for_another_of_its_length_is_said_to_be_wrong_there(layer: Any, inputs: Any) -> None:
    """Where both are alike."""
    found = examine(layer, inputs=inputs, **QUICK)
    assert found.only_elsewhere == [OTHER_LENGTHS], story(found)


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize(
    ("layer", "inputs"),
    [((leaky, leaky_back), (X, SLOPE)), ((softmax, softmax_back), (RNG.normal(size=(3, 6)),))],
    ids=["slopes", "softmax"],
)
def test_a_layer_that_keeps_its_axes_apart_is_no_hazard(layer: Any, inputs: Any) -> None:
    """However long they are."""
    found = examine(layer, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert "finite differences" not in found.hazards, story(found)
