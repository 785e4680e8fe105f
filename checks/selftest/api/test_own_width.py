"""Layers of a family that give float32 whatever the format of their arguments: wrong by dtype, and by no other law."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.diagnosis.printing import printed_by
from checks.types import Array
from reference_impl import conv_backward, conv_forward

FLOAT32 = {"dtype": ["float32"]}


def forward(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> tuple[Array, Any]:
    """The reference, as one writes it who works in float32 alone."""
    x, weight, bias = (each.astype(np.float32) for each in (x, weight, bias))
    return conv_forward(x, weight, bias, stride=stride, padding=padding)


def backward(dy: Array, saved: Any) -> Any:
    """The same way back."""
    return conv_backward(dy.astype(np.float32), saved)


class Tripled:
    """3 x in float32, of a class that keeps something between its calls."""

    seen: ClassVar[list[int]] = []

    def forward(self, x: Array) -> Array:
        """The class is asked in new processes: what it keeps there nobody can put back."""
        self.seen.append(x.size)
        return np.asarray(np.float32(3) * x.astype(np.float32))

    def backward(self, dy: Array) -> Array:
        """The same."""
        return np.asarray(np.float32(3) * dy.astype(np.float32))


def without_sums_of_samples(dy: Array, saved: Any) -> Any:
    """Dbias of the first sample alone."""
    dx, dweight, _ = backward(dy, saved)
    return dx, dweight, np.asarray(dy[:1].astype(np.float32).sum((0, 2, 3)))


def test_it_is_wrong_by_dtype_alone() -> None:
    """The story says how its owner tells that it is meant so."""
    found = examine((forward, backward), like="conv2d", budget="1ms")
    assert set(found.findings) == {"dtype"}, story(found)
    assert "say supports={'dtype': ['float32']}" in story(found)
    said = printed_by(found.findings["dtype"].script, forward, backward)
    assert said == "y is of float32 and must be of float64\n", said


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_it_is_judged_in_what_its_owner_says(dtype: str) -> None:
    """Right where float32 is named; where float64 is, its roundings are those of float32 and break other laws."""
    found = examine((forward, backward), like="conv2d", supports={"dtype": [dtype]}, budget="1ms")
    assert ("dtype" in found.findings, "reference" in found.findings) == (dtype == "float64",) * 2, story(found)


def test_another_mistake_of_it_is_found_as_well() -> None:
    """In float32."""
    found = examine((forward, without_sums_of_samples), like="conv2d", budget="1ms")
    assert {"dtype", "reference", "adjoint"} <= set(found.findings)


def test_a_layer_that_gives_float32_at_times_is_judged_in_float64() -> None:
    """A cast in one branch is a mistake of that branch."""

    def at_times(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> tuple[Array, Any]:
        y, saved = conv_forward(x, weight, bias, stride=stride, padding=padding)
        return (y.astype(np.float32) if stride > 1 else y), saved

    found = examine((at_times, conv_backward), like="conv2d", budget="1ms")
    assert "dtype" in found.findings
    assert {case.dtype for case in found.judged} > {"float32"}


def test_it_is_told_of_a_layer_in_another_process_too() -> None:
    """And alone, where nothing was called before; other layers are not told so after it."""
    found = examine((forward, backward), like="conv2d", budget="1ms", isolate=True)
    assert set(found.findings) == {"dtype"}, story(found)
    assert not found.findings["dtype"].alone
    assert not examine((conv_forward, conv_backward), like="conv", budget="1ms").wrong


def test_an_object_that_computes_in_float32_is_told_so_on_examples_whatever_was_called_before() -> None:
    """Its calls have nothing to do with it."""
    found = examine(Tripled(), inputs=np.arange(6.0), budget="1ms")
    assert set(found.findings) == {"dtype"}, story(found)
    assert not found.findings["dtype"].alone
