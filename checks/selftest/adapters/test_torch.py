"""PyTorch: functions, ``autograd.Function``, modules, operators; what they give, and what they are left as."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import grad

from checks import examine
from checks.adapters import adapt
from checks.errors import UsageError
from checks.selftest.adapters.agreement import ARRAYS, CONFIG, DY, assert_agrees

functional = torch.nn.functional


def gradients(x: Any, w: Any, dy: Any, numbers: tuple[int, int]) -> tuple[Any, ...]:
    """PyTorch's own formulas for a convolution's gradients."""
    mine: Any = grad
    dx, dw = mine.conv2d_input(x.shape, w, dy, *numbers), mine.conv2d_weight(x, w.shape, dy, *numbers)
    return dx, dw, dy.sum((0, 2, 3)), None, None


class Function(torch.autograd.Function):
    """A hand-written backward."""

    factor = 1.0

    @staticmethod
    def forward(ctx: Any, x: Any, w: Any, b: Any, stride: int = 1, padding: int = 0) -> Any:
        """Save what backward needs."""
        ctx.save_for_backward(x, w)
        ctx.numbers = stride, padding
        return functional.conv2d(x, w, b, stride, padding)

    @classmethod
    def backward(cls, ctx: Any, dy: Any) -> Any:
        """The gradients of x, w and b."""
        x, w = ctx.saved_tensors
        dx, *others = gradients(x, w, dy, ctx.numbers)
        return (dx, *others)


class Wrong(Function):
    """Its gradient of x is a thousandth too large."""

    @classmethod
    def backward(cls, ctx: Any, dy: Any) -> Any:
        """The gradients of x, w and b."""
        x, w = ctx.saved_tensors
        dx, *others = gradients(x, w, dy, ctx.numbers)
        return (dx * 1.001, *others)


@torch.library.custom_op("gradproof_selftest::conv", mutates_args=())
def operator(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor, stride: list[int], padding: int) -> torch.Tensor:
    """An operator with a list and a number in its schema."""
    return functional.conv2d(x, w, b, stride, padding)


def _kept(ctx: Any, inputs: Any, output: Any) -> None:
    ctx.inputs = inputs


def _operator_backward(ctx: Any, dy: Any) -> Any:
    x, w, _, stride, padding = ctx.inputs
    return gradients(x, w, dy, (stride, padding))


operator.register_autograd(_operator_backward, setup_context=_kept)

RIGHT = [
    pytest.param(functional.conv2d, id="a built-in function"),
    pytest.param(
        lambda x, w, b, stride, padding: functional.conv2d(x, w, stride=stride, padding=padding, bias=b),
        id="a function",
    ),
    pytest.param(Function, id="autograd.Function"),
    pytest.param(torch.nn.Conv2d, id="a class of modules"),
    pytest.param(torch.nn.Conv2d(3, 4, 3, 2, 1), id="a module"),
    pytest.param(operator, id="an operator"),
]


@pytest.mark.parametrize("obj", RIGHT)
def test_every_kind_of_torch_layer_agrees_with_the_reference(obj: Any) -> None:
    """Output and all gradients are the reference's."""
    assert_agrees(obj)


def test_a_wrong_backward_of_a_function_is_found() -> None:
    """A factor of 1.001 in dx breaks at least three laws."""
    found = examine(Wrong, like="conv2d", budget="1s")
    assert {"reference", "torch", "adjoint"} <= set(found.findings)


def test_a_module_is_left_as_it_was() -> None:
    """Parameters, buffers, mode and PyTorch's random numbers are untouched, though batch norm and dropout ran."""
    module = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Dropout(0.5), torch.nn.Linear(3, 2)).double()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    state = torch.get_rng_state()
    found = examine(module, inputs=(np.random.default_rng(0).standard_normal((4, 3)),), budget="1ms")
    assert not found.wrong
    assert module.training
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert {"input", "0.weight", "0.bias", "2.weight", "2.bias"} == set(found.family.arguments)


def test_a_module_in_eval_mode_is_examined_in_eval_mode() -> None:
    """The name says in which."""
    assert adapt(torch.nn.Conv2d(1, 1, 1).eval()).name == "Conv2d (eval)"


def test_a_module_that_is_no_such_family_says_which_parameter_has_no_place() -> None:
    """A composite module has parameters that a convolution has not."""
    with pytest.raises(UsageError, match=r"has parameters 0.weight, 0.bias, and 0.weight, 0.bias has no place among"):
        adapt(torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1)))


def test_bfloat16_goes_in_and_comes_out_in_a_format_that_carries_it() -> None:
    """What comes back are numbers of bfloat16 in float32."""
    arrays = {name: value.astype(np.float32) for name, value in ARRAYS.items()}
    pull = adapt(functional.conv2d, dtype="bfloat16").pull(arrays, CONFIG, DY.astype(np.float32))
    assert {value.dtype for value in pull.named().values()} == {np.dtype(np.float32)}
    assert not np.any(pull.y.view(np.uint32) & 0xFFFF)


def ignores(x: Any, weight: Any) -> Any:
    """A layer that does not look at its weight."""
    return torch.tanh(x)


def test_an_argument_that_is_not_used_has_gradient_zero() -> None:
    """Autograd's None is a zero of the right shape."""
    pull = adapt(ignores).pull({"x": np.ones(2), "weight": np.ones(3)}, {}, np.ones(2))
    np.testing.assert_array_equal(pull.gradients["dweight"], np.zeros(3))


def test_a_device_that_is_not_there_is_refused() -> None:
    """Not a wrong layer, a wrong question."""
    with pytest.raises(UsageError, match="device='vulkan' cannot be used"):
        adapt(functional.relu, device="vulkan")
