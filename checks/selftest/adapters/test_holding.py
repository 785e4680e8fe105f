"""What is told to be held with ``functools.partial`` is held when it is: functions of autograd, modules, objects."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from checks import UsageError, ZeroComparisonsError, examine, story
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))
MASK = torch.tensor([0, 1, 1, 0])
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


class Masked(torch.autograd.Function):
    """x mask; its forward names nothing of PyTorch's."""

    @staticmethod
    def forward(ctx: Any, x: Any, mask: Any, scale: float = 1.0) -> Any:
        """Saves the mask."""
        ctx.save_for_backward(mask)
        ctx.scale = scale
        return x * mask * scale

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """For x alone."""
        return dy * ctx.saved_tensors[0] * ctx.scale, None, None


class Module(torch.nn.Module):
    """The same."""

    def forward(self, x: Any, mask: Any) -> Any:
        """The product."""
        return x * mask


class Layer:
    """The same in NumPy."""

    def forward(self, x: Array, mask: Array) -> Array:
        """Keeps the mask."""
        self.mask = mask
        return np.asarray(x * mask)

    def backward(self, dy: Array) -> Array:
        """For x alone."""
        return np.asarray(dy * self.mask)


@pytest.mark.parametrize("function", [Masked, Masked.apply], ids=["the class", "its apply"])
def test_a_function_of_autograd_has_what_partial_holds_for_it(function: Any) -> None:
    """By its own name; and a mask of integers unasked."""
    several = [(partial(function, mask=MASK), (X,)), (partial(function, mask=MASK, scale=3.0), (X,))]
    for held, inputs in [*several, (function, (X, MASK))]:
        found = examine(held, inputs=inputs, **QUICK)
        assert not found.wrong, story(found)
        assert "Masked" in story(found)
    assert not isinstance(Masked.forward, partial)


@pytest.mark.parametrize("kind", [Module, Layer])
def test_what_is_held_for_a_class_is_its_constructors_and_the_message_says_object(kind: Any) -> None:
    """And an object has it held, a mask of integers unasked; the class is left as it was."""
    mask = MASK if kind is Module else MASK.numpy()
    forward = kind.forward
    assert not examine(kind, inputs=(X, mask), **QUICK).wrong
    said = rf"partial has a class, {kind.__name__}, and .*; expected an object, .*partial\({kind.__name__}\(...\), mask"
    with pytest.raises(UsageError, match=said):
        examine(partial(kind, mask=mask), inputs=(X,), **QUICK)
    assert kind.forward is forward
    held = partial(kind() if kind is Module else kind().forward, mask=mask)
    assert not examine(held, inputs=(X,), **QUICK).wrong


def test_a_class_of_modules_has_what_partial_holds_for_its_constructor() -> None:
    """With a family and without; PyTorch's own class is left as it was."""
    forward = torch.nn.Conv1d.forward
    assert not examine(partial(torch.nn.Conv1d, padding_mode="zeros"), "conv1d", budget="1ms", laws=["adjoint"]).wrong
    assert not examine(partial(torch.nn.Linear, 4, 2), inputs=(X,), **QUICK).wrong
    assert torch.nn.Conv1d.forward is forward


def test_of_complex_numbers_real_and_imaginary_parts_are_given() -> None:
    """Nobody is told to hold the only argument."""
    square = torch.square
    with pytest.raises(UsageError, match=r"z is of complex128, .*: examine\(lambda re, im: layer\(re \+ 1j \* im\)"):
        examine(lambda z: square(z) * 2, inputs={"z": X + 1j}, **QUICK)
    found = examine(lambda re, im: torch.view_as_real(square(re + 1j * im)), inputs=(X, X), **QUICK)
    assert not found.wrong, story(found)


def test_a_numpy_function_alone_is_told_to_bring_its_backward() -> None:
    """Where it is taken for one of PyTorch's."""
    with pytest.raises(ZeroComparisonsError, match=r"a NumPy function is examined .*: examine\(\(forward, backward\)"):
        examine(lambda x: np.maximum(np.asarray(x), 0) * torch.e, "relu", budget="1ms")


def test_arguments_behind_a_held_one_are_given_in_their_order() -> None:
    """A message says to hold one in the middle, by name, after which Python wants all others by name."""
    layer = partial(torch.nn.functional.layer_norm, normalized_shape=(4,))
    found = examine(layer, inputs=(X, X[0], X[1]), **QUICK)
    assert not found.wrong, story(found)
    assert found.family.arguments == ("input", "weight", "bias")

    def forward(x: Array, mask: Array, w: Array, *, deep: float = 1.0) -> tuple[Array, Any]:
        return x * mask * w * deep, (x * mask, mask * w)

    def backward(dy: Array, saved: Any) -> tuple[Array, Array]:
        return dy * saved[1], (dy * saved[0]).sum(0)

    pair = (partial(forward, mask=MASK.numpy()), backward)
    assert not examine(pair, inputs=(X, X[0]), **QUICK).wrong
    with pytest.raises(UsageError, match="inputs has 3 arrays and forward takes x, w; expected at most 2"):
        examine(pair, inputs=(X, X[0], X[1, :1]), **QUICK)
