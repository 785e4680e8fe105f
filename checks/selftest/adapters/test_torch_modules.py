"""A module of PyTorch is examined as it stands and left as it was; what is no layer of a family is told so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine
from checks.adapters import adapt
from checks.errors import UsageError, ZeroComparisonsError


@pytest.mark.long
def test_a_module_is_left_as_it_was() -> None:
    """Parameters, buffers, mode and PyTorch's random numbers are untouched, though batch norm and dropout ran."""
    module = torch.nn.Sequential(torch.nn.BatchNorm1d(2), torch.nn.Dropout(0.5), torch.nn.Linear(2, 1)).double()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    state = torch.get_rng_state()
    found = examine(module, inputs=(np.random.default_rng(0).standard_normal((3, 2)),), budget="1ms")
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
    two = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1), torch.nn.Conv2d(1, 1, 1, bias=False))
    with pytest.raises(UsageError, match=r"has parameters 0.weight, 0.bias, 1.weight, none of which has a place among"):
        adapt(two)


def test_a_module_around_one_layer_is_that_layer() -> None:
    """Its settings and parameters are the layer's."""
    found = examine(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3, stride=2)), "conv2d", budget="1ms", laws=["reference"])
    assert not found.wrong
    assert found.tallies["reference"].right


def test_a_layer_that_turns_every_case_down_says_why() -> None:
    """Not only that nothing was compared."""

    def writes(x: Any) -> Any:
        return torch.Tensor.clamp_(x, min=0)

    with pytest.raises(ZeroComparisonsError, match="writes refuses: RuntimeError: a leaf Variable"):
        examine(writes, like="relu", budget="1ms")


@pytest.mark.sweep("kinds of padding", 2)
@pytest.mark.parametrize("mode", ["circular", "reflect"])
def test_padding_with_something_else_than_zeros_is_no_convolution(mode: Any) -> None:
    """Not wrong: something else, which examples can still settle."""
    layer = torch.nn.Conv1d(1, 1, 2, padding=1, padding_mode=mode).double()
    with pytest.raises(UsageError, match=f"padding_mode='{mode}' and conv pads with zeros; .* inputs="):
        examine(layer, like="conv1d")
    assert not examine(layer, inputs=np.random.default_rng(0).standard_normal((1, 1, 2)), budget="1ms").wrong


def test_a_module_that_never_ran_is_told_to_run_once() -> None:
    """A lazy module has no weight yet."""
    with pytest.raises(UsageError, match="LazyConv2d does not know the shape of weight, bias yet"):
        adapt(torch.nn.LazyConv2d(1, 1))


def test_a_weight_that_is_no_kernel_is_a_parameter_like_any_other() -> None:
    """Normalisations have a weight of one axis."""
    layer = torch.nn.LayerNorm(2).double()
    assert not examine(layer, inputs=np.random.default_rng(0).standard_normal((1, 2)), budget="1ms").wrong


def test_the_hooks_of_a_parameter_are_heard() -> None:
    """They change what a training step would see, and so what is judged."""
    module = torch.nn.Conv1d(2, 2, 2)
    asked: dict[str, Any] = {"like": "conv1d", "budget": "1ms", "laws": ["reference"]}
    assert not examine(module, **asked).wrong
    module.weight.register_hook(lambda gradient: 2 * gradient)  # type: ignore[no-untyped-call] # it has no types
    found = examine(module, **asked)
    assert found.findings["reference"].verdict.of == "dweight"


def test_a_matrix_is_no_kernel() -> None:
    """Nobody can tell how it is one; the message says what to write."""

    class Pointwise(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = torch.nn.Linear(3, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            """A convolution by kernels of one cell."""
            return torch.as_tensor(self.inner(x.movedim(1, -1)).movedim(-1, 1))

    with pytest.raises(UsageError, match=r"keeps a matrix of shape \(5, 3\) at inner.weight"):
        examine(Pointwise(), like="conv2d")


@pytest.mark.long
def test_a_layer_that_answers_in_single_precision_breaks_the_law_of_formats() -> None:
    """It gets dy in the format of its y, and is right where single precision is all that is claimed."""
    found = examine(lambda x: torch.relu(x.float()), "relu", budget="1ms")
    assert "dtype" in found.findings
    assert "runs" not in found.findings
    assert not examine(lambda x: torch.relu(x.float()), "relu", budget="1ms", supports={"dtype": "float32"}).wrong


def test_a_module_without_numbers_is_refused_in_words() -> None:
    """On the device meta there are shapes alone."""
    with pytest.raises(UsageError, match="is on the device 'meta', which keeps no numbers; expected one with numbers"):
        examine(torch.nn.Linear(4, 3, device="meta"), inputs=torch.ones(2, 4, dtype=torch.float64), budget="1s")
