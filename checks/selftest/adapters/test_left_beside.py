"""What an object keeps beside the arguments of its family is told, and its bias fits whatever weight a case has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import grad as gradients

from checks import examine, story, verify
from checks.adapters.holders import no_bias
from checks.errors import UsageError
from checks.types import Array
from reference_impl import conv_backward, conv_forward

RNG = np.random.default_rng(0)
QUICK: dict[str, Any] = {"like": "conv2d", "budget": "1ms"}


class Offset:
    """A convolution whose bias has a name of its own; what it saves is no parameter."""

    def __init__(self) -> None:
        self.weight, self.offset = RNG.normal(size=(2, 2, 3, 3)), np.zeros(2)

    def forward(self, x: Array) -> Array:
        """It keeps y beside its gradient, too."""
        self.y, self.saved = conv_forward(x, self.weight, self.offset)
        return self.y

    def backward(self, dy: Array) -> Array:
        """The gradient of its offset is wrong."""
        dx, self.dweight, dbias = conv_backward(dy, self.saved)
        self.doffset, self.dy_ = 7 * np.ones_like(dbias), dy
        return dx


class Plain:
    """A convolution that is built with nothing."""

    def __init__(self) -> None:
        self.weight, self.bias = RNG.normal(size=(2, 2, 3, 3)), RNG.normal(size=2)

    def forward(self, x: Array) -> Array:
        """As ever."""
        y, self.saved = conv_forward(x, self.weight, self.bias)
        return y

    def backward(self, dy: Array) -> Array:
        """As ever."""
        dx, self.dweight, self.dbias = conv_backward(dy, self.saved)
        return dx


def test_a_parameter_that_no_argument_stands_for_is_not_examined_and_the_headline_says_so() -> None:
    """Once, though the object has a copy beside it; its caches are none."""
    found = examine(Offset(), **QUICK)
    assert found.unexamined == ("offset",)
    assert "; NOT EXAMINED: offset (" in story(found).partition("\n")[0]
    assert "inputs= with an example of x examines it" in story(found)
    assert examine(Offset(), inputs=(RNG.normal(size=(2, 2, 5, 5)),), budget="1ms").wrong


@pytest.mark.parametrize("layer", [Plain, Plain()], ids=["class", "object"])
def test_a_layer_all_of_whose_arrays_are_arguments_is_examined_whole(layer: Any) -> None:
    """Also a class that is built with nothing, whose bias is as long as the weight of a case."""
    found = examine(layer, **QUICK)
    assert not found.wrong, story(found)
    assert found.unexamined == ()
    if layer is Plain:
        assert {1, 3} <= {case.shapes["weight"][0] for case in found.judged}


@pytest.mark.parametrize(
    ("own", "weight", "bias", "shape"),
    [
        ((2, 2, 3, 3), (3, 1, 1, 1), (2,), (3,)),
        ((2, 4, 3, 3), (5, 1, 1, 1), (2, 1), (5, 1)),
        ((3, 3, 4, 2), (1, 1, 6, 7), (1, 2), (1, 7)),
        ((2, 2, 3, 3), (3, 1, 1, 1), (8,), (8,)),
    ],
)
def test_a_bias_that_a_case_lacks_is_as_long_as_its_weight_has_outputs(
    own: tuple[int, ...], weight: tuple[int, ...], bias: tuple[int, ...], shape: tuple[int, ...]
) -> None:
    """Along the axis that it is for; one that is for none stays as long as it is."""
    layer = Plain()
    layer.weight, layer.bias = np.ones(own), np.ones(bias)
    assert no_bias(layer, np.ones(weight)).shape == shape


def _narrow(x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0) -> Any:
    return conv_forward(x, weight, bias, stride, padding)


def test_a_case_with_a_keyword_that_a_layer_does_not_take_is_turned_down_by_name() -> None:
    """It is not called without it and found wrong."""
    case = (
        'conv(x=(1,1,5,5), weight=(1,1,3,3), dy=(1,1,1,1); stride=1, padding=0, dilation=2, groups=1; dtype="float64", '
        'data="integers", span=9, unit=1, seed=1)'
    )
    asked: dict[str, Any] = {"like": "conv", "laws": ["adjoint"], "budget": "1ms"}
    with pytest.raises(UsageError, match="cases has one of which the subject does not take dilation"):
        examine((_narrow, conv_backward), cases=[case], **asked)
    assert not examine(
        (_narrow, conv_backward),
        cases=[case.replace("dilation=2", "dilation=1").replace("dy=(1,1,1,1)", "dy=(1,1,3,3)")],
        **asked,
    ).wrong


def test_golden_digests_that_are_asked_for_by_name_must_be_there(tmp_path: Any) -> None:
    """Also beside other laws: a port that is held against none is not right by them."""
    layer: Any = conv_forward, conv_backward
    asked: dict[str, Any] = {"like": "conv", "budget": "1ms", "laws": ["golden digests", "adjoint"]}
    with pytest.raises(UsageError, match="laws has 'golden digests' and no corpus"):
        verify(layer, **asked)
    with pytest.raises(UsageError, match="holds no golden digests of conv that the subject takes"):
        verify(layer, corpus=str(tmp_path), **asked)


def test_a_law_that_could_say_nothing_is_none_that_a_layer_is_right_by() -> None:
    """A pair has one mode alone, and channels of a convolution are not apart."""
    layer: Any = conv_forward, conv_backward
    found = examine(layer, like="conv", budget="1ms", laws=["channels", "reference", "modes"])
    told = story(found).partition("\n")[0]
    assert "right by reference, the only laws asked but modes, channels, which could say nothing here" in told


class Named(torch.nn.Module):
    """A convolution whose bias has a name of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = torch.nn.Parameter(torch.ones(2, 2, 3, 3))
        self.offset = torch.nn.Parameter(torch.zeros(2))

    def forward(self, x: Any) -> Any:
        """As ever."""
        return torch.nn.functional.conv2d(x, self.kernel, self.offset)


def test_a_module_with_names_of_its_own_is_turned_down_with_an_adapter_that_works() -> None:
    """A parameter more than the family has arguments has no place in one."""
    module = Named()
    with pytest.raises(UsageError, match="offset has no place among") as error:
        examine(module, **QUICK)
    (line,) = (line.strip() for line in str(error.value).splitlines() if line.strip().startswith("def layer("))
    scope: dict[str, Any] = {"torch": torch, "module": module}
    exec(line, scope)  # noqa: S102 - what a reader pastes
    assert not examine(scope["layer"], **QUICK).wrong
    module.gain = torch.nn.Parameter(torch.ones(2))
    with pytest.raises(UsageError, match="gain ha") as error:
        examine(module, **QUICK)
    assert "def layer" not in str(error.value)


def test_a_tensor_of_a_schema_is_no_setting_whatever_it_is_called() -> None:
    """Of an operator that calls its arguments p and k."""

    @torch.library.custom_op("gradproof_letters::conv", mutates_args=())
    def conv(p: torch.Tensor, k: torch.Tensor, s: int) -> torch.Tensor:
        return torch.nn.functional.conv2d(p, k, None, s)

    def keep(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs[:2])
        ctx.stride = inputs[2]

    def back(ctx: Any, dy: Any) -> Any:
        p, k = ctx.saved_tensors
        by: Any = gradients
        return by.conv2d_input(p.shape, k, dy, ctx.stride), by.conv2d_weight(p, k.shape, dy, ctx.stride), None

    conv.register_autograd(back, setup_context=keep)
    found = examine(conv, **QUICK)
    assert not found.wrong, story(found)
    assert found.answered
