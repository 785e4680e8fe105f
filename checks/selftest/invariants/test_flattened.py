"""A pointwise layer on vectors and rows: what it writes to, and whose memory it gives, is looked at there, too."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.claim import Verdict
from checks.families import family
from checks.invariants.flattened import Flattened
from checks.invariants.purity import FirstArguments, Purity
from checks.invariants.results import Results
from checks.judge import verdicts
from checks.selftest.diagnosis.printing import printed_by
from checks.selftest.spoil import case_of
from checks.subject import Subject
from checks.types import Array, Arrays
from checks.witness import Trial, Witness

RELU = family("relu").reference


def writes_to(axes: int) -> Subject:
    """A ReLU whose backward puts dx in the place of a dy of so many axes."""

    def backward(dy: Array, saved: Any) -> Arrays:
        found = dict(RELU.backward(dy.copy(), saved))
        if dy.ndim == axes:
            dy[...] = found["dx"]
        return found

    return Subject("planted", RELU.forward, backward)


def hands_back(axes: int) -> Subject:
    """A ReLU whose dx of so many axes lies where dy lay."""

    def backward(dy: Array, saved: Any) -> Arrays:
        dx = RELU.backward(dy.copy(), saved)["dx"]
        return {"dx": dy if dy.ndim == axes and np.array_equal(dx, dy) else dx}

    return Subject("planted", RELU.forward, backward)


def heard(law: Witness, subject: Subject, seed: int) -> list[Verdict]:
    """What the law says that is not right, of a case of positive numbers."""
    case = case_of("relu").but(seed=seed)
    positive = case.holding("x", np.abs(case.inputs["x"]) + 1)
    return [each for each in verdicts(law, Trial(subject, family("relu"), positive)) if each.status != "right"]


@pytest.mark.parametrize("axes", [1, 2])
def test_a_backward_that_writes_to_a_dy_of_so_many_axes_is_seen(axes: int) -> None:
    """By the seed of a case one or the other is asked; not beside the second source, where calls are few."""
    case = case_of("relu")
    asked = [verdicts(Purity(), Trial(writes_to(axes), family("relu"), case.but(seed=seed))) for seed in (0, 1)]
    wrong = [[each.of for each in said if each.status == "wrong"] for said in asked]
    assert sorted(wrong) == [[], ["dy"]]
    trials = (Trial(writes_to(axes), family("relu"), case.but(seed=seed)) for seed in (0, 1))
    assert all(each.status == "right" for trial in trials for each in verdicts(FirstArguments(), trial))


@pytest.mark.parametrize("axes", [1, 2])
def test_a_dx_that_is_the_dy_of_so_many_axes_is_a_hazard(axes: int) -> None:
    """And says so."""
    said = [each for seed in (0, 1) for each in heard(Results(), hands_back(axes), seed)]
    assert {(each.of, each.status) for each in said} == {("dx", "hazard")}
    assert all("x and dy of " in each.why and "dx lies in the memory of dy" in each.why for each in said)


def test_no_other_layer_and_no_empty_array_is_handed_over_flat() -> None:
    """A layer of channels has planes."""
    for name in ("conv", "max_pool"):
        assert not Trial(family(name).reference, family(name), case_of(name)).shared(Flattened).handed
    empty = family("relu").case_of({"x": (0, 2, 3)}, {"at_zero": 0.0}, "float64", "distinct", 0)
    assert not Trial(RELU, family("relu"), empty).shared(Flattened).handed


def forward(x: Array) -> tuple[Array, Array]:
    """A ReLU."""
    return np.maximum(x, 0), x > 0


def backward(dy: Array, positive: Array) -> Array:
    """Gives dy itself where it is a vector that passes whole."""
    return dy if dy.ndim == 1 and positive.all() else dy * positive


def test_the_script_of_such_a_hazard_hands_over_a_vector() -> None:
    """And prints that the memory is shared."""
    case = 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; dtype="float64", data="distinct", seed=1; x=(((1.0,2.0),),))'
    found = examine((forward, backward), like="relu", cases=[case]).hazards["results kept"]
    assert "x and dy of one axis: dx lies in the memory of dy" in found.shrunk_verdict.why
    assert "dx lies in the memory of dy: True" in printed_by(found.script, forward, backward)
