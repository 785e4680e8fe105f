"""Layers whose settings stand inside of them, and are told from their shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import reference_impl
from checks import (
    examine,
)
from checks.types import Array


def _with(**settings: Any) -> Any:
    def forward(x: Array, weight: Array, bias: Array | None = None) -> Any:
        return reference_impl.conv_forward(x, weight, bias, **settings)

    return forward, reference_impl.conv_backward


@pytest.mark.parametrize(
    "settings",
    [{"padding": 1}, {"stride": 2}, {"dilation": 2}, {"padding": 2, "stride": 3}],
    ids=str,
)
def test_settings_that_a_layer_has_inside_are_told_from_the_shapes_of_y(settings: dict[str, Any]) -> None:
    """They are taken to be meant, and a note says so."""
    found = examine(_with(**settings), "conv2d", budget="1ms", laws=["reference"])
    assert not found.wrong
    assert [note for note in found.notes if f"taken to be fixed inside, as supports={settings}" in note], found.notes


def test_a_layer_with_settings_inside_is_still_judged_by_them() -> None:
    """A wrong gradient is found, and what it makes of no samples is none of its shapes' doing."""
    forward, backward = _with(padding=1)

    def one_sample(dy: Array, saved: Any) -> Any:
        if not len(dy):
            raise ValueError("no samples")
        dx, dweight, dbias = backward(dy, saved)
        return dx, 2 * dweight, dbias

    found = examine((forward, one_sample), "conv2d", budget="1ms", laws=["reference"])
    assert found.findings["reference"].verdict.of == "dweight"
    assert "runs" not in found.findings


def test_nothing_is_told_of_a_layer_whose_shapes_are_right_or_make_no_sense() -> None:
    """Or of one that takes every setting."""
    forward, backward = _with()
    wide = (lambda x, weight, bias=None: (np.pad(forward(x, weight, bias)[0], 9), None)), backward
    for layer in ((forward, backward), wide, (reference_impl.conv_forward, backward)):
        assert not examine(layer, "conv2d", budget="1ms", laws=["reference"]).notes


def _pool(x: Array) -> Any:
    """Windows of 2, the last of them beyond the border."""
    return reference_impl.max_pool_forward(x, kernel_size=2, stride=2, ceil_mode=True)


def _of_zeros(x: Array) -> Any:
    """The same, with zeros before the first cell of an odd axis: wrong there alone."""
    _, saved = _pool(x)
    zeros = [(0, 0), (0, 0), *((length % 2, 0) for length in x.shape[2:])]
    return reference_impl.max_pool_forward(np.pad(x, zeros), kernel_size=2, stride=2)[0], saved


@pytest.mark.parametrize("forward", [_pool, _of_zeros])
def test_the_plainest_settings_that_make_most_of_y_right_are_the_ones_inside(forward: Any) -> None:
    """Padding of 1 and a dilation of 2 have the same shapes; the first of them in the list is no better for that."""
    layer, window = (forward, reference_impl.max_pool_backward), {"kernel_size": 2}
    found = examine(layer, "max_pool2d", supports=window, budget="1ms", laws=["reference"])
    assert [note for note in found.notes if "as supports={'ceil_mode': True} says" in note], found.notes
    assert found.wrong == (forward is _of_zeros)
    assert all(any(length % 2 for length in each.shrunk.shapes["x"][2:]) for each in found.findings.values())
