"""PyTorch: functions, ``autograd.Function``, modules, operators; what they give, and what they are left as."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import grad

from checks import examine
from checks.adapters import adapt
from checks.errors import UsageError, ZeroComparisonsError
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


def compiled(layer: Any) -> Any:
    """The same by way of torch.compile, without a C++ compiler."""
    return torch.compile(layer, backend="aot_eager")


#: Built when they are asked for: loading what compiles takes longer than most tests, and slows down all others.
RIGHT: dict[str, Callable[[], Any]] = {
    "a function with a stride settled": lambda: partial(functional.conv2d, stride=2),
    "an operator of PyTorch": lambda: torch.ops.aten.conv2d,
    "a compiled module": lambda: compiled(torch.nn.Conv2d(3, 4, 3, 2, 1)),
    "a compiled function": lambda: compiled(functional.conv2d),
    "a built-in function": lambda: functional.conv2d,
    "a function": lambda: (
        lambda x, w, b, stride, padding: functional.conv2d(x, w, stride=stride, padding=padding, bias=b)
    ),
    "autograd.Function": lambda: Function,
    "a class of modules": lambda: torch.nn.Conv2d,
    "a module": lambda: torch.nn.Conv2d(3, 4, 3, 2, 1),
    "an operator": lambda: operator,
}


@pytest.mark.sweep("kinds of layers of PyTorch", 2)
@pytest.mark.parametrize("build", RIGHT.values(), ids=RIGHT)
def test_every_kind_of_torch_layer_agrees_with_the_reference(build: Callable[[], Any]) -> None:
    """Output and all gradients are the reference's."""
    assert_agrees(build())


def test_a_wrong_backward_of_a_function_is_found() -> None:
    """A factor of 1.001 in dx breaks at least three laws."""
    laws = {"reference", "torch", "adjoint"}
    assert set(examine(Wrong, like="conv2d", budget="1ms", laws=laws).findings) == laws


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


def test_an_array_that_is_turned_around_comes_in_even_along_an_axis_of_length_one() -> None:
    """NumPy calls it contiguous there, whatever its stride, and PyTorch takes no negative one."""
    subject = adapt(torch.nn.functional.relu, ("x",))
    x = np.flip(np.array([[1.0, -2.0, 3.0]]), axis=0)
    assert x.flags.c_contiguous
    assert x.strides[0] < 0
    assert np.array_equal(subject.run_forward({"x": x}, {})[0], [[1.0, 0.0, 3.0]])


def test_a_device_that_is_not_there_is_refused() -> None:
    """Not a wrong layer, a wrong question."""
    with pytest.raises(UsageError, match="device='vulkan' cannot be used"):
        adapt(functional.relu, device="vulkan")


@pytest.mark.parametrize(
    "layer",
    [torch.relu_, torch.nn.ReLU(inplace=True), partial(functional.relu, inplace=True), torch.ops.aten.relu],
    ids=["an underscore", "a module", "a keyword", "an input called self"],
)
def test_a_layer_that_says_that_it_writes_to_its_input_is_no_mistake(layer: Any) -> None:
    """Autograd lets nobody write to what it derives by, so such a layer gets copies."""
    x = np.array([[[-1.0, 2.0]]])
    pull = adapt(layer, ("x",)).pull({"x": x}, {}, np.ones_like(x))
    np.testing.assert_array_equal(pull.gradients["dx"], [[[0.0, 1.0]]])


def test_compiled_code_can_go_back_twice() -> None:
    """What torch.compile would give away after a first backward is kept for a second."""
    subject = adapt(compiled(functional.max_pool2d), ("x",))
    x, dy = np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2))
    _, saved = subject.run_forward({"x": x}, {"kernel_size": 2, "stride": 2})
    first, second = (subject.run_backward(dy, saved, ("x",))["dx"] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_compiled_code_stays_compiled_for_every_shape() -> None:
    """torch.compile goes back to plain PyTorch in silence after a few; here each shape is compiled."""
    seen: list[Any] = []

    def compiles(graph: Any, _: Any) -> Any:
        seen.append(graph)
        return graph.forward

    subject = adapt(torch.compile(torch.relu, backend=compiles, dynamic=False), ("x",))
    for size in range(1, 13):
        subject.apply({"x": np.ones((1, 1, size))}, {})
    assert len(seen) == 12


class InPlace(torch.autograd.Function):
    """ReLU that writes to its input and says so."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """Keep the result."""
        ctx.mark_dirty(x)
        x.clamp_(min=0)
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx: Any, dy: torch.Tensor) -> Any:
        """Where it is positive."""
        (y,) = ctx.saved_tensors
        return dy * (y > 0)


def _hides_it(x: Any) -> Any:
    return InPlace.apply(x)  # type: ignore[no-untyped-call]


def test_a_function_that_marks_its_input_dirty_is_given_a_copy() -> None:
    """Autograd lets nobody write to what it derives by; where that is hidden inside, the error says what to write."""
    assert not examine(InPlace, "relu", budget="1ms", laws=["reference"]).wrong
    with pytest.raises(ZeroComparisonsError, match=r"gets a copy: examine\(lambda x: layer\(x.clone\(\)\), ...\)"):
        examine(_hides_it, "relu", budget="1ms")
