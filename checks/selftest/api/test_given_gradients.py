"""Layers that by design give the gradients of some arguments alone: they say so, and are examined for those."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import UsageError, examine, story
from checks.corpus.recording import exact
from checks.judge import RUNS
from checks.selftest.diagnosis.by_itself import printed, written
from checks.types import Array
from checks.witness import Trial
from reference_impl import conv_backward, conv_forward
from reference_impl.convolution import ConvSaved

GIVEN = {"gradients": ["weight", "bias"]}
X = np.random.default_rng(0).standard_normal((3, 4))


def conv(x: Array, weight: Array, bias: Array | None = None, **settings: Any) -> tuple[Array, ConvSaved]:
    """The reference's."""
    return conv_forward(x, weight, bias, **settings)


def nothing_first(dy: Array, saved: ConvSaved) -> Any:
    """None where dx would stand."""
    return (None, *conv_backward(dy, saved)[1:])


def left_out(dy: Array, saved: ConvSaved) -> Any:
    """The others alone, in order."""
    return conv_backward(dy, saved)[1:]


def by_name(dy: Array, saved: ConvSaved) -> Any:
    """The others alone, by name."""
    found = conv_backward(dy, saved)
    return {"dweight": found.dweight, "dbias": found.dbias}


class Convolution:
    """The same as an object that keeps its gradients."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        self.weight = np.zeros((out_channels, in_channels, kernel_size, kernel_size))
        self.bias = np.zeros(out_channels)

    def forward(self, x: Array) -> Array:
        """Stride 1, no padding."""
        y, self.saved = conv_forward(x, self.weight, self.bias)
        return y

    def backward(self, dy: Array) -> None:
        """Nothing for the layer before: there is none."""
        _, self.dweight, self.dbias = conv_backward(dy, self.saved)


LAYERS = {
    "None first": (conv, nothing_first),
    "left out": (conv, left_out),
    "by name": (conv, by_name),
    "an object": Convolution,
}


@pytest.mark.long(keep=1)
@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_a_layer_that_says_which_gradients_it_gives_is_examined_for_those(layer: Any) -> None:
    """The headline names the one that nobody looked at, and every law counts it as blind."""
    found = examine(layer, "conv2d", supports=GIVEN, budget="1ms")
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: dx (" in story(found).splitlines()[0]
    assert found.tallies["reference"].unseen == {"dx"}
    assert "of dx: supports says that the layer gives no dx" in story(found)
    assert not any("dx" in line for line in story(found).splitlines() if line.startswith("a pass excludes"))


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_of_a_layer_that_says_nothing_a_gradient_that_is_missing_is_wrong(layer: Any) -> None:
    """It may be forgotten; the headline says what to write where it is not."""
    found = examine(layer, "conv2d", budget="1ms")
    assert set(found.findings) <= {RUNS, "shape"}
    assert "by design says so: supports={'gradients': ['weight', 'bias']}" in story(found).splitlines()[0]


@pytest.mark.long
@pytest.mark.parametrize("backward", [nothing_first, left_out, by_name])
def test_a_gradient_that_is_given_is_found_wrong_as_ever(backward: Callable[..., Any]) -> None:
    """By second sources and by laws that need none; only of dx nobody says anything."""

    def doubled(dy: Array, saved: ConvSaved) -> Any:
        found = backward(dy, saved)
        if isinstance(found, dict):
            return found | {"dweight": 2 * found["dweight"]}
        return tuple(2 * each if each is not None and each.ndim > 1 else each for each in found)

    found = examine((conv, doubled), "conv2d", supports=GIVEN, budget="1ms")
    assert found.findings.keys() >= {"reference", "finite differences", "adjoint"}
    assert {finding.verdict.of for finding in found.findings.values()} == {"dweight"}


#: A convolution whose dweight is doubled, for a reader that has nothing of ours.
DOUBLED = """
import numpy as np

def forward(x, weight, bias=None):
    seen = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
    y = np.einsum("nchwij,ocij->nohw", seen, weight)
    return (y if bias is None else y + bias[:, None, None]), (seen, bias)

def backward(dy, saved):
    seen, bias = saved
    return 2 * np.einsum("nohw,nchwij->ocij", dy, seen), None if bias is None else dy.sum((0, 2, 3))
"""


@pytest.mark.long
@pytest.mark.usefixtures("plainest")
def test_the_script_of_a_backward_that_leaves_one_out_shows_the_right_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers that it prints are those of dweight."""
    module = written(DOUBLED, tmp_path, monkeypatch)
    found = examine((module.forward, module.backward), "conv2d", supports=GIVEN, budget="1ms")
    (said,) = printed([found.findings["reference"].script], tmp_path)
    assert said.startswith("dweight[0, 0, 0, 0] is 2.0 and must be 1.0"), said


