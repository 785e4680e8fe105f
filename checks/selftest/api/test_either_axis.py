"""A setting that a layer takes where one axis has the larger number is examined where another has it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import reference_impl
from checks import examine
from checks.adapters import adapt
from checks.families import family
from checks.report.story import story
from checks.scope.probe import probed
from checks.types import Array

QUICK: dict[str, Any] = {"like": "conv2d", "budget": "1ms"}


def _kernel_as_high_as_wide(x: Array, weight: Array, bias: Array | None = None) -> Any:
    """It counts the rows of a kernel along its columns: some are missing, or do not exist."""
    used = np.zeros_like(weight)
    for row in range(weight.shape[3]):
        used[:, :, row] = weight[:, :, row]
    return reference_impl.conv_forward(x, used, bias)


def _square(x: Array, weight: Array, bias: Array | None = None) -> Any:
    """It takes no other kernel, whatever it raises there."""
    same = weight.reshape(*weight.shape[:2], *[weight.shape[2]] * 2)
    return reference_impl.conv_forward(x, same, bias)


def _one_stride(x: Array, weight: Array, bias: Array | None = None, stride: Any = 1) -> Any:
    """It takes a number, and no pair."""
    return reference_impl.conv_forward(x, weight, bias, stride=int(stride))


@pytest.mark.long
def test_a_kernel_that_raises_where_it_is_wide_is_asked_where_it_is_high() -> None:
    """An accident on one of them leaves out neither."""
    found = examine((_kernel_as_high_as_wide, reference_impl.conv_backward), **QUICK)
    assert {"runs", "reference"} <= set(found.findings), story(found)


@pytest.mark.parametrize(("layer", "word"), [(_square, "kernel_size"), (_one_stride, "stride")])
def test_what_raises_on_both_is_left_out(layer: Any, word: str) -> None:
    """And said to be."""
    pair = layer, reference_impl.conv_backward
    subject = adapt(pair, ("x", "weight", "bias"))
    assert word in probed(subject, family("conv"), {**subject.limits, "axes": 2})["square"]
    found = examine(pair, **QUICK)
    assert not found.wrong, story(found)
    assert f"{word} per axis" in " ".join(found.notes)
