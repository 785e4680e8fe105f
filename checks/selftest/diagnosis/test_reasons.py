"""A reason is told where the layer is named already, and says what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from checks import examine, story
from checks.claim import Verdict, Worst
from checks.diagnosis.arrays import spelled_number
from checks.diagnosis.reasons import at_fault, must_be, reason, result_of
from checks.types import Array
from reference_impl import relu_backward, relu_forward
from reference_impl.activation import ReluSaved

FRAMES = (
    "For simplicity, JAX has removed its internal frames from the traceback of the following exception. Set "
    "JAX_TRACEBACK_FILTERING=off to include these."
)


@pytest.mark.parametrize(
    ("law", "why", "said", "fault"),
    [
        ("shape", "forward: dx has shape (1, 0); expected (1, 1)", "dx has shape (1, 0); expected (1, 1)", "dx"),
        ("shape", "a: b: y has shape (1,); expected ()", "y has shape (1,); expected ()", "y"),
        ("runs", "forward: backward raised E: no", "backward raised E: no", "backward"),
        ("runs", f"layer: forward raised E: no; {'-' * 20}\n{FRAMES}", "forward raised E: no", "forward"),
        ("runs", "no answer within 3 s; in backward at a.py:1", "no answer within 3 s; in backward at a.py:1", "call"),
    ],
    ids=["gradient", "y", "raises", "jax", "hangs"],
)
def test_a_reason_names_the_result_and_not_the_layer(law: str, why: str, said: str, fault: str) -> None:
    """A pair has the name of its forward, which is not at fault where its backward is."""
    verdict = Verdict(law, "y", "wrong", why, wrong=1)
    assert (reason(verdict), at_fault(verdict)) == (said, fault)
    assert result_of(verdict) in {"y", fault}


def test_the_heading_of_a_wrong_shape_names_what_has_it() -> None:
    """Not y, which is right."""

    def backward(dy: Array, saved: ReluSaved) -> Array:
        return relu_backward(dy, saved)[..., :-1]

    told = story(examine((relu_forward, backward), "relu", budget="1ms"))
    assert "WRONG  dx of relu\n  laws     shape\n" in told
    assert "\n  reason   dx has shape (" in told


@pytest.mark.parametrize(
    ("want", "bound", "due"),
    [(1e-20, 1e-12, 0), (1e-20, 0.0, 1e-20), (-1e-14, 1e-12, -1e-14), (np.inf, np.inf, np.inf)],
)
def test_a_measured_0_is_told_as_0(want: float, bound: float, due: float) -> None:
    """A number that is nothing beside its bound must not be that number."""
    worst = Worst((0,), 1.0, want, bound, 1.0, 1.0)
    assert worst.due == due
    assert f'"and must be", {spelled_number(due)}' in must_be(worst, 1)
