"""Whether one result of a layer is wrong, or others are, too, is seen at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.claim import Status, Verdict
from checks.diagnosis.beside import beside, everywhere, untold
from checks.report.again import InPython
from checks.report.as_json import finding_of
from checks.report.beside import beside as told
from checks.selftest.spoil import case_of
from checks.tally import Finding
from checks.types import Array
from reference_impl import conv_backward, conv_forward
from reference_impl.convolution import ConvSaved

pytestmark = pytest.mark.usefixtures("plainest")


def said(of: str, status: Status = "right", law: str = "reference", blind: int = 0) -> Verdict:
    """What a law says of a result."""
    return Verdict(law, of, status, "", compared=1, blind=blind)


TOLD = said("dx", "wrong")


def plain(_: Array) -> int:
    """The factor of what is right."""
    return 1


def doubled(_: Array) -> int:
    """That of what is wrong everywhere."""
    return 2


def doubled_in_windows(dweight: Array) -> int:
    """That of what is wrong where a kernel has several cells."""
    return 2 if dweight[0].size > 1 else 1


def times(factors: Mapping[str, Callable[[Array], int]]) -> Any:
    """A convolution some of whose gradients are multiplied, by what their own array says."""

    def backward(dy: Array, saved: ConvSaved) -> Mapping[str, Array]:
        found = {of: value for of, value in conv_backward(dy, saved)._asdict().items() if value is not None}
        return {of: factors.get(of, plain)(value) * value for of, value in found.items()}

    return conv_forward, backward


def lines(layer: Any, **asked: Any) -> list[str]:
    """The lines of a story that speak of other results."""
    said = story(examine(layer, budget="1ms", **asked))
    return [line.removeprefix("  beside   ") for line in said.splitlines() if line.startswith("  beside ")]


def test_what_the_same_law_says_of_other_results_on_the_case_is_known() -> None:
    """Nothing of one of which a part is blind, or that is a hazard, and nothing by another law."""
    heard = [said("y"), TOLD, said("dweight", "wrong"), said("dbias", blind=1), said("dother", "hazard")]
    assert beside(TOLD, [*heard, said("dbias", law="torch")]) == {"y": "right", "dweight": "wrong"}


def test_a_law_that_does_not_tell_right_from_wrong_says_nothing_of_other_results() -> None:
    """A gradient that is linear in dy may be wrong."""
    assert not beside(said("dx", "wrong", "linearity"), [said("dweight", law="linearity")])
    assert not everywhere(said("dx", "wrong", "linearity"), {}, {"dweight"})


def test_what_is_right_on_the_case_and_wrong_on_others_is_told_as_that() -> None:
    """A plainest case is plain for the sake of the result that it shows: others may be right there by chance."""
    known = everywhere(TOLD, {"y": "right", "dweight": "right"}, {"dx", "dweight", "dbias"})
    assert known == {
        "y": "right",
        "dweight": "right here, wrong on other cases",
        "dbias": "wrong on other cases",
    }


@pytest.mark.parametrize(
    ("factors", "line"),
    [
        ({"dx": doubled}, "y and dweight are right"),
        ({"dx": doubled, "dbias": doubled}, "dbias is wrong on other cases; y and dweight are right"),
        (
            {"dx": doubled, "dweight": doubled_in_windows},
            "dweight is right here, wrong on other cases; y is right",
        ),
    ],
    ids=["one", "all along", "elsewhere"],
)
def test_a_story_says_which_other_results_are_wrong(factors: Mapping[str, Callable[[Array], int]], line: str) -> None:
    """Below the numbers of the one that it is about."""
    assert lines(times(factors), like="conv2d", laws=["reference"])[0] == line


def test_what_is_wrong_on_other_cases_alone_is_told_on_one_of_them() -> None:
    """What is wrong on the very case is seen by its replay; of the others nobody would know where to look."""
    found = examine(times({"dx": doubled, "dbias": doubled}), like="conv2d", budget="1ms", laws=["reference"])
    said = story(found).partition("WRONG  dbias of conv\n")[2]
    assert "  looks    dbias equals, bit for bit, what a backward gives that takes dy twice" in said, said
    (other,) = found.others
    assert other.verdict.of == "dbias"
    assert "bias" in other.case.shapes


def test_what_is_told_of_a_result_anywhere_is_not_told_once_more() -> None:
    """In a paragraph of its own, or as wrong on the very case."""
    case = case_of("relu")
    first = Finding("reference", case, TOLD, case, TOLD, beside={"dweight": "wrong", "dbias": "wrong on other cases"})
    broken = {of: replace(first, verdict=said(of, "wrong")) for of in ("dx", "dweight", "dbias", "dother")}
    assert [found.verdict.of for found in untold([first], broken)] == ["dbias"]


def test_what_is_wrong_on_the_very_case_is_told_first_and_nothing_of_a_case_that_is_right_alone() -> None:
    """What the layer gives there depends on its earlier calls."""
    case = case_of("relu")
    known = {"y": "right", "dweight": "wrong", "dbias": "wrong"}
    found = Finding("reference", case, TOLD, case, TOLD, beside=known)
    assert told(found) == [("beside", "dweight and dbias are wrong, too; y is right")]
    assert not told(replace(found, alone="right as a first call"))


def test_of_examples_the_derivatives_of_the_own_forward_tell() -> None:
    """A number of w that is 1 in place of 0 leaves dx right by chance, or not: it is known from other cases."""
    dense = (lambda x, w: (x @ w, (x, w)), lambda dy, saved: (2 * dy @ saved[1].T, 3 * saved[0].T @ dy))
    (line,) = lines(dense, inputs=(np.array([[0.5, -1.5]]), np.array([[2.0], [0.25]])), laws=["finite differences"])
    assert line == "dw is right here, wrong on other cases"


def test_it_stands_in_the_document_for_machines() -> None:
    """By the name of each result."""
    found = examine(times({"dx": doubled}), like="conv2d", budget="1ms", laws=["reference"])
    document = finding_of(found.findings["reference"], InPython())
    assert document["beside"] == {"y": "right", "dweight": "right"}
