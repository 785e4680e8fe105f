"""A setting that all axes share, told as one number and as one for each axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference_impl
from checks import examine
from checks.adapters.words import SQUARE
from checks.families import family
from checks.types import Array

#: Enough for a few cases of which one is asked.
ASKED: dict[str, Any] = {"budget": "500ms", "laws": ["settings"]}


def _pooling(misread: Callable[[Any], bool]) -> Any:
    """Average pooling whose backward loses the last column where it misreads its stride."""

    def forward(x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Any:
        y, saved = reference_impl.avg_pool_forward(x, kernel_size=kernel_size, stride=stride, padding=padding)
        return y, (saved, stride)

    def backward(dy: Array, kept: Any) -> Array:
        saved, stride = kept
        dx = reference_impl.avg_pool_backward(dy, saved).copy()
        dx[..., dx.shape[-1] - misread(stride) :] = 0
        return dx

    return forward, backward


def _alike(stride: Any) -> bool:
    return isinstance(stride, tuple) and len(set(stride)) == 1


def test_a_path_for_a_tuple_of_equals_is_asked_for() -> None:
    """A stride of 2 is right, and so is one of (2, 3): (2, 2) is not."""
    found = examine(_pooling(_alike), "avg_pool2d", **ASKED)
    assert set(found.findings) == {"settings"}
    assert "stride=(" in found.findings["settings"].verdict.why


def test_a_backward_that_stumbles_over_a_tuple_of_equals_is_wrong() -> None:
    """The forward took it."""
    forward, backward = _pooling(lambda _: False)

    def stumbles(dy: Array, kept: Any) -> Array:
        dx: Array = backward(dy, kept)
        return dx + np.zeros(2) @ np.zeros(3) if _alike(kept[1]) else dx

    assert set(examine((forward, stumbles), "avg_pool2d", **ASKED).findings) == {"settings"}


def _one_number(x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Any:
    """What it is handed but one number it reads as something else."""
    whole = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    one: dict[str, Any] = {word: 1 if isinstance(value, tuple) else value for word, value in whole.items()}
    return reference_impl.avg_pool_forward(x, **one)


def _whole(x: Array, kernel_size: int, stride: int = 1, padding: int = 0) -> Any:
    """What it is handed but one number it does not take."""
    return reference_impl.avg_pool_forward(x, kernel_size=int(kernel_size), stride=int(stride), padding=int(padding))


def _unlike_alone(x: Array, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Any:
    """It says no to what could be told in one number."""
    if any(map(_alike, (kernel_size, stride, padding))):
        raise ValueError("say it in one number")
    return reference_impl.avg_pool_forward(x, kernel_size=kernel_size, stride=stride, padding=padding)


@pytest.mark.parametrize(
    ("forward", "said"),
    [(_one_number, {"square": True}), (_whole, None), (_unlike_alone, None)],
    ids=["by word", "by its signature", "by refusal"],
)
def test_a_layer_that_takes_one_number_is_not_asked(forward: Any, said: Any) -> None:
    """Whether it says so, its signature does, or it turns the case down."""
    assert not examine((forward, reference_impl.avg_pool_backward), "avg_pool2d", supports=said, **ASKED).wrong


def test_numbers_are_told_apart_along_several_axes_alone() -> None:
    """Of a layer with one axis nobody knows that it takes a tuple; padding in pairs is told apart as it is."""
    sheet = family("conv")
    for case in sheet.sweep(0, 0):
        axes, told = len(case.shapes["x"]) - 2, sheet.told_apart(case)
        same = {word for word, value in case.config.items() if told[word] == value}
        whole = {word for word in SQUARE & case.config.keys() if isinstance(case.config[word], int)}
        assert same == case.config.keys() - (whole if axes > 1 else set())
        assert all(told[word] == (case.config[word],) * axes for word in whole if axes > 1)
