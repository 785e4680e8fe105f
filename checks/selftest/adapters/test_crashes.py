"""A layout on which PyTorch's own convolution overwrites the heap is not handed to it: its claims are blind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

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
