"""What a layer of a known family keeps of its first call: all is well after a plain one, and not after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import reference_impl
from checks import examine, story
from checks.types import Array

#: What was given first to the function below.
first: dict[str, float] = {}


def by_a_closure() -> Any:
    """A pair that keeps the sum of its first weight, which is below 0 where it is asked first what it takes."""
    kept: list[float] = []

    def forward(x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0) -> Any:
        kept.extend([float(weight.sum())][len(kept) :])
        return reference_impl.conv_forward(x, weight, bias, stride, padding)

    def backward(dy: Array, saved: Any) -> Any:
        dx, dweight, dbias = reference_impl.conv_backward(dy, saved)
        return (dx if kept[0] < 0 else 2 * dx), dweight, dbias

    return forward, backward


class ByAGlobal(torch.autograd.Function):
    """Keeps the sum of its first x, which is 0 there."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """ReLU."""
        first.setdefault("sum", float(x.sum()))
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Of another scale where the first x was on the whole below 0."""
        (x,) = ctx.saved_tensors
        return dy * (x > 0) * (1 if first["sum"] >= 0 else 2)


class ByAnAttribute(torch.nn.Module):
    """Keeps the same in an attribute."""

    first: float | None = None

    def forward(self, x: Any) -> Any:
        """ReLU, of another scale where the first x was on the whole below 0."""
        self.first = float(x.sum()) if self.first is None else self.first
        return x.clamp(min=0) * (1 if self.first >= 0 else 2)


LAYERS: dict[str, tuple[Callable[[], Any], str]] = {
    "closure": (by_a_closure, "conv2d"),
    "global": (lambda: ByAGlobal.apply, "relu"),
    "attribute": (ByAnAttribute, "relu"),
}


@pytest.mark.parametrize("kept", LAYERS)
def test_a_layer_of_a_family_that_keeps_its_first_call_is_wrong(kept: str) -> None:
    """Each case by itself is right by every other law."""
    first.clear()
    make, like = LAYERS[kept]
    found = examine(make(), like, budget=0.3, seed=1, laws=["saved state", "reference"])
    assert set(found.findings) == {"saved state"}, story(found)
    assert "another example came first of all" in story(found)
