"""Lazy modules of PyTorch, which do not know the shapes of their parameters before they have run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn.parameter import is_lazy

from checks import UsageError, examine, story

X = np.random.default_rng(0).standard_normal((3, 4))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["adjoint", "finite differences"]}
NOTE = "a copy of the layer has run once on the example, which tells it the shape of"


class Tripled(torch.autograd.Function):
    """3 x, whose backward forgets the factor."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Nothing is saved."""
        return 3 * x

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> torch.Tensor:
        """Wrong."""
        return dy


class Mistaken(torch.nn.Module):
    """That mistake as a part of a network."""

    def forward(self, x: Any) -> Any:
        """As above."""
        return Tripled.apply(x)  # type: ignore[no-untyped-call] # PyTorch's own


DRAWN = arrays(np.float64, (3, 4), elements=st.floats(-1, 1, width=16))


@pytest.mark.long(keep=2)
@pytest.mark.parametrize(
    "inputs",
    [(X,), {"x": torch.tensor(X)}, torch.tensor(X, dtype=torch.float32), DRAWN],
    ids=["an array", "by name", "a tensor", "a strategy"],
)
def test_a_lazy_module_runs_once_on_the_example_in_a_copy(inputs: Any) -> None:
    """The user's stays as it is, and a note says so."""
    layer = torch.nn.LazyLinear(2)
    found = examine(layer, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert set(found.family.arguments) >= {"weight", "bias"}
    assert f"{NOTE} weight, bias" in found.notes
    assert is_lazy(layer.weight)


@pytest.mark.long
def test_a_mistake_in_a_lazy_module_is_found() -> None:
    """In its parameters as well."""
    layer = torch.nn.Sequential(torch.nn.LazyLinear(2), Mistaken())
    assert set(examine(layer, inputs=(X,), **QUICK).findings) == {"adjoint", "finite differences"}


def test_lazy_parts_and_buffers_are_told_their_shapes_too() -> None:
    """And their running means are not moved by that, for it happens in eval mode."""
    normal = torch.nn.LazyBatchNorm1d()
    layer = torch.nn.Sequential(torch.nn.LazyLinear(2), normal, torch.nn.LazyLinear(3))
    found = examine(layer, inputs=(X,), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert any(note.startswith(NOTE) and "1.running_mean" in note for note in found.notes)
    assert layer.training
    assert normal.running_mean is not None
    assert is_lazy(normal.running_mean)


def test_a_gradient_that_nobody_asks_for_is_left_out_of_a_lazy_module() -> None:
    """It has its input held, and has run before."""
    inputs, supports = (X.astype(np.float32),), {"gradients": ["weight", "bias"]}
    found = examine(torch.nn.LazyLinear(2), inputs=inputs, supports=supports, **QUICK)
    assert not found.wrong, story(found)
    assert set(found.family.arguments) == {"weight", "bias"}


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: torch.nn.LazyConv2d(2, 3), "weight, bias yet, and on the example raised RuntimeError: Expected 3D"),
        # compiled where it is asked for: loading what compiles takes longer than most tests, and slows down others
        (
            lambda: torch.compile(torch.nn.LazyLinear(2), backend="eager"),
            "or the module as it was before torch.compile",
        ),
    ],
    ids=["another example", "compiled"],
)
def test_a_lazy_module_that_cannot_run_on_the_example_is_misuse(build: Callable[[], Any], said: str) -> None:
    """And not PyTorch's own error about parameters without a shape."""
    with pytest.raises(UsageError, match=f"Lazy.* does not know the shape of .*{said}"):
        examine(build(), inputs=(X[0],), **QUICK)
