"""An array that stands in two places of an example is handed over as two, and a note says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.types import Array

X, OTHER = np.random.default_rng(0).normal(size=(2, 3, 4))


def forward(x: Array, z: Array) -> tuple[Array, tuple[Array, Array]]:
    """A product that hands both factors on."""
    return x * z, (x.copy(), z.copy())


def backward(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Each gradient is the other factor's share."""
    x, z = saved
    return dy * z, dy * x


@pytest.mark.parametrize(
    ("inputs", "named"),
    [((X, X), "1 and 2"), ({"x": X, "z": X}, "x and z"), ((X, OTHER), ""), ((X, X.copy()), "")],
    ids=["by place", "by name", "others", "equal numbers"],
)
def test_an_example_with_one_array_in_two_places_is_told_so(inputs: Any, named: str) -> None:
    """Whatever a layer does where its arguments are one object, nobody has seen it here."""
    notes = examine((forward, backward), inputs=inputs, budget="1ms", laws=["adjoint"]).notes
    said = [note for note in notes if "are one array" in note]
    assert said == [note for note in said if note.startswith(f"arguments {named} of the example")]
    assert bool(said) is bool(named)
