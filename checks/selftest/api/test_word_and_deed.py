"""What is said of a layer beside what it does."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import UsageError, ZeroComparisonsError, examine, story
from checks.families import family
from checks.opening import opened
from checks.scope.contradicted import never_taken
from checks.scope.limits import Limits
from checks.types import Array
from reference_impl import conv_backward, conv_forward


def stride_one(
    x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0
) -> tuple[Array, Any]:
    """A convolution that turns every other stride down."""
    if np.max(stride) > 1:
        raise ValueError("stride 1 alone")
    return conv_forward(x, weight, bias, stride=stride, padding=padding)


@pytest.mark.long
def test_a_layer_that_refuses_what_it_is_said_to_take_is_told_so() -> None:
    """By the value, in the headline; nothing of the kind where nobody said what it takes, or where it takes it."""
    pair = (stride_one, conv_backward)
    words = "but supports says that it takes stride=2, and it refused every case with it"
    assert words in story(examine(pair, "conv2d", supports={"stride": [1, 2]}, budget="1ms")).splitlines()[0]
    assert "supports says" not in story(examine(pair, "conv2d", budget="1ms"))
    assert "supports says" not in story(examine(pair, "conv2d", supports={"padding": [0, 1]}, budget="1ms"))


@pytest.mark.long
def test_a_layer_that_refuses_what_it_has_a_parameter_for_is_told_so() -> None:
    """A reader of its signature expects that to be examined; what supports leaves out is nobody's promise."""
    pair = (stride_one, conv_backward)
    words = r"\), but it takes stride, and refused every case where that is not 1$"
    assert re.search(words, story(examine(pair, "conv2d", budget="1ms")).splitlines()[0])
    assert "it takes" not in story(examine(pair, "conv2d", supports={"stride": 1}, budget="1ms"))
    assert "it takes" not in story(examine((conv_forward, conv_backward), "conv2d", budget="1ms"))


def test_a_keyword_that_no_layer_of_a_variant_can_be_without_is_no_promise() -> None:
    """Nobody knows its plainest value."""

    class Leaky(type(family("relu"))):  # type: ignore[misc] # a family of one keyword more
        def keywords(self, geometry: Any) -> Any:
            return {**super().keywords(geometry), "slope": 0.1}

    limits = Limits(Leaky(), {"words": frozenset({"at_zero", "slope"})})
    taken, *refused = [
        limits.family.case_of({"x": (1, 1, size)}, {"at_zero": 0.0}, "float64", "distinct", 0) for size in range(1, 9)
    ]
    refused = [case.but(config={"at_zero": 1.0, "slope": 0.2}) for case in refused]
    assert list(never_taken(limits, {}, [taken, *refused], refused)) == [
        "it takes at_zero, and refused every case where that is not 0.0"
    ]


@pytest.mark.long
@pytest.mark.parametrize("isolate", [False, True])
def test_a_layer_that_raises_whenever_it_is_given_a_bias_is_told_so(isolate: bool) -> None:
    """As one does that adds it up along the wrong axis."""

    def forward(x: Array, weight: Array, bias: Array | None = None) -> tuple[Array, Any]:
        y, saved = conv_forward(x, weight)
        return y if bias is None else y + bias.reshape(1, 1, -1, 1)[:, :, : y.shape[2] - 1], saved

    found = examine((forward, conv_backward), "conv2d", budget="1ms", isolate=isolate)
    assert ", but it takes a bias, and raised with one" in story(found).splitlines()[0]
    spared = examine((forward, conv_backward), "conv2d", supports={"bias": False}, budget="1ms", isolate=isolate)
    assert "it takes a bias" not in story(spared)


def square_stride_one(x: Array, weight: Array, bias: Array, stride: Any = 1, padding: Any = 0) -> tuple[Array, Any]:
    """One that stumbles over pairs besides."""
    stride_one(x, weight, bias, stride + 0, padding + 0)
    return conv_forward(x, weight, bias, stride=stride, padding=padding)


def test_a_layer_that_refuses_everything_it_is_said_to_take_is_not_called_wrong_for_something_else() -> None:
    """Its other limits are learned without that setting; what it said is shown."""
    words = r"not been shown right: .* ValueError: stride 1 alone; .* it takes stride=3, .*; expected a layer"
    with pytest.raises(ZeroComparisonsError, match=words):
        examine((square_stride_one, conv_backward), "conv2d", supports={"stride": 3}, budget="1ms")


