"""Labels, masks and running statistics of which a backward gives no gradient are held, and the headline names them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array

A, B = np.random.default_rng(0).normal(size=(2, 3, 4))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def squares(pred: Array, target: Array) -> tuple[Array, Any]:
    """The sum of the squared differences."""
    return np.sum((pred - target) ** 2), (pred, target)


def alone(dy: Array, saved: Any) -> Any:
    """The gradient of the predictions, and nothing else."""
    return dy * 2 * (saved[0] - saved[1])


def beside_none(dy: Array, saved: Any) -> Any:
    """None for the target."""
    return alone(dy, saved), None


def by_name(dy: Array, saved: Any) -> Any:
    """A dictionary without the target."""
    return {"dpred": alone(dy, saved)}


def beside_zeros(dy: Array, saved: Any) -> Any:
    """Zeros for the target, which are a gradient, and a wrong one."""
    return alone(dy, saved), np.zeros_like(saved[1])


def beside_both(dy: Array, saved: Any) -> Any:
    """The target's is twice what it must be."""
    return alone(dy, saved), -2 * alone(dy, saved)


@pytest.mark.parametrize("backward", [alone, beside_none, by_name])
def test_a_target_of_which_there_is_no_gradient_is_held(backward: Callable[..., Any]) -> None:
    """However the backward leaves it out; the gradient that it gives is examined as ever."""
    found = examine((squares, backward), inputs=(A, B), **QUICK)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: target" in story(found).splitlines()[0]
    note = "held at its value, since the backward gives no gradient of it: target=float64 of shape (3, 4)"
    assert note in found.notes

    def halved(dy: Array, saved: Any) -> Any:
        return backward(dy / 2, saved)

    assert examine((squares, halved), inputs=(A, B), **QUICK).wrong


@pytest.mark.parametrize("backward", [beside_zeros, beside_both])
def test_a_gradient_that_is_given_of_a_target_is_examined(backward: Callable[..., Any]) -> None:
    """Nobody asked for it, but it is there."""
    found = examine((squares, backward), inputs=(A, B), **QUICK)
    assert {finding.verdict.of for finding in found.findings.values()} == {"dtarget"}


def test_of_an_argument_of_another_name_none_is_wrong() -> None:
    """It may be forgotten: the headline says what to write where it is not."""

    def product(x: Array, scale: Array) -> tuple[Array, Array]:
        return x * scale, scale

    def back(dy: Array, scale: Array) -> tuple[Array, None]:
        return dy * scale, None

    found = examine((product, back), inputs=(A, B), **QUICK)
    assert found.wrong
    assert "by design says so: supports={'gradients': ['x']}" in story(found)


class Scaled(torch.autograd.Function):
    """x times a scale, of which the backward gives no gradient."""

    @staticmethod
    def forward(ctx: Any, x: Any, scale: Any) -> Any:
        """Saves the scale."""
        ctx.save_for_backward(scale)
        return x * scale

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """None for the scale."""
        return dy * ctx.saved_tensors[0], None


class Both(Scaled):
    """The same with a gradient of the scale that is never right."""

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Without x for the scale."""
        return dy * ctx.saved_tensors[0], dy


X, SCALE = torch.from_numpy(A), torch.from_numpy(B)


def test_a_tensor_that_requires_no_gradient_beside_one_that_does_is_held() -> None:
    """As gradcheck does; where no tensor requires one all are asked for, and where one is given it is examined."""
    asked = X.clone().requires_grad_()
    found = examine(Scaled, inputs=(asked, SCALE), **QUICK)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: scale" in story(found).splitlines()[0]
    assert examine(Scaled, inputs=(X, SCALE), **QUICK).wrong
    assert examine(Scaled, inputs=(torch.nn.Parameter(X.clone()), SCALE), **QUICK).wrong
    assert examine(Both, inputs=(asked, SCALE), **QUICK).wrong


class Normalized(torch.autograd.Function):
    """By running statistics."""

    @staticmethod
    def forward(ctx: Any, x: Any, gamma: Any, running_mean: Any, running_var: Any) -> Any:
        """Saves what it was scaled to."""
        scaled = (x - running_mean) / torch.sqrt(running_var)
        ctx.save_for_backward(scaled, gamma, running_var)
        return gamma * scaled

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """None for the statistics."""
        scaled, gamma, variance = ctx.saved_tensors
        return dy * gamma / torch.sqrt(variance), (dy * scaled).sum(0), None, None


def test_several_are_named_in_the_order_in_which_they_are_given() -> None:
    """In every process the same."""
    statistics = (torch.zeros(4).double(), 1 + torch.rand(4).double())
    found = examine(Normalized, inputs=(X, SCALE[0], *statistics), **QUICK)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: running_mean, running_var" in story(found).splitlines()[0]


@pytest.mark.parametrize("summed", [True, False], ids=["a loss", "no loss"])
def test_a_letter_is_a_label_of_a_loss_alone(summed: bool) -> None:
    """Elsewhere t and y may be anything, and a gradient that is missing is wrong."""

    def forward(z: Array, t: Array) -> tuple[Array, Any]:
        y = (z - t) ** 2
        return (np.sum(y) if summed else y), (z, t)

    found = examine((forward, alone), inputs=(A, B), **QUICK)
    assert found.wrong is not summed
    assert ("NOT EXAMINED: t" in story(found).splitlines()[0]) is summed
