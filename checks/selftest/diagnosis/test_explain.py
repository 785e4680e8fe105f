"""What is said of each finding, and of which case."""

from __future__ import annotations

from dataclasses import replace

from checks import examine, story
from checks.case import parse
from checks.claim import Verdict
from checks.diagnosis.explain import placed
from checks.tally import Finding
from checks.types import Array
from reference_impl import relu_forward

PLAIN = parse('relu(x=(1,1,1), dy=(1,1,1); at_zero=0.0; dtype="float64", data="distinct", span=9, unit=1, seed=1)')
LARGE = parse('relu(x=(2,1,3), dy=(2,1,3); at_zero=0.0; dtype="float64", data="distinct", span=9, unit=1, seed=1)')
VERDICT = Verdict("reference", "dx", "wrong", "", wrong=1)
FOUND = Finding("reference", LARGE, VERDICT, PLAIN, VERDICT)


def test_the_wrong_elements_of_another_case_than_the_printed_one_are_told_with_its_shapes() -> None:
    """They would be more than it has."""
    assert placed(FOUND, ("dx: 3 of 6 wrong", "only the last sample"), LARGE) == (
        "dx of x=(2,1,3), dy=(2,1,3): 3 of 6 wrong",
        "only the last sample",
    )
    (said,) = placed(FOUND, ("dx with dy negated: 1 of 1 wrong",), PLAIN.but(seed=2))
    assert said == "dx of another case of these shapes with dy negated: 1 of 1 wrong"


def test_of_the_printed_case_nothing_is_said_but_the_elements() -> None:
    """The reader has it before their eyes."""
    assert placed(replace(FOUND, shrunk=LARGE), ("dx: 3 of 6 wrong",), LARGE) == ("dx: 3 of 6 wrong",)


def test_the_story_counts_the_elements_of_the_case_that_it_names() -> None:
    """The plainest case of a ReLU that passes everything on has fewer than the one that tells most."""

    def backward(dy: Array, saved: object) -> Array:
        _ = saved
        return dy

    told = story(examine((relu_forward, backward), "relu", budget="1ms"))
    assert "looks    dx of x=(" in told