@pytest.mark.long
@pytest.mark.usefixtures("every_step")
def test_a_function_of_torch_that_gives_none_for_x_is_told_what_to_say() -> None:
    """PyTorch makes zeros of None; with the word they are nobody's business."""

    class Times(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, w: Any) -> Any:
            ctx.save_for_backward(x, w)
            return x @ w

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            return None, ctx.saved_tensors[0].T @ dy

    told = story(examine(Times, inputs=(X, np.ones((4, 2))), budget="1ms"))
    assert "a layer that gives no dx by design says so: supports={'gradients': ['w']}" in told
    found = examine(Times, inputs=(X, np.ones((4, 2))), supports={"gradients": "w"}, budget="1ms")
    assert "right by every law, on the example given; NOT EXAMINED: dx" in story(found)


def test_a_gradient_that_a_layer_does_not_give_is_not_recorded() -> None:
    """Golden digests are of what it gives itself."""
    found = examine((conv, by_name), "conv2d", supports=GIVEN, budget="1ms")
    case = next(case for case in found.judged if case.lattice and case.dtype == "float64" and case.filled)
    assert "dx" not in exact(Trial(found.subject, found.family, case)).results


class Dense:
    """y = x W + b; ``factor`` is 1 where dW is right."""

    def __init__(self, factor: float = 1.0) -> None:
        self.W, self.b, self.factor = np.ones((4, 2)), np.zeros(2), factor

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x @ self.W + self.b)

    def backward(self, dy: Array) -> None:
        """Nothing for the layer before."""
        self.dW, self.db = self.factor * (self.x.T @ dy), dy.sum(0)


@pytest.mark.parametrize("x", [X, torch.from_numpy(X)], ids=["array", "tensor"])
def test_an_example_that_is_held_comes_in_the_format_of_the_parameters(x: Any) -> None:
    """Where no other example says in which format a module is to be examined; a note tells it."""
    module = torch.nn.Linear(4, 2)
    asked: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}
    found = examine(module, inputs=(x,), supports=GIVEN, **asked)
    assert not found.wrong
    assert {case.dtype for case in found.judged} == {"float32"}
    assert any(note.endswith("gives no gradient of it: input (in torch.float32)") for note in found.notes)
    found = examine(module.double(), inputs=(x,), supports=GIVEN, **asked)
    assert any(note.endswith("gives no gradient of it: input") for note in found.notes)


@pytest.mark.long
def test_on_examples_what_has_no_gradient_is_held() -> None:
    """The headline and a note say so; without the word it is wrong, and told what to say."""
    told = story(examine(Dense(), inputs=(X,), budget="1ms"))
    assert "by design says so: supports={'gradients': ['W', 'b']}" in told.splitlines()[0]
    found = examine(Dense(), inputs=(X,), supports={"gradients": ["W", "b"]}, budget="1ms")
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: dx (" in story(found).splitlines()[0]
    assert "note: held as given, since supports says that the layer gives no gradient of it: x" in story(found)
    wrong = examine(Dense(1.001), inputs=(X,), supports={"gradients": ["W", "b"]}, budget="1ms")
    assert wrong.findings["finite differences"].verdict.of == "dW"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"like": "conv", "supports": {"gradients": ["wieght"]}}, "'wieght' is no argument (did you mean weight?)"),
        ({"like": "conv", "supports": {"gradients": []}}, "nothing is left to examine"),
        ({"inputs": (X,), "supports": {"gradients": ["WW"]}}, "'WW' is no argument (did you mean W?)"),
        ({"inputs": st.just((X,)), "supports": {"gradients": ["W"]}}, "beside a strategy; expected one example"),
    ],
)
def test_a_word_that_is_not_understood_is_a_clear_error(asked: dict[str, Any], said: str) -> None:
    """With what was said and what was expected."""
    with pytest.raises(UsageError) as caught:
        examine((conv, by_name) if "like" in asked else Dense(), **asked)
    assert said in str(caught.value)


class Table:
    """Adds a table that nobody trains, and keeps zeros as its gradient."""

    def __init__(self) -> None:
        self.weights, self.d_weights = np.ones((4, 3)), np.zeros((4, 3))

    def forward(self, x: Array) -> Array:
        """To each square."""
        self.x = x
        return x * x + self.weights

    def backward(self, dy: Array) -> Array:
        """Of x alone."""
        self.d_weights = np.zeros((4, 3))
        return 2 * self.x * dy


def test_an_array_that_an_object_keeps_is_left_out_where_it_is_not_named() -> None:
    """A table beside zeros looks like a parameter with a wrong gradient, unless its owner says what is given."""
    x = np.random.default_rng(4).standard_normal((4, 3))
    assert examine(Table(), inputs=(x,), laws=["adjoint"], budget="1ms").wrong
    found = examine(Table(), inputs=(x,), supports={"gradients": ["x"]}, budget="1ms")
    assert not found.wrong, story(found)
    assert "NOT EXAMINED: dweights" in story(found).splitlines()[0]
    assert found.compared
