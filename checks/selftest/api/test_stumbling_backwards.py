"""Whether a backward that raises says 'not me' or breaks: what its forward did decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import reference_impl
from checks import (
    examine,
)
from checks.adapters import adapt
from checks.families import family
from checks.scope.probe import probed
from checks.selftest.api.layers import RIGHT
from checks.types import Array
from reference_impl import max_pool_backward, max_pool_forward


def test_a_backward_that_breaks_on_an_empty_batch_is_not_asked_for_one() -> None:
    """``reshape(n, c, -1)`` cannot tell what -1 stands for where there are no samples."""

    def backward(dy: Any, saved: Any) -> Any:
        return max_pool_backward(dy, saved).reshape(*dy.shape[:2], -1).reshape(saved.shape)

    found = probed(adapt((max_pool_forward, backward), ("x",)), family("max_pool"), {})
    assert list(found) == ["batch"]
    assert 0 not in found["batch"]


def test_a_layer_that_takes_nothing_at_all_is_given_no_limits() -> None:
    """Its errors are findings."""

    def raises(arrays: Any, config: Any) -> Any:
        raise KeyError("x")

    subject = adapt(RIGHT)
    assert probed(type(subject)("broken", raises, subject.backward), family("conv"), {}) == {}


def test_a_backward_that_raises_where_the_forward_hands_on_a_word_says_not_me() -> None:
    """A forward that passes padding='same' on to a library, a backward that computes with the number."""

    def forward(x: Array, weight: Array, bias: Array | None = None, padding: Any = 0) -> Any:
        y, saved = reference_impl.conv_forward(x, weight, bias, 1, padding)
        return y, (saved, padding)

    def backward(dy: Array, kept: Any) -> Any:
        saved, padding = kept
        assert padding * 2 >= 0
        return reference_impl.conv_backward(dy, saved)

    found = probed(adapt((forward, backward)), family("conv"), {"axes": 2})
    assert (found["same"], found["asymmetric"]) == (False, False)


def _stumbling(error: type[Exception]) -> Any:
    """A convolution whose backward breaks where one axis is dilated further than the other."""

    def forward(x: Array, weight: Array, bias: Array | None = None, dilation: Any = 1) -> Any:
        y, saved = reference_impl.conv_forward(x, weight, bias, dilation=dilation)
        return y, (saved, dilation)

    def backward(dy: Array, kept: Any) -> Any:
        saved, dilation = kept
        if isinstance(dilation, tuple) and error is TypeError:
            len(dilation * 0.5)  # type: ignore[operator] # on purpose
        if isinstance(dilation, tuple) and error is IndexError:
            np.zeros(2)[dilation[0] + 1]
        if isinstance(dilation, tuple) and error is ValueError:
            np.zeros(dilation[0] + 1) + np.zeros(dilation[1] + 4)
        if isinstance(dilation, tuple) and error is NotImplementedError:
            raise ValueError("one number for all axes")
        return reference_impl.conv_backward(dy, saved)

    return forward, backward


@pytest.mark.parametrize(
    ("error", "finding"), [(ValueError, True), (IndexError, True), (TypeError, False), (NotImplementedError, False)]
)
def test_a_backward_that_stumbles_over_its_own_arrays_after_a_right_forward_does_not_say_not_me(
    error: type[Exception], finding: bool
) -> None:
    """A pair for a number, or an error that it raises itself, does; then such cases are left out."""
    layer = _stumbling(error)
    found = probed(adapt(layer), family("conv"), {"axes": 2})
    assert ("dilation" in found.get("square", ())) is not finding


def test_such_a_backward_is_a_finding() -> None:
    """Of the law ``runs``."""
    found = examine(_stumbling(ValueError), "conv2d", budget="1ms", laws=["reference"])
    assert "could not be broadcast" in found.findings["runs"].verdict.why


def test_a_backward_that_stumbles_after_a_wrong_forward_is_not_asked_for_such_cases() -> None:
    """Neither was written for them."""
    forward, backward = _stumbling(ValueError)

    def only_the_first(x: Array, weight: Array, bias: Array | None = None, dilation: Any = 1) -> Any:
        y, (saved, _) = forward(x, weight, bias, dilation)
        return y + isinstance(dilation, tuple), (saved, dilation)

    assert probed(adapt((only_the_first, backward)), family("conv"), {"axes": 2})["square"] == {"dilation"}
