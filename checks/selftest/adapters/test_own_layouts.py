"""A module lays out its own parameters: layouts that nobody else would give them are a hazard at the most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import Examination, examine, story

#: Shapes of x, weight and dy of a layer that scales columns.
OF_ROWS = "x=(8,5), weight=(5,), dy=(8,5)"
X = torch.from_numpy(np.random.default_rng(2).standard_normal((8, 5)))


class _OfContiguous(torch.autograd.Function):
    """x * weight, whose backward reads the memory of weight entry by entry, gaps and all."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        return x * weight

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x, weight = ctx.saved_tensors
        return dy * weight.as_strided(weight.shape, (1,)), (dy * x).sum(0)


class Scale(torch.nn.Module):
    """The same as a module."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.arange(1.0, 6.0, dtype=torch.float64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Of its own weight."""
        y: torch.Tensor = _OfContiguous.apply(x, self.weight)  # type: ignore[no-untyped-call]
        return y


def layouts(subject: Any, shapes: str, *inputs: torch.Tensor) -> Examination:
    """Layouts of many kinds, each drawn from another seed."""
    settings = 'dtype="float64", data="given", span=1, unit=1'
    texts = [f"unclaimed({shapes}; ; {settings}, seed={seed})" for seed in range(40)]
    return examine(subject, inputs=inputs, laws=["layout"], cases=texts)


@pytest.mark.long
def test_gaps_between_the_entries_of_an_own_parameter_are_a_hazard() -> None:
    """Its owner leaves none; the same function is wrong where anybody may hand in such a weight."""
    found = layouts(Scale(), OF_ROWS, X)
    assert not found.wrong
    assert "weight every other entry" in found.hazards["layout"].shrunk_verdict.why
    assert layouts(_OfContiguous, OF_ROWS, X, torch.arange(1.0, 6.0, dtype=torch.float64)).wrong


def test_a_module_of_another_memory_format_is_asked_as_its_user_asks_for_it() -> None:
    """``module.to(memory_format=torch.channels_last)`` moves the weight: a gradient of it is wrong."""

    class Planes(Scale):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.arange(1.0, 9.0, dtype=torch.float64).reshape(1, 2, 2, 2))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.weight.as_strided(self.weight.shape, (8, 4, 2, 1))

    found = layouts(
        Planes(), "x=(2,2,2,2), weight=(1,2,2,2), dy=(2,2,2,2)", torch.ones(2, 2, 2, 2, dtype=torch.float64)
    )
    assert "weight channels last" in found.findings["layout"].shrunk_verdict.why


@pytest.mark.long
@pytest.mark.parametrize("inside", [torch.nn.Sequential, torch.jit.script])
@pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:DeprecationWarning")
def test_batch_normalization_is_right_in_pytorch(inside: Any) -> None:
    """Its backward reads past a weight with gaps (PyTorch 2.13, CPU, x of two axes), which no module has."""
    net = inside(torch.nn.BatchNorm1d(5).double())
    weight, bias = (name for name, _ in net.named_parameters())
    found = layouts(net, f"input=(8,5), {weight}=(5,), {bias}=(5,), dy=(8,5)", X)
    assert not found.wrong, story(found)


@pytest.mark.parametrize("kind", [torch.nn.Conv2d, torch.nn.MaxPool2d])
def test_a_class_of_modules_owns_what_its_forward_does_not_take(kind: Any) -> None:
    """The weight and the bias of a convolution, nothing of a pooling."""
    from checks.adapters import adapt

    own = {torch.nn.Conv2d: {"weight", "bias"}, torch.nn.MaxPool2d: set()}
    arguments = ("x", "weight", "bias") if kind is torch.nn.Conv2d else ("x",)
    assert adapt(kind, arguments).own == own[kind]
