"""A backward that is the derivative of its own forward is called that, also where this forward rounds and must not."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from checks.families import family
from checks.oracles.adjoint import Adjoint
from checks.oracles.finite_difference import FiniteDifference
from checks.selftest.spoil import faults
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Witness

SHEET = family("avg_pool")

#: Cases on integers whose divisor is 1: their sums are whole.
SMALL = (each for each in SHEET.sweep(0, 900) if each.filled and each.lattice and each.dtype == "float64")
WHOLE = [
    each.but(config={**each.config, "divisor_override": 1})
    for each in islice((each for each in SMALL if each.sizes() < 500), 30)
]


def _of_the_window(off: float) -> Subject:
    """A pair that divides by the size of its windows whatever is asked for; its backward by so much more."""
    right = SHEET.reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return right.forward(arrays, {**config, "divisor_override": None})

    def backward(dy: Array, saved: Any) -> Arrays:
        found = right.backward(dy, saved)
        return {of: (value * (1 + off)).astype(value.dtype) for of, value in found.items()}

    return replace(right, forward=forward, backward=backward)


@pytest.mark.parametrize("witness", [FiniteDifference(), Adjoint()], ids=lambda witness: witness.law)
def test_a_backward_is_held_against_what_its_own_forward_rounds(witness: Witness) -> None:
    """That y is wrong is for others to say; what the backward alone has wrong is found."""
    assert [case for case in WHOLE if faults(witness, _of_the_window(0.0), case)] == []
    found = [case for case in WHOLE if faults(witness, _of_the_window(0.01), case) == {"dx"}]
    assert len(found) > len(WHOLE) / 2
