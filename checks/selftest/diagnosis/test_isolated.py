"""Backwards that are wrong at single numbers alone, where a comparison leaves out that its sides may be equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.diagnosis.test_causes import looks
from checks.types import Array

pytestmark = pytest.mark.usefixtures("every_step")

X = np.array([[0.5, 0.0, -0.75, 1.25], [1.5, -1.25, 0.25, 0.0]])
JOINED = X + np.where(X == 0, 1.0, 0.0)
SAID = "dx is right just below and just above, and another number where x is exactly {}: a comparison"


def elementwise(forward: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Any:
    """A pair of these."""
    return lambda x: (forward(x), x.copy()), lambda dy, x: dy * slope(x)


def elu(x: Array) -> Array:
    """Has a slope of 1 on both sides of 0."""
    return np.where(x < 0, np.expm1(x), x)


def huber(x: Array) -> Array:
    """Has a slope of 1 on both sides of 1."""
    return np.where(np.abs(x) <= 1, x * x / 2, np.abs(x) - 0.5)


STRICT = {
    "elu": (elementwise(elu, lambda x: np.where(x < 0, np.exp(x), 1.0 * (x > 0))), X, "0.0"),
    "huber": (elementwise(huber, lambda x: np.where(np.abs(x) < 1, x, np.sign(x) * (np.abs(x) > 1))), JOINED, "1.0"),
}


@pytest.mark.parametrize(("layer", "x", "number"), STRICT.values(), ids=STRICT)
def test_two_strict_comparisons_are_named(layer: Any, x: Array, number: str) -> None:
    """As the one cause."""
    (said,) = looks(layer, x)
    assert said.startswith(SAID.format(number))


SILENT = {
    "right": elementwise(elu, lambda x: np.where(x < 0, np.exp(x), 1.0)),
    "wrong beside, too": elementwise(elu, lambda x: np.where(x < 0, np.exp(x), 2.0 * (x > 0))),
    "a kink": elementwise(np.abs, lambda x: np.where(x == 0, 5, np.sign(x))),
}


@pytest.mark.parametrize("layer", SILENT.values(), ids=SILENT)
def test_other_layers_are_not_said_to_be_so(layer: Any) -> None:
    """Near misses."""
    assert not any("just below" in each for each in looks(layer, X))


def test_kinks_away_from_zero_have_their_headline() -> None:
    """Where an example has numbers there."""
    hinge = elementwise(lambda x: np.maximum(0, 1 - x), lambda x: -1.0 * (x < 1) - 3 * (x == 1))
    found = examine(hinge, inputs=(JOINED,), budget="1ms", laws=["kinks"])
    assert "WRONG only at kinks, by kinks" in story(found).splitlines()[0]
