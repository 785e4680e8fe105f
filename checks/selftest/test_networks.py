"""The table of real layers is complete, valid, as published where it must be, and cheap."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import prod
from typing import Any

import pytest
import torch

from checks.networks import REAL_LAYERS, RealLayer

NETWORKS = {
    "LeNet-5", "AlexNet", "VGG-16", "GoogLeNet", "ResNet-50", "ResNeXt-50 32x4d", "MobileNetV2", "DenseNet-121",
    "DeepLab v2", "DeepLab v3+", "U-Net", "C3D", "wav2letter", "M5",
}  # fmt: skip
ROWS = [pytest.param(row, id=f"{row.network} {row.layer}") for row in REAL_LAYERS]

MULTIPLY_ADDS = 25_000_000
POSITIONS = 250


def _per_axis(row: RealLayer, name: str, default: int) -> tuple[int, ...]:
    value = row.config.get(name, default)
    return (value,) * len(row.published) if isinstance(value, int) else tuple(value)


def _kernel(row: RealLayer) -> tuple[int, ...]:
    return row.shapes["weight"][2:] if row.family == "conv" else _per_axis(row, "kernel_size", 1)


def _stride(row: RealLayer) -> tuple[int, ...]:
    left_out = _kernel(row) if row.family.endswith("pool") else (1,) * len(row.published)
    return _per_axis(row, "stride", 0) if "stride" in row.config else left_out


def _remainders(row: RealLayer, size: tuple[int, ...]) -> list[int]:
    padding, dilation = _per_axis(row, "padding", 0), _per_axis(row, "dilation", 1)
    axes = zip(size, _kernel(row), _stride(row), padding, dilation, strict=True)
    return [(n + 2 * p - d * (k - 1) - 1) % s for n, k, s, p, d in axes]


def _torch_output(row: RealLayer) -> tuple[int, ...]:
    tensors = [torch.ones(shape) for shape in row.shapes.values()]
    if row.family == "relu":
        return tuple(torch.relu(*tensors).shape)
    function = getattr(torch.nn.functional, f"{row.family}{len(row.published)}d")
    return tuple(function(*tensors, **row.config).shape)


def _has(family: str, **wanted: Any) -> bool:
    return any(row.family == family and wanted.items() <= dict(row.config).items() for row in REAL_LAYERS)


def test_every_network_is_there_with_at_least_three_layers() -> None:
    """The networks that the main job promises, three rows or more of each."""
    counts = Counter(row.network for row in REAL_LAYERS)
    assert set(counts) == NETWORKS
    assert min(counts.values()) >= 3, counts


def test_no_row_stands_twice() -> None:
    """A row is known by its network and layer."""
    names = Counter((row.network, row.layer) for row in REAL_LAYERS)
    assert max(names.values()) == 1, names.most_common(3)


@pytest.mark.parametrize("row", ROWS)
def test_pytorch_takes_the_layer_and_the_run_stays_cheap(row: RealLayer) -> None:
    """The twin accepts the shapes and keywords; multiply-adds and output positions stay within the budget."""
    output = _torch_output(row)
    weight = row.shapes.get("weight", (1, 1))
    assert output[1] == (weight[0] if row.family == "conv" else row.shapes["x"][1])
    assert 1 <= prod(output[2:]) <= POSITIONS
    assert prod(output) * prod(weight[1:]) <= MULTIPLY_ADDS


@pytest.mark.parametrize("row", ROWS)
def test_a_reduced_size_leaves_the_remainder_of_the_published_size(row: RealLayer) -> None:
    """Never larger than published, and on every axis as many rows beyond the last full window."""
    run = row.shapes["x"][2:]
    assert all(small <= full for small, full in zip(run, row.published, strict=True))
    assert _remainders(row, run) == _remainders(row, row.published)


def test_a_row_says_what_was_reduced() -> None:
    """Both sizes where they differ, so that a report can show them."""
    said = {f"{row.network} {row.layer}": row.reduced for row in REAL_LAYERS}
    assert said["ResNet-50 conv1"] == "224x224 -> 30x30"
    assert said["C3D conv1a"] == "16x112x112 -> 4x7x7"
    assert said["LeNet-5 C5"] == "as published"


@pytest.mark.parametrize("row", ROWS)
def test_weight_and_bias_agree_with_channels_and_groups(row: RealLayer) -> None:
    """The weight is (O, C/groups, *kernel) with O a multiple of groups; a bias has O entries."""
    groups = row.config.get("groups", 1)
    assert set(row.shapes) <= ({"x", "weight", "bias"} if row.family == "conv" else {"x"})
    if row.family == "conv":
        weight = row.shapes["weight"]
        assert weight[1] * groups == row.shapes["x"][1]
        assert weight[0] % groups == 0
        assert row.shapes.get("bias", weight[:1]) == weight[:1]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_source(row: RealLayer) -> None:
    """A paper that can be looked up: an arXiv number or a venue with its year."""
    assert any(mark in row.source for mark in ("arXiv:", "NIPS 2012", "Proc. IEEE 86(11), 1998")), row.source


def test_the_geometry_that_tests_usually_miss_is_there() -> None:
    """11x11 stride 4, ceil-mode pools, 1x1 stride 2, groups, depthwise stride 2, wide dilations; 1, 2 and 3 axes."""
    seen = {(row.family, _kernel(row), _stride(row)) for row in REAL_LAYERS}
    assert {("conv", (11, 11), (4, 4)), ("conv", (1, 1), (2, 2)), ("conv", (3, 3, 3), (1, 1, 1))} <= seen
    assert {("conv", (48,), (2,)), ("max_pool", (4,), (4,)), ("max_pool", (1, 2, 2), (1, 2, 2))} <= seen
    assert _has("max_pool", ceil_mode=True)
    assert _has("conv", groups=32, stride=2)
    assert _has("conv", groups=96, stride=2)
    assert all(_has("conv", dilation=rate) for rate in (6, 12, 18))
    assert _has("avg_pool", divisor_override=1)
    kinds = {(row.family, len(row.published)) for row in REAL_LAYERS}
    assert set(product(("conv", "max_pool"), (1, 2, 3))) | {("avg_pool", 1), ("avg_pool", 2), ("relu", 2)} <= kinds


def test_some_ceil_mode_pools_end_in_a_partial_window() -> None:
    """Rounding up matters only where the remainder is not 0."""
    pools = [row for row in REAL_LAYERS if row.config.get("ceil_mode")]
    assert sum(any(_remainders(row, row.shapes["x"][2:])) for row in pools) >= 3


def test_one_forward_of_the_whole_table_stays_cheap() -> None:
    """Every witness runs every row several times, so the sum counts."""
    total = sum(prod(_torch_output(row)) * prod(row.shapes.get("weight", (1, 1))[1:]) for row in REAL_LAYERS)
    assert total < 300_000_000, f"{total:,}"
