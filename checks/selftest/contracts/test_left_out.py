"""A keyword that is left out: a layer may demand it, but not stumble over a default of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import reference_impl
from checks import examine
from checks.report.story import story
from checks.types import Array


def _stumbles(x: Array, kernel_size: Any, stride: Any = None) -> Any:
    """It does arithmetic with its own default."""
    return reference_impl.max_pool_forward(x, kernel_size, 1 * stride)


def _says_no(x: Array, kernel_size: Any, stride: Any = None) -> Any:
    """It wants to be told."""
    if stride is None:
        raise TypeError("stride: expected a number")
    return reference_impl.max_pool_forward(x, kernel_size, stride)


def _demands(x: Array, kernel_size: Any, stride: Any) -> Any:
    """It has no default."""
    return reference_impl.max_pool_forward(x, kernel_size, stride)


def _looks_up(x: Array, param: Mapping[str, Any]) -> Any:
    """It is told all in a dictionary, as those of a course are."""
    return reference_impl.max_pool_forward(x, param["kernel_size"], param["stride"])


@pytest.mark.parametrize(
    ("layer", "hazards"), [(_stumbles, {"defaults"}), (_says_no, set()), (_demands, set()), (_looks_up, set())]
)
def test_a_layer_that_stumbles_over_its_own_default_is_a_hazard(layer: Any, hazards: set[str]) -> None:
    """One that demands the keyword is none."""
    found = examine((layer, reference_impl.max_pool_backward), "max_pool2d", budget="1ms", laws=["defaults"])
    assert set(found.hazards) == hazards, story(found)
    assert not found.wrong, story(found)
    if hazards:
        assert "TypeError" in found.hazards["defaults"].verdict.why


def _averaged(x: Array, kernel_size: Any, stride: Any = None) -> Any:
    """The stride is the window where it is not said."""
    y, saved = reference_impl.avg_pool_forward(x, kernel_size, stride)
    return y, (saved, x, kernel_size, stride)


def _averaged_back(dy: Array, saved: Any) -> Array:
    """As the forward had it."""
    return reference_impl.avg_pool_backward(dy, saved[0])


def _averaged_back_by_squares(dy: Array, saved: Any) -> Array:
    """A stride that is not said is the window's first length along each axis."""
    _, x, kernel_size, stride = saved
    sides = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,)
    y, square = reference_impl.avg_pool_forward(x, kernel_size, stride or sides[0])
    if y.shape != dy.shape:
        return np.zeros_like(x)
    return reference_impl.avg_pool_backward(dy, square)


@pytest.mark.parametrize(("back", "wrong"), [(_averaged_back, set()), (_averaged_back_by_squares, {"defaults"})])
def test_a_backward_that_finds_out_a_default_by_itself_and_otherwise_is_wrong(back: Any, wrong: set[str]) -> None:
    """The same y was given."""
    found = examine((_averaged, back), "avg_pool2d", budget="2s", laws=["defaults"])
    assert set(found.findings) == wrong, story(found)
    assert "defaults" not in found.hazards, story(found)
    for finding in found.findings.values():
        calls = [line for line in finding.script.splitlines() if " = forward(" in line]
        assert [call.count("stride=") for call in calls] == [0], finding.script


def _convolved(x: Array, weight: Array, bias: Array | None = None, **named: Any) -> Any:
    """What is not said is as in PyTorch."""
    y, saved = reference_impl.conv_forward(x, weight, bias, **named)
    return y, (saved, named)


def _convolved_back(dy: Array, saved: Any) -> Any:
    """As the forward had it."""
    return reference_impl.conv_backward(dy, saved[0])


def _convolved_back_by_an_old_default(dy: Array, saved: Any) -> Any:
    """Padding that is not said was something else once."""
    dx, dweight, dbias = _convolved_back(dy, saved)
    return dx, dweight if "padding" in saved[1] else dweight[..., ::-1], dbias


@pytest.mark.parametrize(("back", "wrong"), [(_convolved_back, False), (_convolved_back_by_an_old_default, True)])
def test_gradients_of_a_convolution_are_asked_for_where_keywords_are_left_out(back: Any, wrong: bool) -> None:
    """Every so often."""
    found = examine((_convolved, back), "conv1d", budget="1ms", laws=["defaults"])
    assert set(found.findings) == ({"defaults"} if wrong else set()), story(found)
    assert wrong or not found.hazards, story(found)


def test_another_shape_where_a_keyword_is_left_out_is_told() -> None:
    """No number stands in the place of another."""

    def padded(x: Array, weight: Array, bias: Array | None = None, padding: Any = 1) -> Any:
        return reference_impl.conv_forward(x, weight, bias, padding=padding)

    found = examine((padded, reference_impl.conv_backward), "conv2d", budget="1ms", laws=["defaults"])
    told = found.hazards["defaults"].verdict
    assert re.fullmatch(r"shape \(.*\), expected \(.*\); called without .*padding=0.*", told.why)
    assert (told.of, told.worst) == ("y", None)


class Strided:
    """A convolution whose constructor has a stride of its own."""

    def __init__(self, weight: Array, bias: Array | None = None, stride: Any = 2) -> None:
        self.weight, self.bias, self.stride = weight, bias, stride
        self.saved: Any = None

    def forward(self, x: Array) -> Array:
        """Keeps what the backward needs."""
        y, self.saved = reference_impl.conv_forward(x, self.weight, self.bias, stride=self.stride)
        return y

    def backward(self, dy: Array) -> Any:
        """All of them."""
        return reference_impl.conv_backward(dy, self.saved)


def test_the_script_of_a_class_whose_default_differs_builds_it_without_the_keyword() -> None:
    """And prints the shape that came, beside the one that comes with it."""
    found = examine(Strided, "conv2d", budget="1ms", laws=["defaults"])
    script = found.hazards["defaults"].script
    assert "Strided(weight)" in script
    assert re.search(r'print\("y has shape", np.shape\(y\), "and must have", \(\d', script)
