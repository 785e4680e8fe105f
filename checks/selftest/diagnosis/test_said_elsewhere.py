"""What is said of one case, or of one call, is not said of another that is shown beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.case import parse
from checks.claim import Verdict
from checks.diagnosis.explain import placed
from checks.tally import Finding
from checks.types import Array
from reference_impl import conv_backward, conv_forward

CASE = parse(
    "conv(x=(2,2,5), weight=(2,2,3), dy=(2,2,5); stride=1, padding=1, dilation=1, groups=1; "
    'dtype="float64", data="integers", span=9, unit=1, seed=3)'
)
SENTENCES = (
    "dx: 2 of 20 wrong, in [0, 0, 0..1]",
    "every wrong element is off by at most 6.8e-15 of itself",
    "every wrong element has the wrong sign",
)


def _calls() -> Iterator[int]:
    """The number of each call."""
    number = 0
    while True:
        yield (number := number + 1)


def _giving(number: Iterator[int], *, never: bool) -> tuple[Any, Any]:
    """A convolution that gives dx in its first call, or never."""

    def backward(dy: Array, saved: Any) -> Any:
        dx, dweight, dbias = conv_backward(dy, saved)
        return np.zeros_like(dx) if never or next(number) > 1 else dx, dweight, dbias

    return conv_forward, backward


@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize("never", [True, False])
def test_a_gradient_that_a_first_call_gives_is_not_left_out_by_design(never: bool) -> None:
    """A layer that never gives it is told how to say so; one that gives it at first is not."""
    found = examine(
        _giving(_calls(), never=never), "conv", cases=[CASE], laws=["reference"] if never else ["repeatable"]
    )
    assert found.wrong
    assert ("a layer that gives no dx by design says so" in story(found)) is never, story(found)


def test_how_far_off_the_numbers_of_another_case_are_is_said_of_that_case() -> None:
    """An element of the plainest one, which stands above, may be farther off."""
    verdict = Verdict("adjoint", "dx", "wrong", "why", wrong=1)
    found = Finding("adjoint", CASE, verdict, CASE, verdict)
    assert placed(found, SENTENCES, CASE) == SENTENCES
    where, off, sign = placed(found, SENTENCES, CASE.but(seed=7))
    assert where == "dx of another case of these shapes: 2 of 20 wrong, in [0, 0, 0..1]"
    assert off == f"there {SENTENCES[1]}"
    assert sign == SENTENCES[2]
