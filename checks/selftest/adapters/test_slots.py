"""Parameters are found wherever an object keeps them, and examined; a cache, a mask or a mean is not taken for one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from checks import examine, story
from checks.selftest.adapters.objects_with_methods import (
    ByDictionaries,
    ByLists,
    ByPairs,
    ByProperties,
    Nabla,
    Returning,
)
from checks.selftest.adapters.objects_with_parameters import (
    Chain,
    Lazy,
    Listed,
    Member,
    Named,
    OfParameters,
    Plural,
    Tupled,
)

X = np.random.default_rng(0).standard_normal((3, 4))
LAWS = ("adjoint", "linearity")


KINDS = {
    Chain: "layers[2].W",
    Tupled: "layers[2].W",
    Named: "layers.last.W",
    Member: "fc.W",
    Lazy: "W",
    OfParameters: "weight",
    Listed: "params[0]",
    Plural: "params[0]",
    Nabla: "weights[0]",
    ByLists: "kernel_matrix",
    ByDictionaries: "kernel_matrix",
    ByPairs: "kernel_matrix",
    ByProperties: "kernel_matrix",
    Returning: "kernel_matrix",
}


@pytest.mark.long(keep=2)
@pytest.mark.sweep("kinds of objects with parameters", 3)
@pytest.mark.parametrize(("kind", "name"), KINDS.items(), ids=[kind.__name__ for kind in KINDS])
def test_a_wrong_gradient_is_found_by_the_name_of_its_parameter(kind: Any, name: str) -> None:
    """It is twice the right one; the right one passes, and nothing is left out."""
    right = examine(kind(1.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    assert name in right.family.arguments
    assert "NOT EXAMINED" not in story(right)
    wrong = examine(kind(2.0), inputs=(X,), budget="1ms", laws=["adjoint"])
    assert {each.verdict.of for each in wrong.findings.values()} == {f"d{name}"}, story(wrong)


@pytest.mark.long
def test_a_case_is_read_again_whatever_its_arguments_are_called() -> None:
    """So that it can be replayed."""
    found = examine(Chain(2.0), inputs=(X,), budget="1ms", laws=["adjoint"]).findings["adjoint"]
    again = examine(Chain(2.0), inputs=(X,), laws=["adjoint"], cases=[str(found.case), str(found.shrunk)])
    assert [str(case) for case in again.judged] == [str(found.case), str(found.shrunk)]
    assert again.findings


@pytest.mark.long
def test_parameters_come_along_with_drawn_examples_too() -> None:
    """They are looked for once."""
    examples = st.integers(1, 3).map(lambda rows: (X[:rows],))
    assert not examine(Chain(1.0), inputs=examples, budget="1ms", laws=LAWS).wrong
    found = examine(Chain(2.0), inputs=examples, budget="1ms", laws=["adjoint"])
    assert {each.verdict.of for each in found.findings.values()} == {"dlayers[2].W"}
    assert examine(Chain(2.0), inputs=examples, laws=["adjoint"], cases=[str(found.judged[0])]).findings


@pytest.mark.long
def test_parameters_are_found_in_another_process() -> None:
    """By examples that are sent there, and by those that are drawn here."""
    for inputs in ((X,), st.just((X,))):
        found = examine(Lazy(2.0), inputs=inputs, budget="1ms", laws=["adjoint"], isolate=True)
        assert {each.verdict.of for each in found.findings.values()} == {"dW"}, story(found)
