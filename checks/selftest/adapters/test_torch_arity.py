"""Autograd functions whose backward counts the arguments of the call: they are called as their user calls them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from checks.adapters import adapt
from checks.adapters.partials import held
from checks.types import Arrays

X = np.array([1.0, 2.0, 3.0])


class Scaled(torch.autograd.Function):
    """Twice x, with an argument that nobody needs to give; its backward answers for x alone."""

    @staticmethod
    def forward(ctx: Any, x: Any, stride: int = 1, shift: float = 0.5) -> Any:
        """Nothing is kept."""
        return 2 * x + shift + stride - 1

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """One gradient."""
        return 2 * dy


class Weighted(torch.autograd.Function):
    """x and w, with an argument between them that has a default."""

    @staticmethod
    def forward(ctx: Any, x: Any, shift: float = 0.5, w: Any = None, rest: Any = None) -> Any:
        """Keep both."""
        ctx.save_for_backward(x, w)
        return x * w + shift

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """For the first three arguments."""
        x, w = ctx.saved_tensors
        return dy * w, None, dy * x


class Asking(torch.autograd.Function):
    """It asks whether an argument needs a gradient that need not be given, as PyTorch's tutorial does."""

    @staticmethod
    def forward(ctx: Any, x: Any, w: Any, b: Any = None, stride: int = 1) -> Any:
        """Keep both."""
        ctx.save_for_backward(x, w)
        return x * w if b is None else x * w + b

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """A gradient for each that needs one."""
        x, w = ctx.saved_tensors
        return dy * w, dy * x, dy.clone() if ctx.needs_input_grad[2] else None, None


class Unpacking(torch.autograd.Function):
    """It takes all of its arguments apart before it goes on, by setup_context."""

    @staticmethod
    def forward(x: Any, factor: float = 3.0) -> Any:
        """A multiple of x."""
        return x * factor

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Both are expected."""
        _, ctx.factor = inputs

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """For both."""
        return dy * ctx.factor, None


def _gradients(layer: Any, config: dict[str, Any] | None = None, **arrays: Any) -> Arrays:
    return adapt(layer, tuple(arrays)).pull(arrays, config or {}, np.ones(3)).gradients


def test_a_default_that_nobody_gave_is_left_out() -> None:
    """A backward with one gradient is right for the call with one argument, and PyTorch counts."""
    np.testing.assert_array_equal(_gradients(Scaled, x=X)["dx"], [2, 2, 2])


def test_a_keyword_of_a_family_that_stands_at_its_default_is_left_out() -> None:
    """Nobody who calls a layer with its defaults writes them down."""
    np.testing.assert_array_equal(_gradients(Scaled, {"stride": 1}, x=X)["dx"], [2, 2, 2])
    with pytest.raises(Exception, match=r"incorrect number of gradients \(expected 2, got 1\)"):
        _gradients(Scaled, {"stride": 2}, x=X)


def test_what_was_given_is_handed_over_though_it_is_the_default() -> None:
    """So its user calls it, and so it fails there."""
    with pytest.raises(Exception, match=r"incorrect number of gradients \(expected 3, got 1\)"):
        _gradients(partial(Scaled.apply, shift=0.5), x=X)


def test_defaults_before_the_last_argument_are_filled_in() -> None:
    """``apply`` takes everything by position."""
    found = _gradients(Weighted, x=X, w=X + 1)
    assert {name: value.tolist() for name, value in found.items()} == {"dx": [2, 3, 4], "dw": [1, 2, 3]}


def test_a_function_that_wants_all_of_its_arguments_gets_them() -> None:
    """That is found out by trying, and told once."""
    subject = adapt(Asking, ("x", "w"))
    for factor in (2, 3):
        found = subject.pull({"x": X, "w": factor * X}, {}, X).gradients
        np.testing.assert_array_equal(found["dx"], factor * X * X)
    (said,) = subject.remarks
    assert "Asking.apply is handed the defaults of its last arguments, too" in said
    assert "IndexError: tuple index out of range" in said


def test_trying_leaves_nothing_in_a_tensor_that_is_held() -> None:
    """Its gradient is its user's."""
    held_by_user = torch.ones(3, dtype=torch.float64, requires_grad=True)
    adapt(partial(Weighted.apply, w=held_by_user), ("x",)).apply({"x": X}, {})
    assert held_by_user.grad is None


def test_where_there_is_a_setup_context_pytorch_fills_in_the_defaults_itself() -> None:
    """Nothing is to be said then."""
    subject = adapt(Unpacking, ("x",))
    np.testing.assert_array_equal(subject.pull({"x": X}, {}, X).gradients["dx"], 3 * X)
    assert not subject.remarks


def test_trying_draws_no_number_that_the_layer_draws() -> None:
    """The first call gives what each later one gives."""

    class Noisy(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, scale: float = 1.0) -> Any:
            return x + scale * torch.rand(3, dtype=x.dtype)

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            return dy

    subject = adapt(Noisy, ("x",))
    np.testing.assert_array_equal(subject.apply({"x": X}, {}), subject.apply({"x": X}, {}))


def test_the_script_calls_it_with_as_many_arguments() -> None:
    """What it prints is run by its reader."""
    short, filled = adapt(Scaled, ("x",)), adapt(Asking, ("x", "w"))
    for subject, arrays in ((short, {"x": X}), (filled, {"x": X, "w": X})):
        subject.pull(arrays, {}, X)
    assert short.preamble is not None
    assert filled.preamble is not None
    assert "Scaled.apply(x)" in short.preamble({"x": X}, {"stride": 1})
    assert "Asking.apply(x, w, None, 1)" in filled.preamble({"x": X, "w": X}, {})


def test_arguments_that_are_held_one_after_the_other_are_those_of_one_call() -> None:
    """Words and truth values are held before arrays without a gradient; its script calls ``apply``."""
    subject = adapt(held(held(Weighted, {"rest": "mean"}), {"shift": 2.0}), ("x", "w"))
    assert subject.apply({"x": X, "w": X}, {}).tolist() == [3, 6, 11]
    assert subject.preamble is not None
    assert "Weighted.apply(x, 2.0, w, 'mean')" in subject.preamble({"x": X, "w": X}, {})
