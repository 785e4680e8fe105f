"""Arguments unchanged: a layer that writes to what it was handed is seen, whichever array and whichever pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from checks.families import family
from checks.invariants.purity import Purity
from checks.selftest.spoil import NAMES, case_of, faults
from checks.subject import Subject


def _writes_forward(name: str, argument: str) -> Subject:
    right = family(name).reference

    def forward(arrays: Any, config: Any) -> Any:
        found = right.forward({word: value.copy() for word, value in arrays.items()}, config)
        arrays[argument].flat[3] += 1
        return found

    return replace(right, forward=forward)


@pytest.mark.parametrize(("name", "argument"), [(n, a) for n in NAMES for a in family(n).arguments])
def test_a_forward_that_writes_to_an_argument_is_seen(name: str, argument: str) -> None:
    """One entry is enough, and the argument is named."""
    assert faults(Purity(), _writes_forward(name, argument), case_of(name)) == {argument}


@pytest.mark.parametrize("name", NAMES)
def test_a_backward_that_writes_to_dy_is_seen(name: str) -> None:
    """In place is where it happens most."""
    right = family(name).reference

    def backward(dy: Any, saved: Any) -> Any:
        found = right.backward(dy.copy(), saved)
        dy *= 2
        return found

    assert faults(Purity(), replace(right, backward=backward), case_of(name)) == {"dy"}


@pytest.mark.parametrize("name", NAMES)
def test_right_layers_leave_everything_as_it_was(name: str) -> None:
    """In every format."""
    for dtype in ("float16", "float32", "float64", "longdouble"):
        assert not faults(Purity(), family(name).reference, case_of(name, dtype))
