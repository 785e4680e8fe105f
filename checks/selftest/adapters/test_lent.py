"""A layer of channels last that keeps or writes to what it is handed does so to its caller's arrays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import Examination, examine
from checks.adapters.lent import Lender, settled
from checks.selftest.diagnosis.printing import printed_by
from checks.types import Array
from reference_impl import conv_backward, conv_forward

NHWC: Any = {"layout": "NHWC"}


def forward(x: Array, weight: Array, stride: int = 1) -> tuple[Array, Any]:
    """Convolution of (N, H, W, C) with (H, W, I, O), which keeps both."""
    return _run(x, weight, stride)[0], (x, weight, stride)


def copying(x: Array, weight: Array, stride: int = 1) -> tuple[Array, Any]:
    """The same, which keeps copies."""
    return _run(x, weight, stride)[0], (x.copy(), weight.copy(), stride)


def backward(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Its gradients, by the arrays that were kept."""
    dx, dweight, _ = conv_backward(dy.transpose(0, 3, 1, 2), _run(*saved)[1])
    return dx.transpose(0, 2, 3, 1), dweight.transpose(2, 3, 1, 0)


def _run(x: Array, weight: Array, stride: int) -> tuple[Array, Any]:
    y, saved = conv_forward(x.transpose(0, 3, 1, 2), weight.transpose(3, 2, 0, 1), stride=stride)
    return y.transpose(0, 2, 3, 1).copy(), saved


def writing(place: int) -> Callable[[Array, Any], tuple[Array, Array]]:
    """A backward that doubles one of the arrays that were kept once it has its gradients."""

    def spoiling(dy: Array, saved: Any) -> tuple[Array, Array]:
        found = backward(dy, saved)
        saved[place][...] *= 2
        return found

    return spoiling


def asked(ahead: Any, back: Any, *laws: str) -> Examination:
    """What some laws say of a pair of channels last."""
    return examine((ahead, back), "conv2d", supports=NHWC, budget="1ms", laws=list(laws))


def test_an_array_of_the_callers_that_is_kept_is_a_hazard() -> None:
    """As it is of channels first; kept as a copy it is none."""
    assert {*asked(forward, backward, "saved copies").hazards} == {"saved copies"}
    assert not asked(copying, backward, "saved copies").hazards


@pytest.mark.parametrize("place", [0, 1])
def test_a_backward_that_writes_to_what_was_kept_writes_to_an_argument(place: int) -> None:
    """Its script shows it, too; what it does to copies of its own is no matter of arguments."""
    found = asked(forward, writing(place), "arguments unchanged").findings
    assert found["arguments unchanged"].verdict.of == ("x", "weight")[place]
    printed = printed_by(found["arguments unchanged"].script, forward, writing(place))
    assert any(came != want for came, want in re.findall(r"is (\S+) and must be (\S+)", printed)), printed
    assert not asked(copying, writing(place), "arguments unchanged").findings


def test_an_array_that_comes_again_is_the_same_for_the_layer() -> None:
    """One that finds an array again by what it is finds the numbers of an earlier call."""
    known: list[tuple[Array, Any]] = []

    def remembering(x: Array, weight: Array, stride: int = 1) -> tuple[Array, Any]:
        kept = [saved for each, saved in known if each is x and saved[1].shape == weight.shape and saved[2] == stride]
        y, saved = copying(x, weight, stride)
        known[:] = [*known[-3:], (x, saved)]
        return y, kept[-1] if kept else saved

    assert "saved state" in asked(remembering, backward, "saved state").findings
    assert not asked(copying, backward, "saved state").findings


def test_what_either_side_wrote_is_in_the_others_array() -> None:
    """After a call what the layer wrote, before one what its caller did; one that is not to be written to as well."""
    ours = np.arange(6.0).reshape(1, 2, 3)
    handed, lent = Lender(lambda _, array: array.transpose(0, 2, 1)).handed({"x": ours})
    theirs = handed["x"]
    assert theirs.flags.c_contiguous
    with settled(lent):
        theirs *= 2
    assert ours.tolist() == [[[0, 2, 4], [6, 8, 10]]]
    ours += 1
    ours.flags.writeable = False
    with settled(lent):
        assert theirs.tolist() == [[[1, 7], [3, 9], [5, 11]]]
        theirs += 1
    assert ours.tolist() == [[[2, 4, 6], [8, 10, 12]]]
    assert not ours.flags.writeable


def test_an_array_that_lies_as_the_layers_do_is_handed_over_itself() -> None:
    """No copy stands for it."""
    ours = np.zeros((2, 1, 3))
    handed, lent = Lender(lambda _, array: array.transpose(0, 2, 1)).handed({"x": ours})
    assert np.shares_memory(handed["x"], ours)
    assert not lent
