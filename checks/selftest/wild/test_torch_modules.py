"""PyTorch's modules as they are: those of a family with ``like=``, all others with examples of their inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, layer_tests, verify

nn = torch.nn

#: One statement, one test for each law; see README.
test_conv2d = layer_tests(nn.Conv2d(3, 8, 3, stride=2, padding=1), like="conv2d")

LIKE_A_FAMILY = [
    (nn.Conv1d(4, 6, 3, padding="same", dilation=2, groups=2), "conv1d"),
    (nn.Conv3d(2, 2, (1, 2, 3), bias=False), "conv3d"),
    (nn.Conv2d, "conv2d"),
    (nn.MaxPool1d(3, padding=1, dilation=2), "max_pool1d"),
    (nn.MaxPool2d(3, 2, ceil_mode=True, return_indices=True), "max_pool2d"),
    (nn.MaxPool3d((1, 2, 2)), "max_pool3d"),
    (nn.AvgPool1d(3, padding=1, count_include_pad=False), "avg_pool1d"),
    (nn.AvgPool2d(3, 2, 1, ceil_mode=True, divisor_override=7), "avg_pool2d"),
    (nn.AvgPool3d(2), "avg_pool3d"),
    (nn.ReLU(), "relu"),
    (nn.ReLU(inplace=True), "relu"),
]


def name(value: Any) -> str:
    """A module as it prints."""
    return value if isinstance(value, str) else str(value)


@pytest.mark.parametrize(("module", "like"), LIKE_A_FAMILY, ids=name)
def test_a_module_of_a_family_is_right(module: Any, like: str) -> None:
    """Settings and channels are read from its attributes; every law is asked."""
    assert verify(module, like, budget="1s").compared


VECTORS, SIGNALS, IMAGES = (2, 4), (1, 2, 4), (1, 2, 3, 3)

WITH_EXAMPLES = [
    (nn.Linear(4, 3), VECTORS),
    (nn.ConvTranspose1d(2, 2, 2, stride=2, output_padding=1), SIGNALS),
    (nn.ConvTranspose2d(2, 2, 2, stride=2, groups=2), IMAGES),
    (nn.Conv1d(2, 2, 3, padding=1, padding_mode="circular"), SIGNALS),
    (nn.Conv2d(2, 1, 3, padding=1, padding_mode="reflect"), IMAGES),
    (nn.BatchNorm2d(2), IMAGES),
    (nn.BatchNorm2d(2).eval(), IMAGES),
    (nn.GroupNorm(1, 2), IMAGES),
    (nn.LayerNorm(4), VECTORS),
    (nn.RMSNorm(4), VECTORS),
    (nn.GELU(), VECTORS),
    (nn.SiLU(), VECTORS),
    (nn.ReLU6(), VECTORS),
    (nn.Softmax(-1), VECTORS),
    (nn.Dropout(0.5), VECTORS),
    (nn.Upsample(scale_factor=2, mode="bilinear"), IMAGES),
    (nn.AdaptiveAvgPool2d(2), IMAGES),
    (nn.GRU(4, 1), VECTORS),
    (nn.Sequential(nn.Conv2d(2, 1, 2), nn.ReLU(inplace=True), nn.MaxPool2d(2)), IMAGES),
]


@pytest.mark.parametrize(("module", "shape"), WITH_EXAMPLES, ids=name)
def test_a_module_is_right_around_an_example(module: Any, shape: tuple[int, ...]) -> None:
    """Its input and all of its parameters, without a second source."""
    found = verify(module.double(), inputs=np.random.default_rng(0).standard_normal(shape), budget="1ms")
    assert found.tallies["adjoint"].compared
    assert found.tallies["finite differences"].compared


def test_a_module_in_half_precision_by_name_is_what_was_asked() -> None:
    """A module keeps its attributes; the case's format is the format of its parameters during a call."""
    found = examine(nn.Linear(4, 3), inputs=np.ones(VECTORS, np.float32), budget="1ms")
    assert {case.dtype for case in found.judged} == {"float32"}
