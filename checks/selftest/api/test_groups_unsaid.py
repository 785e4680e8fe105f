"""A layer whose groups are the channels of x, and that nobody says this of: it is told what to say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import reference_impl
from checks import examine, story
from checks.selftest.api.test_groups_in_words import LAYERS
from checks.selftest.diagnosis.by_itself import written
from checks.types import Array


def beginning(layer: Any, **asked: Any) -> str:
    """The headline of a layer."""
    return story(examine(layer, "conv2d", budget="1ms", **asked)).splitlines()[0]


def one_kernel(x: Array, weight: Array, bias: Array | None = None) -> tuple[Array, Any]:
    """A depthwise convolution that has no other kernels than one for each channel of x."""
    if len(weight) != x.shape[1] or weight.shape[1] != 1:
        raise ValueError(f"weight {weight.shape} does not hold one kernel for each channel of {x.shape}")
    return reference_impl.conv_forward(x, weight, bias, groups=x.shape[1])


def doubled(x: Array, weight: Array, bias: Array | None = None) -> tuple[Array, Any]:
    """No depthwise convolution: wrong with a group for each channel, too."""
    y, saved = one_kernel(x, weight, bias)
    return 2 * y, saved


@pytest.mark.long
def test_a_layer_that_answers_as_a_depthwise_one_is_told_to_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the word that it takes; of a layer for any number of kernels both words."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    assert beginning((one_kernel, reference_impl.conv_backward)).endswith("supports={'groups': 'depthwise'}")
    assert beginning((layers.forward, layers.backward)).endswith("supports={'groups': ['depthwise', 'all']}")
    isolated = beginning((one_kernel, reference_impl.conv_backward), isolate=True)
    assert isolated.endswith("supports={'groups': 'depthwise'}")


@pytest.mark.long
def test_nobody_else_is_told_so() -> None:
    """Not a convolution of all channels, right or wrong, nor one whose groups are said, or are its own."""
    plain = (lambda x, weight, bias=None: reference_impl.conv_forward(x, weight, bias), reference_impl.conv_backward)
    negated = (lambda x, weight: (-reference_impl.conv_forward(x, weight)[0], x), lambda dy, x: (x, dy))
    said = {"supports": {"groups": "depthwise"}}
    module = torch.nn.Conv2d(4, 4, 3, groups=4, dtype=torch.float64)
    for layer in (plain, negated, (doubled, reference_impl.conv_backward), module):
        assert "is a group" not in beginning(layer)
    assert "is a group" not in beginning((one_kernel, reference_impl.conv_backward), **said)


def test_the_word_that_a_layer_is_told_makes_it_right() -> None:
    """What is said is what helps."""
    layer = (one_kernel, reference_impl.conv_backward)
    assert not examine(layer, "conv2d", budget="1ms", supports={"groups": "depthwise"}).wrong
