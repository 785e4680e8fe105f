"""A layout on which PyTorch's own convolution overwrites the heap is not handed to it: its claims are blind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters import adapt
from checks.adapters.torch_crashes import crash
from checks.families import family
from checks.invariants.layout import LAYOUTS, Layout
from checks.witness import Trial

LAST = LAYOUTS["channels last"]
X, ONES = np.ones((4, 2, 6, 6), np.float32), np.ones((3, 2, 1, 1), np.float32)


@pytest.mark.parametrize(
    ("x", "weight", "config", "told"),
    [
        (LAST(X), ONES, {"stride": 2}, True),
        (LAST(X), ONES, {"stride": (1, 2)}, True),
        (LAST(X), ONES, {}, True),
        (LAST(X[:, :1]), ONES[:, :1], {"stride": 3}, True),
        (X, ONES, {"stride": 2}, False),
        (LAST(X), ONES, {"stride": 1}, False),
        (LAST(X), np.ones((3, 2, 2, 2), np.float32), {"stride": 2}, False),
        (LAST(X.astype(np.float64)), ONES.astype(np.float64), {"stride": 2}, False),
    ],
    ids=["stride 2", "of one axis", "an example", "one channel", "contiguous", "stride 1", "2x2", "float64"],
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


@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
@pytest.mark.parametrize("inside", [lambda layer: layer, torch.nn.Sequential, torch.jit.script])
def test_a_weight_that_batch_normalization_would_misread_is_not_handed_to_a_module(inside: Any) -> None:
    """Strides of its weight alone; of each other array any may be."""
    module = inside(torch.nn.BatchNorm1d(3).double())
    (name,) = (name for name, _ in module.named_parameters() if name.endswith("weight"))
    arguments = ("x", *(name for name, _ in module.named_parameters()))
    subject = adapt(module, arguments)
    whole = {each: np.ones((4, 3) if each == "x" else 3) for each in arguments}
    strided = {each: np.repeat(value, 2, axis=-1)[..., ::2] for each, value in whole.items()}
    assert subject.crash
    assert not subject.crash(whole, {})
    assert not subject.crash({**strided, name: whole[name]}, {})
    assert "batch normalization" in subject.crash({**whole, name: strided[name]}, {})


def test_a_net_with_batch_normalization_is_right_by_layout() -> None:
    """On every seed of its layouts."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4)).double()
    x = np.random.default_rng(0).standard_normal((4, 3))
    for seed in range(8):
        found = examine(net, inputs=(x,), budget="1ms", laws=["layout"], seed=seed)
        assert not found.wrong, story(found)
