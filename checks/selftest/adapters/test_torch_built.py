"""A class of modules is used as in training: one module goes forward again and again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import adapt, examine

X = np.array([[[-1.0, 2.0, -3.0]]])


class Counted(torch.nn.Module):
    """A ReLU that gives x as it is from its second forward on."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """ReLU, once."""
        self.calls += 1
        return x.relu() if self.calls == 1 else x


class Masked(torch.nn.Module):
    """A ReLU whose mask is that of the first x of a shape."""

    def __init__(self) -> None:
        super().__init__()
        self.masks: dict[tuple[int, ...], torch.Tensor] = {}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Entries that were positive in the first x of this shape."""
        return x * self.masks.setdefault(tuple(x.shape), (x > 0).to(x.dtype))


class Dropped(torch.nn.Conv2d):
    """A layer that draws numbers, and whose constructor does."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A convolution of some entries."""
        return super().forward(torch.nn.functional.dropout(x))


class Latest(torch.nn.Module):
    """A ReLU whose backward takes the mask of its module's latest forward."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The module is handed on."""
        self.mask = x > 0
        found: torch.Tensor = _OfModule.apply(x, self)  # type: ignore[no-untyped-call] # PyTorch's own
        return found


class _OfModule(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, module: Latest) -> torch.Tensor:
        ctx.module = module
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> Any:
        return dy * ctx.module.mask, None


def test_the_module_of_a_forward_is_there_still_after_others_were_built() -> None:
    """What it keeps of one forward for all is spoiled by the next one, of this module and of no other."""
    subject, arrays = adapt(Latest), {"x": X}
    y, saved = subject.run_forward(arrays, {})
    subject.run_forward({"x": np.ones((1, 2), np.float32)}, {})
    subject.run_forward({"x": -X}, {})
    assert not np.array_equal(subject.run_backward(np.ones_like(y), saved, ("x",))["dx"], X > 0)
    assert examine(Latest, like="relu", budget="1ms").findings.keys() == {"saved state"}


@pytest.mark.long
@pytest.mark.parametrize("kind", [Counted, Masked])
def test_what_a_module_keeps_of_an_earlier_call_is_seen(kind: type) -> None:
    """Of a new module for each call nothing would show."""
    assert examine(kind, like="relu", budget="1s").findings


def test_a_module_that_raised_is_built_anew() -> None:
    """What has raised may have stopped half-way."""
    subject = adapt(Counted)
    assert subject.forget is not None
    first = subject.apply({"x": X}, {})
    assert not np.array_equal(first, subject.apply({"x": X}, {}))
    subject.forget()
    assert np.array_equal(first, subject.apply({"x": X}, {}))


def test_a_constructor_that_draws_moves_no_later_draw() -> None:
    """The first call builds, the second does not, and both drop the same entries."""
    rng = np.random.default_rng(0)
    arrays = {"x": rng.normal(size=(2, 2, 4, 4)), "weight": rng.normal(size=(3, 2, 2, 2)), "bias": np.ones(3)}
    subject = adapt(Dropped)
    assert np.array_equal(subject.apply(arrays, {}), subject.apply(arrays, {}))