def no_3d(x: Array) -> tuple[Array, Array]:
    """A layer with a mistake that looks like a limit."""
    if x.ndim == 3:
        raise RuntimeError("bad")
    return x.clip(0), x


@pytest.mark.parametrize("isolate", [False, True])
def test_what_a_layer_raised_where_it_is_not_examined_is_said(isolate: bool) -> None:
    """Once for all settings on which it said the same."""
    said = story(examine((no_3d, lambda dy, x: dy * (x > 0)), "relu", budget="1ms", isolate=isolate))
    assert "note: not examined, for the layer raised there: 1 axis (RuntimeError: bad)" in said
    said = story(examine((square_stride_one, conv_backward), "conv2d", budget="1ms"))
    assert "for the layer raised there: stride per axis, padding per axis, asymmetric padding (TypeError: " in said


def broken_after_five() -> tuple[Any, Any]:
    """A layer that takes plain cases at first and none any more soon after."""
    calls: list[int] = []

    def forward(x: Array) -> tuple[Array, Array]:
        calls.append(len(calls))
        if len(calls) > 5:
            os.fstat(-1)
        return x.clip(0), x

    return forward, lambda dy, x: dy * (x > 0)


def test_a_layer_that_stops_working_is_found_wrong_by_what_it_raises() -> None:
    """It is not taken for one that takes no format at all."""
    said = story(examine(broken_after_five(), "relu", budget="1ms"))
    assert "WRONG by runs" in said.splitlines()[0]
    assert "Bad file descriptor" in said


def test_what_is_changed_around_a_layer_cannot_be_denied_in_the_callers_process() -> None:
    """There it may not be put back, and is not looked at."""
    with pytest.raises(UsageError, match="expected isolate=True beside it"):
        examine((stride_one, conv_backward), "conv2d", deny=["surroundings"], budget="1ms")


def plain(x: Array, weight: Array) -> tuple[Array, Any]:
    """A convolution of any kernel."""
    return conv_forward(x, weight)


def unfinished(dy: Array, saved: Any) -> Any:
    """A backward that says that it is for square kernels."""
    if len(set(saved.weight.shape[2:])) > 1:
        raise NotImplementedError("square kernels alone")
    return conv_backward(dy, saved)


@pytest.mark.parametrize("isolate", [False, True])
def test_settings_that_a_backward_turns_down_stand_in_the_headline(isolate: bool) -> None:
    """Where the forward answers there; a layer that turns them down in its forward is as before."""
    first = story(examine((plain, unfinished), "conv2d", budget="1ms", isolate=isolate)).splitlines()[0]
    assert "; NOT EXAMINED: kernel_size per axis (" in first
    assert "NOT EXAMINED" not in story(examine((square_stride_one, conv_backward), "conv2d", budget="1ms"))


def test_a_signature_that_speaks_of_the_stride_hides_no_refusal_of_kernels() -> None:
    """The stride is not tried with a number for each axis, kernels are."""

    def squares(x: Array, weight: Array, bias: Array | None = None, stride: int = 1, padding: int = 0) -> Any:
        if weight.shape[2] != weight.shape[-1]:
            raise ValueError("no square")
        return conv_forward(x, weight, bias, stride=stride, padding=padding)

    examination, limits = opened((squares, conv_backward), "conv2d", None, None)
    assert limits.given["square"] == {"stride", "padding", "kernel_size"}
    assert "not examined, for the layer raised there: kernel_size per axis (ValueError: no square)" in examination.notes


TURNS_DOWN: dict[str, Callable[[Array], bool]] = {
    "several samples": lambda x: len(x) != 1,
    "small batches": lambda x: len(x) < 4,
    "other channels than three": lambda x: x.shape[1] != 3,
    "small planes": lambda x: min(x.shape[2:]) < 8,
}


@pytest.mark.parametrize("down", TURNS_DOWN.values(), ids=TURNS_DOWN)
def test_the_limits_of_a_layer_that_turns_usual_sizes_down_are_learned_on_others(down: Callable[[Array], bool]) -> None:
    """It stumbles over padding in words and over pairs, which no law may hold against it."""

    def forward(x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0) -> Any:
        if down(x):
            raise ValueError("not of such sizes")
        return conv_forward(x, weight, bias, stride=stride + 0, padding=padding + 0)

    found = examine((forward, conv_backward), "conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert "padding='same'" in next(
        note for note in found.notes if note.startswith("not examined, for the layer raised")
    )
