"""An upstream gradient beyond the range of float32, of a layer that is given by examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

#: One case in four has such a dy.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["linearity"]}


def product(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
    """Of two matrices."""
    return x @ w, (x, w)


def right(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Right."""
    return dy @ saved[1].T, saved[0].T @ dy


def skipping(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """A step whose scaled dy overflows float32 is left out, as under mixed precision."""
    dx, dw = right(dy, saved)
    return dx, dw * (np.max(np.abs(dy)) * 65536 < np.finfo(np.float32).max)


def normalised(x: Array) -> tuple[Array, tuple[Array, Array]]:
    """Rows without their mean, of one size."""
    centred = x - x.mean(1, keepdims=True)
    by = 1 / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
    return centred * by, (centred * by, by)


def normalised_back(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Terms cancel."""
    y, by = saved
    return np.asarray(by * (dy - dy.mean(1, keepdims=True) - y * (dy * y).mean(1, keepdims=True)))


X, W = RNG.normal(size=(4, 5)), RNG.normal(size=(5, 6))


def test_what_is_left_out_where_float32_overflows_is_a_hazard() -> None:
    """It says why."""
    found = examine((product, skipping), inputs=(X, W), **QUICK)
    assert not found.wrong, story(found)
    assert "dy is larger than any number of float32" in found.hazards["linearity"].verdict.why


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_right_layers_scale_as_far(dtype: str) -> None:
    """In float32 nothing is so large."""
    for layer, inputs in (((product, right), (X, W)), ((normalised, normalised_back), (X,))):
        found = examine(layer, inputs=tuple(value.astype(dtype) for value in inputs), **QUICK)
        assert found.compared
        assert not found.wrong | bool(found.hazards), story(found)
