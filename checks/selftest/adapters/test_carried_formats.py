"""Layers of a family are asked in bfloat16, too, where their framework has it and they take it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import jax
import numpy as np
import pytest
import torch
from torch.nn.grad import conv2d_input, conv2d_weight

from checks import examine, story
from checks.errors import UsageError
from checks.examination import WITNESSES
from checks.judge import verdicts
from checks.opening import opened
from checks.scope.spend import swept
from checks.types import carrier, format_name
from checks.witness import Trial

NARROW = "bfloat16"

#: A layer as it is right, and the same whose gradient is doubled in one format.
Layer = Callable[[str], Any]


def autograd_function(doubled: str) -> Any:
    """ReLU as a ``torch.autograd.Function``."""

    class Relu(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            (x,) = ctx.saved_tensors
            return dy * (x > 0) * (2 if str(x.dtype) == f"torch.{doubled}" else 1)

    return Relu


def tensor_pair(doubled: str) -> Any:
    """ReLU as two functions on tensors."""

    def forward(x: torch.Tensor) -> Any:
        return x.clamp(min=0), x

    def backward(dy: torch.Tensor, x: torch.Tensor) -> Any:
        return dy * (x > 0) * (2 if str(x.dtype) == f"torch.{doubled}" else 1)

    return forward, backward


def custom_vjp(doubled: str) -> Any:
    """ReLU as a JAX function with a gradient of its own."""

    @jax.custom_vjp  # type: ignore[untyped-decorator]
    def relu(x: Any) -> Any:
        return jax.numpy.maximum(x, 0)

    def forward(x: Any) -> Any:
        return relu(x), x

    def backward(x: Any, dy: Any) -> Any:
        return (dy * (x > 0) * jax.numpy.array(2 if str(x.dtype) == doubled else 1, dy.dtype),)

    relu.defvjp(forward, backward)
    return relu


LAYERS = [autograd_function, tensor_pair, pytest.param(custom_vjp, marks=pytest.mark.long)]

#: A case that shows a gradient that is doubled.
CASE = 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; dtype="bfloat16", data="distinct", span=8, unit=64, seed=3)'


@pytest.mark.parametrize("layer", LAYERS)
def test_a_gradient_that_is_wrong_in_bfloat16_alone_is_found(layer: Layer) -> None:
    """At default settings, and the finding says in which format."""
    found = examine(layer(NARROW), like="relu", budget=8)
    assert found.wrong
    assert {finding.shrunk.dtype for finding in found.findings.values()} == {NARROW}
    assert "every wrong case has bfloat16" in story(found)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_right_layer_is_asked_in_it_and_stays_right(layer: Layer) -> None:
    """Beside the other formats."""
    found = examine(layer(""), like="relu", budget=2)
    assert not found.wrong, story(found)
    assert {case.dtype for case in found.judged} >= {NARROW, "float64", "float32", "float16"}


@pytest.mark.parametrize("layer", [autograd_function, tensor_pair, custom_vjp])
def test_a_case_of_bfloat16_is_handed_over_in_it(layer: Layer) -> None:
    """Also one that is asked for by its text."""
    laws = ["reference", "linearity", "arguments unchanged"]
    assert examine(layer(NARROW), like="relu", cases=[CASE], laws=laws).wrong
    right = examine(layer(""), like="relu", cases=[CASE], laws=laws)
    assert not right.wrong, story(right)


def test_of_several_formats_each_is_asked() -> None:
    """Of those that ``supports`` names no other is."""
    found = examine(autograd_function(""), like="relu", budget=2, supports={"dtype": [NARROW, "float32"]})
    assert {case.dtype for case in found.judged} == {NARROW, "float32"}


def test_no_case_comes_twice_where_bfloat16_is_the_only_format() -> None:
    """Cases of the others come in it already."""
    examination, _ = opened(autograd_function(""), "relu", {"dtype": [NARROW]}, None)
    cases = list(examination.family.sweep(3, 60))
    assert {case.dtype for case in cases} == {NARROW}
    both, _ = opened(autograd_function(""), "relu", {"dtype": [NARROW, "float16"]}, None)
    assert len(list(both.family.sweep(3, 60))) > len(cases)


def test_what_supports_leaves_out_is_not_asked() -> None:
    """Whoever writes for two formats is asked in two."""
    found = examine(autograd_function(NARROW), like="relu", budget=1, supports={"dtype": ["float64", "float32"]})
    assert not found.wrong
    assert {case.dtype for case in found.judged} == {"float64", "float32"}


@pytest.mark.parametrize("place", [0, 1])
def test_a_layer_that_raises_there_forward_or_backward_is_examined_in_the_others(place: int) -> None:
    """A note names the format and what was raised."""

    def turning_down(method: Any) -> Any:
        def called(first: torch.Tensor, *others: Any) -> Any:
            if first.dtype == torch.bfloat16:
                raise TypeError("Got unsupported ScalarType BFloat16")
            return method(first, *others)

        return called

    pair = list(tensor_pair(""))
    pair[place] = turning_down(pair[place])
    found = examine(tuple(pair), like="relu", budget=2)
    assert not found.wrong, story(found)
    assert NARROW not in {case.dtype for case in found.judged}
    assert "not examined, for the layer raised there: bfloat16 (TypeError: Got unsupported" in story(found)


def test_a_layer_on_numpys_arrays_cannot_be_asked_in_it() -> None:
    """NumPy has no such format: a pass would be one in float32."""

    def forward(x: Any) -> Any:
        return np.maximum(x, 0), x

    def backward(dy: Any, x: Any) -> Any:
        return dy * (x > 0)

    with pytest.raises(UsageError, match="NumPy has no bfloat16: forward is handed NumPy's arrays"):
        examine((forward, backward), like="relu", supports={"dtype": [NARROW]})
    found = examine((forward, backward), like="relu", budget=1)
    assert NARROW not in {case.dtype for case in found.judged}


class Asked(set[str]):
    """The formats of all tensors that a layer was handed in cases of one format."""

    def handed(self, *tensors: Any) -> None:
        """Note them."""
        self.update(str(each.dtype).removeprefix("torch.") for each in tensors)


def convolution(asked: Asked) -> Any:
    """A pair on tensors that notes what it is handed."""

    def forward(x: torch.Tensor, weight: torch.Tensor, stride: int = 1, padding: int = 0) -> Any:
        asked.handed(x, weight)
        return torch.nn.functional.conv2d(x, weight, None, stride, padding), (x, weight, stride, padding)

    def backward(dy: torch.Tensor, saved: Any) -> Any:
        x, weight, stride, padding = saved
        asked.handed(x, weight, dy)
        dx = conv2d_input(x.shape, weight, dy, stride, padding)  # type: ignore[no-untyped-call]
        return dx, conv2d_weight(x, weight.shape, dy, stride, padding)  # type: ignore[no-untyped-call]

    return forward, backward


def activation(asked: Asked) -> Any:
    """The same of ReLU."""
    forward, backward = tensor_pair("")

    def noting(method: Any) -> Any:
        def called(*given: torch.Tensor) -> Any:
            asked.handed(*given)
            return method(*given)

        return called

    return noting(forward), noting(backward)


@pytest.mark.parametrize(("layer", "like"), [(convolution, "conv2d"), (activation, "relu")])
def test_every_law_hands_a_layer_the_format_of_the_case(layer: Callable[[Asked], Any], like: str) -> None:
    """NumPy forgets what a format carries where arrays are joined, or a plain number comes first."""
    asked = Asked()
    examination, limits = opened(layer(asked), like, {"dtype": [NARROW]}, None)
    asked.clear()
    for case in islice((case for case in swept(limits, 5) if case.dtype == NARROW and limits.takes(case)), 60):
        trial = Trial(examination.subject, examination.family, case)
        for witness in WITNESSES:
            assert all(verdict.status != "wrong" for verdict in verdicts(witness, trial)), (witness.law, case)
            assert asked == {NARROW}, (witness.law, case)


def test_a_format_says_what_it_carries_and_is_float32_otherwise() -> None:
    """Copies and parts of an array say the same."""
    array = np.zeros((2, 3), carrier(NARROW))
    assert format_name(array[1:].copy().dtype) == NARROW
    assert array.dtype == np.float32
    assert format_name(array.astype(np.float64).dtype) == "float64"


def test_gradients_in_a_wider_format_than_bfloat16_are_a_hazard() -> None:
    """A pair that answers in float32 doubles the memory of what follows."""
    forward, backward = tensor_pair("")

    def wider(dy: torch.Tensor, x: torch.Tensor) -> Any:
        found = backward(dy, x)
        return found.float() if x.dtype == torch.bfloat16 else found

    found = examine((forward, wider), like="relu", budget=3)
    assert not found.wrong, story(found)
    assert "dx came as float32, its argument is bfloat16" in story(found)
