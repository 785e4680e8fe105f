"""Smooth layers under the two derivative oracles: right ones pass, small mistakes are caught, kinks are blind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.claim import Verdict
from checks.compare import compare
from checks.oracles.adjoint import Adjoint
from checks.oracles.finite_difference import FiniteDifference
from checks.oracles.together import MOST_ENTRIES
from checks.selftest.smooth.sheets import SHEETS, Bent, bent
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial, Witness

pytestmark = pytest.mark.usefixtures("every_step")

WITNESSES = (FiniteDifference(), Adjoint())
Fault = Callable[[Array], Array]


def case_of(family: Bent, dtype: str) -> Case:
    """A small case of normal numbers."""
    shapes = (
        {"x": (3, 4), "weight": (2, 4), "dy": (3, 2)} if "weight" in family.arguments else {"x": (3, 4), "dy": (3, 4)}
    )
    return Case(family.name, shapes, {}, dtype, "normal", seed=5)


def verdicts(witness: Witness, family: Bent, subject: Subject, dtype: str) -> list[Verdict]:
    """What one witness says about one subject."""
    return [compare(claim) for claim in witness.claims(Trial(subject, family, case_of(family, dtype)))]


def in_own_format(subject: Subject, dtype: str) -> Subject:
    """The subject as a framework would have it: one format, whatever it is given."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return subject.forward({name: each.astype(dtype, casting="same_kind") for name, each in arrays.items()}, config)

    return replace(subject, forward=forward)


def with_fault(subject: Subject, fault: Fault) -> Subject:
    """The subject with something done to its dx."""

    def backward(dy: Array, saved: Any) -> Arrays:
        gradients = dict(subject.backward(dy, saved))
        return {**gradients, "dx": fault(gradients["dx"].copy())}

    return replace(subject, backward=backward)


def one_entry(factor: float) -> Fault:
    """Multiply the last entry."""

    def fault(dx: Array) -> Array:
        dx[-1, -1] *= factor
        return dx

    return fault


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("family", SHEETS, ids=lambda family: family.name)
@pytest.mark.parametrize("witness", WITNESSES, ids=lambda witness: witness.law)
class TestSmoothLayers:
    """Each family, each oracle, generic and in its own format only."""

    def test_a_right_layer_passes(self, witness: Witness, family: Bent, dtype: str) -> None:
        """Right, and every entry was compared."""
        for subject in (family.reference, in_own_format(family.reference, dtype)):
            for verdict in verdicts(witness, family, subject, dtype):
                assert (verdict.status, verdict.blind) == ("right", 0), str(verdict)

    @pytest.mark.long(keep=5)
    def test_a_wrong_factor_is_caught(self, witness: Witness, family: Bent, dtype: str) -> None:
        """1e-10 in float64, 1e-2 in float32: whatever way the forward lets itself be asked."""
        share = {"float64": 1e-10, "float32": 1e-2}[dtype]
        for subject in (family.reference, in_own_format(family.reference, dtype)):
            wrong = with_fault(subject, lambda dx: dx * dx.dtype.type(1 + share))
            statuses = {each.of: each.status for each in verdicts(witness, family, wrong, dtype)}
            assert statuses.pop("dx") == "wrong"
            assert set(statuses.values()) <= {"right"}

    def test_one_wrong_entry_is_caught(self, witness: Witness, family: Bent, dtype: str) -> None:
        """1e-6 in a single entry in float64; 1e-2 in float32."""
        fault = one_entry({"float64": 1 + 1e-6, "float32": 1 + 1e-2}[dtype])
        (found, *_) = verdicts(witness, family, with_fault(family.reference, fault), dtype)
        assert found.status == "wrong"


def test_the_finite_difference_names_the_wrong_entry() -> None:
    """The worst element is the planted one."""
    family = SHEETS[0]
    (found,) = verdicts(FiniteDifference(), family, with_fault(family.reference, one_entry(1 + 1e-6)), "float64")
    assert found.worst is not None
    assert (found.wrong, found.worst.index) == (1, (2, 3))


def test_an_entry_at_a_kink_is_blind() -> None:
    """A layer that claims to be smooth and is not: nothing is said about its kink, whatever it gives there."""

    def forward(x: Array) -> tuple[Array, Any]:
        return np.abs(x), x

    family = bent("absolute", forward, lambda dy, x: dy * np.where(x == 0, 0.25, np.sign(x)), "x")
    case = case_of(family, "float64").holding("x", np.array([[0.0, 1, -1, 2]] * 3))
    (found,) = [compare(claim) for claim in FiniteDifference().claims(Trial(family.reference, family, case))]
    assert (found.status, found.blind, found.compared) == ("right", 3, 9)


def test_what_is_not_tried_is_counted() -> None:
    """Of a large argument a sample is derived; the rest is blind."""
    family = SHEETS[0]
    case = Case("tanh", {"x": (10, 10), "dy": (10, 10)}, {}, "float64", "normal")
    (found,) = [compare(claim) for claim in FiniteDifference().claims(Trial(family.reference, family, case))]
    assert (found.status, found.compared, found.blind) == ("right", MOST_ENTRIES, 100 - MOST_ENTRIES)


def test_complex_layers_are_left_to_others() -> None:
    """Along complex arguments nothing is derived, and the claim says so."""
    family = SHEETS[0]
    for witness in WITNESSES:
        (found,) = verdicts(witness, family, family.reference, "complex128")
        assert found.status == "blind"
        assert "real arguments only" in found.why
