"""A pattern in the wrong places of one case is told where other cases do not deny it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.diagnosis import diagnose
from checks.diagnosis.difference import Difference
from checks.diagnosis.elsewhere import Elsewhere
from checks.diagnosis.places import places
from checks.families import family
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial

CONFIG: Config = {"at_zero": 0.0}


def columns(length: int, wrong: Sequence[int], zeros: Sequence[int] = ()) -> Difference:
    """A gradient of so many columns of two rows, some of which are wrong, and some 0 and right."""
    want = np.ones((1, 1, 2, length))
    want[..., list(zeros)] = 0
    got = want.copy()
    got[..., list(wrong)] += 1
    return Difference("dx", got, want, np.zeros(want.shape))


def said(here: Difference, *others: Difference, right: Sequence[tuple[int, ...]] = ()) -> list[str]:
    """What is told of the wrong places, beside other cases."""
    elsewhere = Elsewhere("dx", [(each, np.ones(each.want.shape)) for each in others], right)
    return list(places(here, np.ones(here.want.shape), elsewhere))


TAIL = columns(19, [16, 17, 18])


@pytest.mark.parametrize(
    ("right", "wrong", "blocks"),
    [
        ([], [], "8 or 16"),
        ([24], [], "8"),
        ([12], [], "16"),
        ([16, 32, 7], [], "8 or 16"),
        ([], [columns(9, [8])], "8"),
        ([], [columns(33, [32])], "8 or 16"),
        ([], [columns(24, range(16, 24))], "16"),
    ],
)
def test_the_block_of_a_tail_is_told_by_the_lengths_that_are_right_and_wrong(
    right: list[int], wrong: list[Difference], blocks: str
) -> None:
    """What is left over after blocks of 16 is no multiple of 8 alone: 24 is right of one, and wrong of the other."""
    (told,) = said(TAIL, *wrong, right=[(1, 1, 2, length) for length in right])
    assert told == f"only the last 3 of 19 columns: what is left over after blocks of {blocks}"


def test_no_block_is_told_where_none_explains_every_case() -> None:
    """Its last columns are wrong for another reason."""
    assert said(TAIL, columns(7, [5, 6])) == ["only the last 3 of 19 columns"]
    assert said(TAIL, right=[(1, 1, 2, 20), (1, 1, 2, 24)]) == ["only the last 3 of 19 columns"]


HERE: dict[str, tuple[Difference, list[Difference], list[Difference]]] = {
    "only the last column": (
        columns(5, [4]),
        [columns(7, [6]), columns(7, [5, 6]), columns(1, [0]), columns(5, [4], zeros=[0, 1, 2, 3])],
        [columns(5, [0]), columns(3, [0, 1, 2]), columns(6, [2])],
    ),
    "only the first column": (columns(5, [0]), [columns(7, [0, 1])], [columns(7, [6]), columns(2, [0, 1])]),
    "only the first and the last column": (
        columns(6, [0, 5]),
        [columns(4, [0, 3]), columns(2, [0, 1])],
        [columns(6, [5]), columns(5, range(5))],
    ),
    "only column 2 (counted from 0)": (columns(9, [2]), [columns(4, [1])], [columns(3, [0, 1, 2])]),
    "only one column in 3, from 1 on (counted from 0)": (
        columns(9, [1, 4, 7]),
        [columns(5, [1, 4]), columns(3, [1])],
        [columns(5, [1, 3])],
    ),
}


@pytest.mark.parametrize("words", HERE)
def test_what_another_wrong_case_does_not_have_is_not_told_of_a_layer(words: str) -> None:
    """One that is as long or not, and on which it could be otherwise."""
    here, alike, unlike = HERE[words]
    assert said(here, *alike) == [words]
    assert [said(here, *alike, each) for each in unlike] == [[]] * len(unlike)


def test_what_nothing_reaches_is_no_pattern_where_another_case_is_wrong_elsewhere() -> None:
    """A bias's gradient is 0 by chance where dy holds a single number."""
    here, reached = columns(5, [3]), np.arange(5) != 3
    for other, told in ((reached, True), (np.ones(5), False)):
        found = places(here, reached, Elsewhere("dx", [(here, other)]))
        assert any("nothing reaches it" in each for each in found) == told


def test_a_border_is_told_where_another_wrong_case_has_one_or_nothing_inside_of_it() -> None:
    """Not where its middle is wrong."""
    edge, small = np.pad(np.zeros((3, 3)), 1, constant_values=1)[None, None], np.ones((1, 1, 2, 2))
    here, tiny, whole = (Difference("dx", 1 + mask, 0 * mask + 1, 0 * mask) for mask in (edge, small, edge * 0 + 1))
    words = "only a border of width 1 along the spatial axes"
    assert words in said(here, here, tiny, columns(1, [0]))
    assert words not in said(here, whole)


def in_some_columns(wrong: Callable[[int], list[int]]) -> Subject:
    """A ReLU whose gradient is wrong in columns that depend on how many there are."""
    reference = family("relu").reference

    def backward(dy: Array, saved: Any) -> Arrays:
        dx = np.array(reference.backward(dy, saved)["dx"])
        dx[..., wrong(dx.shape[-1])] += 7
        return {"dx": dx}

    return Subject("in some columns", reference.forward, backward)


def relu(length: int) -> Case:
    """A case of so many columns."""
    return family("relu").case_of({"x": (1, 2, 3, length)}, CONFIG, "float64", "distinct", 0)


def test_a_diagnosis_holds_its_patterns_against_the_other_wrong_cases() -> None:
    """And against the lengths that are right."""
    last = in_some_columns(lambda _: [-1])
    once = in_some_columns(lambda length: [-1] if length == 5 else [0])
    tail = in_some_columns(lambda length: list(range(length // 16 * 16, length)) if length > 16 else [])
    assert "only the last column" in patterns(last, 5)
    assert "only the last column" not in patterns(once, 5)
    assert "only the last 2 of 18 columns: what is left over after blocks of 16" in patterns(tail, 18)


def patterns(layer: Subject, length: int) -> tuple[str, ...]:
    """Those of a case of so many columns, where one of 20 is wrong, too, and one of 12 right, if they are."""
    found = diagnose(Trial(layer, family("relu"), relu(length)), "dx", others=[relu(20)], further=[relu(12)])
    return found.patterns
