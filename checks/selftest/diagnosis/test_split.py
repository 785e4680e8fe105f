"""What sets the cases apart on which a gradient is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checks import examine, story
from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis.split import MOST_KEPT, Split
from checks.families import family
from checks.strategies.geometry import Axis
from checks.types import Array
from reference_impl import conv_backward, conv_forward

CONV: Any = family("conv")
PLAIN, DILATED, FURTHER = (
    CONV.case_of(
        {"x": (1, 1, 7), "weight": (1, 1, 2)},
        {"stride": 1, "padding": 0, "dilation": dilation, "groups": 1},
        "float64",
        "integers",
        0,
    )
    for dilation in (1, 2, 3)
)

#: What an axis may have.
THREE: tuple[Callable[[Axis], bool], ...] = (
    lambda axis: axis.dilation > 1,
    lambda axis: axis.before + axis.after > 0,
    lambda axis: axis.stride > 1,
)


def split(wrong: list[Case], right: list[Case]) -> Split:
    """By what the reference says of each."""
    found = Split()
    for status, cases in (("wrong", wrong), ("right", right)):
        for case in cases:
            found.hear(case, [Verdict("reference", "dx", status, "", compared=1)])  # type: ignore[arg-type]
    return found


def test_what_all_wrong_cases_have_and_no_right_one_is_told() -> None:
    """With both numbers."""
    assert split([DILATED, FURTHER] * 3, [PLAIN] * 20).apart(CONV) == (
        "all 6 wrong cases have dilation above 1, and 0 of 20 right ones"
    )


def test_three_settings_that_wrong_cases_have_together_are_told_and_no_fourth() -> None:
    """Each of them has a part of the right cases beside it."""
    found = Split()
    for case in CONV.sweep(3, 200):
        axes = CONV.geometry(case).axes
        wrong = all(any(map(has, axes)) for has in THREE)
        found.hear(case, [Verdict("reference", "dx", "wrong" if wrong else "right", "", compared=1)])
    told = "dilation above 1 and padding above 0 and stride above 1"
    assert (
        found.apart(CONV) == f"all {len(found.wrong)} wrong cases have {told}, and 0 of {len(found.right)} right ones"
    )


def test_what_another_wrong_case_lacks_is_not_told() -> None:
    """The plainest one, to which a wrong case was shrunk, and which is printed; one that has it changes nothing."""
    found = split([DILATED, FURTHER] * 3, [PLAIN] * 20)
    assert found.apart(CONV, [FURTHER]) == found.apart(CONV) != ""
    assert not found.apart(CONV, [FURTHER, PLAIN])


def test_overlapping_windows_set_cases_apart_whatever_the_stride_is_to_the_kernel() -> None:
    """More than that there are several: a stride of 1, or one inside of the kernel, and no kernel of one cell."""
    pool = family("avg_pool")

    def pooled(kernel: int, stride: int) -> Case:
        config = {"kernel_size": kernel, "stride": stride, "padding": 0}
        return pool.case_of({"x": (1, 1, 12)}, config, "float64", "integers", 0)

    wrong = [pooled(*sizes) for sizes in ((2, 1), (3, 1), (3, 2), (4, 3), (5, 2), (5, 4))]
    right = [pooled(*sizes) for sizes in ((1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (3, 4), (4, 4), (12, 1))]
    assert split(wrong, right).apart(pool) == ("all 6 wrong cases have overlapping windows, and 0 of 8 right ones")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [([DILATED], [PLAIN] * 20), ([DILATED] * 6, []), ([DILATED] * 3, [PLAIN]), ([DILATED] * 6, [DILATED] * 20)],
    ids=["one wrong case", "no right one", "few right ones", "right ones like it"],
)
def test_what_chance_explains_is_not_told(wrong: list[Case], right: list[Case]) -> None:
    """One wrong case has many settings, and where nearly all are wrong they have what all have."""
    assert not split(wrong, right).apart(CONV)


def test_a_case_of_which_no_source_says_anything_is_on_neither_side() -> None:
    """Nor is one on which a law broke that has no second gradient, nor more of them than are ever looked at."""
    found = Split()
    found.hear(PLAIN, [Verdict("reference", "dx", "blind", ""), Verdict("linearity", "dx", "wrong", "", compared=3)])
    assert (found.wrong, found.right) == ([], [])
    assert len(split([PLAIN] * (MOST_KEPT + 1), []).wrong) == MOST_KEPT


@pytest.mark.long
def test_the_story_says_what_sets_the_wrong_cases_apart() -> None:
    """Where no known mistake explains them all; what it takes is more than what is counted.

    Without groups a square that overflows is multiplied by 0, which the law ``scaling`` finds wrong.
    """

    def backward(dy: Array, saved: Any) -> Any:
        dx, dweight, dbias = conv_backward(dy, saved[0])
        return dx + dx**2 * (saved[1] > 1), dweight, dbias

    def forward(x: Array, weight: Array, bias: Array | None = None, *, groups: int = 1, **given: Any) -> Any:
        y, saved = conv_forward(x, weight, bias, groups=groups, **given)
        return y, (saved, groups)

    told = story(examine((forward, backward), "conv", budget="1ms"))
    every = "looks    every case on which another source finds it wrong has several groups"
    assert f"{every}; without it dx is right on the plainest case" in told
