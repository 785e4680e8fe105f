"""Where witnesses disagree, the one that stands alone is named."""

from __future__ import annotations

import numpy as np
import pytest

from checks.claim import Status, Verdict
from checks.diagnosis.alone import alone
from checks.families import family
from checks.mistakes.forwards import SHARED, SharedMistake
from checks.selftest.mistakes.showing import judged, showing_forward, swept
from checks.subject import Subject


def said(law: str, of: str, status: Status) -> Verdict:
    """One verdict."""
    return Verdict(law, of, status, "")


def source(y: Status, dx: Status, *laws: str) -> list[Verdict]:
    """What some sources say of y and dx."""
    return [said(law, of, status) for law in laws for of, status in (("y", y), ("dx", dx))]


@pytest.mark.sweep("mistakes that a forward shares", 2)
@pytest.mark.parametrize("shared", SHARED, ids=lambda shared: shared.name)
def test_a_consistent_wrong_layer_is_told_that_its_forward_is_alone(shared: SharedMistake) -> None:
    """Its y has every other source against it."""
    subject = shared.plant(family(shared.family).reference)
    case = showing_forward(subject, shared.family)[0]
    assert alone(judged(subject, case)).startswith("your forward is the odd one out")


def test_a_wrong_backward_is_told_that_its_own_forward_is_against_it() -> None:
    """Sources and finite differences agree."""
    reference = family("conv").reference
    wrong = Subject(
        "w", reference.forward, lambda dy, s: {k: np.asarray(v) * 2 for k, v in reference.backward(dy, s).items()}
    )
    case = next(case for case in swept("conv") if case.sizes() > 20)
    assert alone(judged(wrong, case)) == (
        "your backward is the odd one out: your own forward agrees with every other source"
    )


def test_a_witness_that_is_wrong_itself_is_named() -> None:
    """Two sources and the layer agree against the third."""
    verdicts = source("wrong", "wrong", "torch") + source("right", "right", "reference", "textbook")
    assert alone(verdicts) == "torch is the odd one out: your layer agrees with reference and textbook"


def test_nothing_is_said_where_all_agree() -> None:
    """No odd one out."""
    assert not alone(source("right", "right", "reference", "textbook", "torch"))


def test_a_blind_witness_is_on_nobody_s_side() -> None:
    """The backward stands against those that can speak, and against its own forward where that is right."""
    verdicts = [*source("right", "wrong", "reference"), *source("blind", "blind", "torch")]
    assert alone(verdicts) == "your backward is the odd one out: your own forward agrees with every other source"
    unknown = [*source("blind", "wrong", "reference"), *source("blind", "blind", "torch")]
    assert alone(unknown) == "your backward disagrees with every other source"
    assert alone([*verdicts, said("adjoint", "dx", "right")]) == "your backward disagrees with every other source"
