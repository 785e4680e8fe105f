"""A layout on which PyTorch's own convolution overwrites the heap is not handed to it: its claims are blind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters import adapt
from checks.adapters.torch_crashes import crash
from checks.families import family
from checks.invariants.layout import Layout
from checks.invariants.layouts import LAYOUTS
from checks.witness import Trial

LAST = LAYOUTS["channels last"]
X, ONES = np.ones((4, 2, 6, 6), np.float32), np.ones((3, 2, 1, 1), np.float32)

#: One column, whose stride is anything.
NARROW = np.lib.stride_tricks.as_strided(np.ones((64,), np.float32), (1, 2, 15, 1), (4, 4, 8, 240))

#: Kernels that lie as channels last by the strides of their only row and column.
LYING = np.lib.stride_tricks.as_strided(np.ones((64,), np.float32), (3, 2, 1, 1), (8, 4, 8, 8))


#: Windows at -11, -9, ..., of one axis, where x has its only number at 0.
BESIDE = {"stride": 4, "padding": 11, "dilation": 2, "groups": 7}
POINT, LONG = np.ones((1, 7, 1), np.float32), np.ones((14, 1, 6), np.float32)
ROWS = np.ones((1, 7, 2, 1), np.float32)


@pytest.mark.parametrize(
    ("x", "weight", "config", "told"),
    [
        (LAST(X), ONES, {"stride": 2}, True),
        (LAST(X), ONES, {"stride": (1, 2)}, True),
        (LAST(X), ONES, {}, True),
        (LAST(X[:, :1]), ONES[:, :1], {"stride": 3}, True),
        (NARROW, ONES, {"stride": 3}, True),
        (X, LYING, {"stride": 3}, True),
        (X, ONES, {"stride": 2}, False),
        (LAST(X), ONES, {"stride": 1}, False),
        (LAST(X), np.ones((3, 2, 2, 2), np.float32), {"stride": 2}, False),
        (LAST(X.astype(np.float64)), ONES.astype(np.float64), {"stride": 2}, False),
    ],
    ids=[
        "stride 2",
        "of one axis",
        "an example",
        "one channel",
        "one column",
        "one row of a kernel",
        "contiguous",
        "stride 1",
        "2x2",
        "float64",
    ],
)
def test_the_trigger_is_told_from_the_arrays(x: Any, weight: Any, config: Any, told: bool) -> None:
    """Float32, channels last, 1x1, and a stride."""
    assert bool(crash({"x": x, "weight": weight}, config)) is told


@pytest.mark.parametrize(
    ("x", "weight", "config", "told"),
    [
        (LAST(POINT), LONG, BESIDE, True),
        (POINT, LAST(LONG), BESIDE, True),
        (LAST(POINT), LONG, {**BESIDE, "padding": (11,)}, True),
        (LAST(ROWS), LONG[..., None, :], {**BESIDE, "padding": (0, 11)}, True),
        (
            LAST(POINT[..., None, None]),
            LONG[..., None, None, :],
            {**BESIDE, "padding": ((0, 0), (0, 0), (11, 11))},
            True,
        ),
        (POINT, LONG, BESIDE, False),
        (LAST(POINT), LONG, {**BESIDE, "padding": 12}, False),
        (LAST(POINT), LONG, {**BESIDE, "padding": 5}, False),
        (LAST(ROWS), LONG[..., None, :], {**BESIDE, "padding": (11, 0)}, False),
        (LAST(POINT), LONG, {"padding": "same"}, False),
        (LAST(POINT).astype(np.float64), LONG.astype(np.float64), BESIDE, False),
        (LAST(POINT), LONG, {}, False),
    ],
    ids=[
        "x",
        "weight",
        "of an axis",
        "two axes",
        "three axes, in pairs",
        "contiguous",
        "one meets x",
        "one window",
        "not the last axis",
        "same",
        "float64",
        "an example",
    ],
)
def test_windows_that_all_lie_beside_x_are_told(x: Any, weight: Any, config: Any, told: bool) -> None:
    """Float32, channels last, and two or more windows of the last axis in padding alone."""
    assert ("all miss x" in crash({"x": x, "weight": weight}, config)) is told


#: A plane of one channel, and a kernel as wide as it is.
PLANE, WIDE = np.ones((2, 1, 3, 5), np.float32), np.ones((1, 1, 2, 5), np.float32)


@pytest.mark.parametrize(
    ("x", "weight", "config", "told"),
    [
        (LAST(PLANE), WIDE, {"stride": (1, 2)}, True),
        (PLANE, LAST(WIDE), {"stride": 3}, True),
        (LAST(PLANE[:, :, None]), WIDE[:, :, None], {"stride": 2}, True),
        (LAST(PLANE), WIDE[..., 1:], {"stride": 2}, True),
        (PLANE, WIDE, {"stride": 2}, False),
        (LAST(PLANE), WIDE, {"stride": (2, 1)}, False),
        (LAST(PLANE), WIDE, {"stride": 2, "padding": 1}, False),
        (LAST(PLANE.repeat(2, 1)), WIDE.repeat(2, 1), {"stride": 2}, False),
        (LAST(PLANE.astype(np.float64)), WIDE.astype(np.float64), {"stride": 2}, False),
    ],
    ids=[
        "x",
        "weight",
        "three axes",
        "cells left",
        "contiguous",
        "stride 1",
        "two windows",
        "two channels",
        "float64",
    ],
)
def test_one_window_of_one_channel_is_told(x: Any, weight: Any, config: Any, told: bool) -> None:
    """Float32, channels last, and a stride along an axis on which there is one window."""
    assert ("beside x where" in crash({"x": x, "weight": weight}, config)) is told


def test_a_convolution_beside_x_is_never_called_in_channels_last() -> None:
    """A discovery of the soak: the process ended in the forward of ``conv1d``."""
    lying = list[Any]()

    def layer(x: Any, weight: Any, bias: Any, **settings: Any) -> Any:
        lying.append(crash({"x": x.detach().numpy(), "weight": weight.detach().numpy()}, settings))
        return torch.nn.functional.conv1d(x.contiguous(), weight.contiguous(), bias, **settings)

    sheet = family("conv")
    subject = adapt(layer, sheet.arguments)
    shapes = {"x": (1, 7, 1), "weight": (14, 1, 6), "bias": (14,), "dy": (1, 14, 4)}
    trials = [Trial(subject, sheet, sheet.case_of(shapes, BESIDE, "float32", "integers", seed)) for seed in range(20)]
    claims = [claim for trial in trials for claim in Layout().examined(trial)]
    assert any("all miss x" in claim.why and claim.blind for claim in claims)
    assert lying
    assert not any(lying)


def test_such_claims_are_blind_and_the_layer_is_never_called() -> None:
    """Whatever library is below: the layer itself says what not to hand it."""
    calls = list[Any]()

    def layer(x: Any, weight: Any, stride: int = 1) -> Any:
        calls.append(x.stride())
        return torch.nn.functional.conv2d(x.contiguous(), weight, stride=stride)

    sheet = family("conv")
    subject = adapt(layer, sheet.arguments)
    shapes = {"x": (2, 2, 5, 5), "weight": (3, 2, 1, 1), "dy": (2, 3, 3, 3)}
    trials = [
        Trial(subject, sheet, sheet.case_of(shapes, {"stride": 2}, "float32", "integers", seed)) for seed in range(40)
    ]
    claims = [claim for trial in trials for claim in Layout().examined(trial)]
    assert any("README" in claim.why and claim.blind for claim in claims)
    assert not any(stride[1] == 1 for stride in calls)


def test_a_layer_without_a_convolution_is_handed_every_layout() -> None:
    """A rectifier of planes of one number, channels last."""
    sheet = family("relu")
    case = sheet.case_of({"x": (2, 3, 1, 1)}, {}, "float32", "integers", 1)
    for seed in range(12):
        trial = Trial(adapt(torch.relu), sheet, replace(case, seed=seed))
        assert not [claim.why for claim in Layout().claims(trial) if "oneDNN" in claim.why]


def _complex_sizes(x: Any) -> Any:
    """How large complex numbers are, of their real and imaginary parts."""
    return torch.view_as_complex(x).abs()


@pytest.mark.parametrize(("config", "told"), [({}, True), ({"eps": 1.0}, True), ({"stride": 1}, False)])
def test_parts_of_complex_numbers_that_are_not_aligned_are_told_of_examples(config: Any, told: bool) -> None:
    """Of a family everybody knows what it computes."""
    x = np.ones((3, 2))
    assert ("complex operations" in crash({"x": LAYOUTS["unaligned"](x)}, config)) is told
    assert not crash({"x": x}, config)


def test_a_layer_that_makes_complex_numbers_of_its_argument_does_not_end_its_process() -> None:
    """Which it did, with no word of it."""
    x = torch.linspace(1, 2, 6, dtype=torch.float64).reshape(3, 2)
    texts = [
        f'unclaimed(x=(3,2), dy=(3,); ; dtype="float64", data="given", span=1, unit=1, seed={n})' for n in range(40)
    ]
    found = examine(_complex_sizes, inputs=(x,), laws=["layout"], cases=texts, isolate=True)
    assert not found.wrong, story(found)
    assert "complex operations end their process" in story(found)
