"""One mistake is one paragraph, whatever number of laws it breaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks import examine, story
from checks.case import Case, parse
from checks.claim import Verdict, Worst
from checks.report.findings import alone_standing
from checks.report.together import also, laws_on, together
from checks.tally import Finding
from checks.types import Array
from reference_impl import relu_backward, relu_forward
from reference_impl.activation import ReluSaved


def case(size: int, seed: int) -> Case:
    """A ReLU's case of so many numbers."""
    return parse(f'relu(x=(1,1,{size}), dy=(1,1,{size}); at_zero=0.0; dtype="float64", data="distinct", seed={seed})')


def found(law: str, on: Case, of: str = "dx") -> Finding:
    """A law that broke there."""
    verdict = Verdict(law, of, "wrong", "", wrong=1, worst=Worst((0, 0, 0), 1.0, 2.0, 0.0, 1.0, 1.0))
    return Finding(law, on, verdict, on, verdict)


def test_laws_that_speak_of_one_result_share_a_paragraph_and_the_plainest_case_is_told() -> None:
    """Each of the others has a line with its case, what came and what must come."""
    some = [found("reference", case(3, 1)), found("torch", case(2, 2)), found("adjoint", case(2, 2))]
    (alike,) = together(some, "WRONG")
    assert laws_on(alike[0], alike) == ["torch", "adjoint"]
    assert also(alike) == [("also", f"reference: got 1, want 2 at dx[0,0,0] of {case(3, 1)}")]


def test_a_law_that_changes_the_numbers_is_not_told_in_full_beside_one_that_does_not() -> None:
    """What a diagnosis says is seen on the case's own."""
    (alike,) = together([found("kinks", case(1, 1)), found("torch", case(2, 1))], "WRONG")
    assert [each.law for each in alike] == ["torch", "kinks"]


def test_cases_of_the_same_numbers_are_one_case_whatever_their_seeds() -> None:
    """But for laws that draw numbers of their own from the seed."""
    first, second = (case(1, seed).but(seed=seed, values={"x": ((2.0,),), "dy": ((1.0,),)}) for seed in (1, 2))
    (alike,) = together([found("torch", first), found("adjoint", second), found("kinks", second)], "WRONG")
    assert laws_on(alike[0], alike) == ["torch", "adjoint"]
    assert [line.partition(":")[0] for _, line in also(alike)] == ["kinks"]


def test_a_long_case_that_nobody_made_plainer_is_told_after_one_that_was() -> None:
    """However many more numbers that one has; of a short one there may be no plainer."""
    left, plain = found("finite differences", case(60, 1)), replace(found("reference", case(70, 1)), case=case(90, 1))
    ((first, *_),) = together([left, plain], "WRONG")
    assert first.law == "reference"
    ((first, *_),) = together([replace(left, shrunk=case(3, 1)), plain, found("torch", case(2, 1))], "WRONG")
    assert first.law == "torch"


def test_other_results_contracts_and_hazards_have_paragraphs_of_their_own() -> None:
    """Their scripts show something else."""
    some = [found("torch", case(2, 1)), found("torch", case(2, 1), "y"), found("repeatable", case(2, 1))]
    assert len(together(some, "WRONG")) == 3
    assert len(together([found("kinks", case(2, 1)), found("scaling", case(3, 1))], "HAZARD")) == 2


def test_hazards_that_are_wrong_numbers_today_come_before_those_that_show_nothing_yet() -> None:
    """Mistakes stay in the order in which they were found."""
    silent = replace(found("layout", case(2, 2)), shrunk_verdict=Verdict("layout", "dx", "hazard", "refused", wrong=1))
    some = [found("saved copies", case(2, 1)), silent, found("kinks", case(2, 3)), found("scaling", case(2, 4))]
    laws = {status: [first.law for first, *_ in together(some, status)] for status in ("HAZARD", "WRONG")}
    assert laws["HAZARD"] == ["kinks", "scaling", "saved copies", "layout"]
    assert laws["WRONG"][:2] == ["saved copies", "layout"]


@pytest.mark.long
def test_a_wrong_gradient_is_told_once() -> None:
    """In one paragraph with all of its laws."""

    def backward(dy: Array, saved: ReluSaved) -> Array:
        return relu_backward(dy, saved) * 2

    examined = examine((relu_forward, backward), "relu", budget="1ms")
    assert story(examined).count("\nWRONG  ") == 1
    assert len(examined.findings) > 5


def test_why_there_is_no_script_is_a_comment() -> None:
    """Of one line, whatever the reason is made of: what stands behind the word can be run."""
    for unscripted, alone in (("two\nlines", ""), ("", "right as a first call")):
        lacking = replace(found("kinks", case(2, 1)), script="", unscripted=unscripted, alone=alone)
        ((name, told),) = alone_standing(lacking)
        assert name == "script"
        assert told.startswith("# none: ")
        assert "\n" not in told
    assert not alone_standing(replace(found("kinks", case(2, 1)), script="", unscripted="", alone=""))


def test_a_case_that_is_too_large_for_a_script_says_so() -> None:
    """The numbers are the examples of whoever asks, who has them; the replay makes the same calls."""
    pair = (lambda x: (np.tanh(x), x), lambda dy, x: dy * 0.9 * (1 - np.tanh(x) ** 2))
    found = examine(
        pair, inputs=np.random.default_rng(0).normal(size=(40, 50)), budget="1ms", laws=["finite differences"]
    )
    assert "  script   # none: its arrays hold 4,000 numbers, and nobody reads more than 100; replay" in story(found)
