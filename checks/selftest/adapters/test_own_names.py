"""What layers call their own arguments, so that examples can be given by position."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from checks import UsageError, adapt, examine, story
from checks.adapters.own_names import by_position

X = np.random.default_rng(0).standard_normal((3, 3))
W = np.random.default_rng(1).standard_normal((3, 3))


class Times(torch.autograd.Function):
    """A product, with a context of another name."""

    @staticmethod
    def forward(c: Any, x: Any, w: Any) -> Any:
        """Save both."""
        c.save_for_backward(x, w)
        return x * w

    @staticmethod
    def backward(c: Any, g: Any) -> Any:
        """Right."""
        x, w = c.saved_tensors
        return g * w, g * x


class TimesApart(Times):
    """The same, with a context that the forward never sees."""

    @staticmethod
    def forward(x: Any, w: Any) -> Any:  # type: ignore[override] # as PyTorch allows
        """Save nothing."""
        return x * w

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> Any:
        """Save both."""
        ctx.save_for_backward(*inputs)


@torch.library.custom_op("gradproof_names::times", mutates_args=())
def times(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """The same as an operator."""
    return x * w


times.register_autograd(Times.backward, setup_context=TimesApart.setup_context)


@torch.library.custom_op("gradproof_names::scaled", mutates_args=())
def scaled(x: torch.Tensor, by: float, power: int = 1) -> torch.Tensor:
    """An operator whose other arguments have no gradient; its own is forgotten to be scaled."""
    return x * by**power


scaled.register_autograd(lambda _, dy: (dy, None, None))

NAMES: dict[str, tuple[Any, list[str]]] = {
    "a function with a context": (Times, ["x", "w"]),
    "its apply": (Times.apply, ["x", "w"]),
    "a function without a context": (TimesApart, ["x", "w"]),
    "its apply too": (TimesApart.apply, ["x", "w"]),
    "an operator": (times, ["x", "w"]),
    "its overload": (torch.ops.gradproof_names.times.default, ["x", "w"]),
    "all of its overloads": (torch.ops.gradproof_names.times, ["x", "w"]),
    "an operator of PyTorch": (torch.ops.aten.tanh.default, ["self"]),
    "a function with a keyword alone": (torch.abs, ["input"]),
    "a function in a module": (torch.linalg.inv, ["A"]),
    "two arguments": (torch.mul, ["input", "other"]),
}


@pytest.mark.sweep("kinds of functions of PyTorch", 2)
@pytest.mark.parametrize("name", NAMES)
def test_examples_are_given_by_position_to_whatever_pytorch_has(name: str) -> None:
    """Under the names of its signature, its schema or its documentation."""
    layer, names = NAMES[name]
    assert by_position(layer) == names
    found = examine(layer, inputs=(X, W)[: len(names)], budget="1ms", laws=["adjoint", "finite differences"])
    assert not found.wrong, story(found)
    assert found.family.arguments == tuple(names)


@pytest.mark.parametrize(
    ("operator", "inputs"),
    [
        (scaled, (X, 1.5)),
        (partial(scaled, by=1.5), (X,)),
        (partial(torch.ops.gradproof_names.scaled, by=1.5), (X,)),
        (torch.ops.gradproof_names.scaled.default, (X, 1.5)),
    ],
    ids=["unasked", "with partial", "all of its overloads", "its overload"],
)
def test_an_operator_that_has_an_argument_held_is_an_operator_still(operator: Any, inputs: Any) -> None:
    """By its own name, and so does its script call it."""
    found = examine(operator, inputs=inputs, budget="1ms", laws=["finite differences"])
    assert found.wrong
    assert story(found).startswith("gradproof_names.scaled.default as unclaimed: WRONG by finite differences")
    assert "y = torch.ops.gradproof_names.scaled(x, by=1.5)" in story(found)


def test_a_primitive_of_hips_autograd_is_called_by_its_own_names() -> None:
    """Not by those of what wraps it."""
    extend = pytest.importorskip("autograd.extend")

    @extend.primitive  # type: ignore[untyped-decorator] # autograd has no types
    def product(x: Any, w: Any) -> Any:
        return x * w

    extend.defvjp(product, lambda *saved: lambda g: g * saved[2], lambda *saved: lambda g: g * saved[1])
    found = examine(product, inputs=(X, W), budget="1ms")
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x", "w")


class Net(torch.nn.Module):
    """A layer whose class needs no arguments."""

    def __init__(self, outputs: int = 2) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(3, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Tanh of a linear layer."""
        return torch.tanh(self.inner(x))


class Sized(Net):
    """One whose class needs to be told a size."""

    def __init__(self, size: int) -> None:
        super().__init__(size)


def test_a_class_of_modules_is_built_where_it_needs_no_arguments() -> None:
    """With the same parameters each time; the generator of random numbers is left where it was."""
    state = torch.get_rng_state()
    asked: dict[str, Any] = {"inputs": (X.astype(np.float32),), "budget": "1ms"}
    first, second = examine(Net, **asked), examine(Net, **asked, laws=["adjoint"])
    assert not first.wrong, story(first)
    assert np.array_equal(first.judged[0].inputs["inner.weight"], second.judged[0].inputs["inner.weight"])
    assert torch.equal(state, torch.get_rng_state())


def test_a_class_of_modules_that_needs_arguments_is_refused() -> None:
    """The message says to pass a module."""
    with pytest.raises(UsageError, match=r"Sized is a class and Sized\(\) raised TypeError: .*; expected an object"):
        examine(Sized, inputs=(X,), budget="1ms")


def test_parameters_are_examined_in_the_format_of_the_examples() -> None:
    """A module is built in float32, examples are drawn in float64; that it is so is told."""
    found = examine(Net(), inputs=(X,), budget="1ms", laws=["adjoint", "dtype"])
    assert not found.wrong, story(found)
    assert {case.dtype for case in found.judged} == {"float64"}
    assert "note: the layer's own parameters, of float32, are examined in float64" in story(found)


def test_what_has_no_gradient_is_held_by_partial_and_the_parameters_of_a_module_come_along() -> None:
    """As an array of integers is unasked."""
    module, places = torch.nn.Embedding(5, 3), torch.tensor([[0, 1], [4, 4]])
    for held, inputs in ((module, (places,)), (partial(module, places), ()), (partial(module, input=places), ())):
        found = examine(held, inputs=inputs, budget="1ms", laws=["adjoint"])
        assert not found.wrong, story(found)
        assert found.family.arguments == ("weight",)


@pytest.mark.parametrize("layer", [Times, Times.apply, lambda x, w: torch.tanh(x) * w], ids=["class", "apply", "plain"])
def test_examples_by_position_have_the_names_that_adapt_was_told(layer: Any) -> None:
    """Not the usual ones."""
    found = examine(adapt(layer, ("x", "w")), inputs=(X, W), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x", "w")
